"""The cluster, the load balancer and the parts of each service."""
