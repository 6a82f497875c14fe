"""Settings of the way from the internet to the load balancer."""

from typing import Final

from config.model import Model

VIEWER_REGION: Final = "us-east-1"
"""Where CloudFront takes certificates and web ACLs from, whatever the environment's region.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""


class EdgeSettings(Model):
    """CloudFront and what stands with it before the load balancer."""

    enabled: bool
    """Whether CloudFront serves the users; the balancer is internal then, else it is public."""
