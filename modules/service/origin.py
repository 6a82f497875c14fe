"""What CloudFront needs to know of the load balancer behind it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The load balancer as an origin of CloudFront."""

    host_name: str
    """Its name in DNS, which its certificate covers."""
    vpc_origin_id: str | None
    """The way into the VPC; None if CloudFront reaches its public addresses."""
