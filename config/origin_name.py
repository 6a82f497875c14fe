"""The name under which CloudFront reaches the load balancer, which has a certificate for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.delegations import is_below
from config.errors import Problem, render_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.delegations import Delegations


def origin_name(domain_name: str) -> str:
    """The load balancer's own name; CloudFront compares it with the certificate.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
    """
    return f"origin.{domain_name}"


def check_origin_name(
    edge: object,
    domain__name: str | None,
    domain__alternative_names: tuple[str, ...] | None,
    domain__delegations: Delegations | None,
) -> Iterator[Problem]:
    """With [edge] the name is the load balancer's alone, and its records are found."""
    if edge is None or domain__name is None:
        return
    name, others = origin_name(domain__name), domain__alternative_names or ()
    if name in others:
        yield Problem(
            key=f"domain.alternative_names[{others.index(name)}]",
            value=name,
            allowed="is the name of the load balancer behind CloudFront; remove it, or remove [edge]",
        )
    for zone in domain__delegations or {}:
        if name == zone or is_below(name, zone):
            yield Problem(
                key=f"domain.delegations.{render_value(zone)}",
                allowed=f'has "{name}", the name of the load balancer behind CloudFront, which must be in this zone; '
                "use another name for that zone, or remove [edge]",
            )
