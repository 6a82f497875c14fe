"""The layer `edge`: what is between the internet and the load balancer."""
