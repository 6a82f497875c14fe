"""Settings of the way from the internet to the load balancer."""

from typing import Final

from config.model import Model

VIEWER_REGION: Final = "us-east-1"
"""Where CloudFront takes certificates and web ACLs from, whatever the environment's region.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""


class EdgeSettings(Model):
    """CloudFront before the load balancer, which is internal then; the table, which may be empty, switches it on."""
