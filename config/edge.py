"""Settings of the layer `edge`: from the internet to the load balancer."""

from typing import Final, Literal

from config.model import Model

VIEWER_REGION: Final = "us-east-1"
"""The region in which CloudFront requires its certificates and web ACLs, whatever the environment's region.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""


class EdgeSettings(Model):
    """CloudFront before a load balancer; the table, which may be empty, turns it on."""

    origin: Literal["vpc", "public"] = "vpc"
    """How CloudFront reaches the load balancer: "vpc" is inside of the VPC; "public" is over its public addresses."""
