"""The load balancer as CloudFront's origin."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Where CloudFront sends requests."""

    host_name: str
    """A name on the load balancer's certificate, which CloudFront compares."""
    vpc_origin_id: str | None
    """The VPC origin of an internal load balancer; None if the load balancer is public."""
