"""CloudFront before the load balancer, and what it serves from a bucket."""
