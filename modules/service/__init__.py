"""The cluster, the load balancer and what each service on it needs."""
