"""Settings of the way from the internet to the load balancer."""

from config.model import Model


class EdgeSettings(Model):
    """CloudFront and what stands with it before the load balancer."""

    enabled: bool
    """Whether CloudFront serves the users; the balancer is internal then, else it is public."""
