"""The name under which CloudFront reaches the load balancer, which is on the load balancer's certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.delegations import is_below
from config.errors import Problem, render_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.delegations import Delegations

_MAX_NAMES: Final = 10
"""Names of a certificate without a higher quota: https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html"""


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
    """With [edge] the name is the load balancer's alone, its records are found, and its certificate has room for it."""
    if edge is None or domain__name is None:
        return
    name, others = origin_name(domain__name), domain__alternative_names or ()
    if name in others:
        yield Problem(
            key=f"domain.alternative_names[{others.index(name)}]",
            value=name,
            allowed="is the name of the load balancer behind CloudFront; remove it, or remove [edge]",
        )
    elif len(others) + 2 > _MAX_NAMES:
        yield Problem(
            key="domain.alternative_names",
            value=others,
            allowed=f"has {len(others)} names, and with [edge] it must have {_MAX_NAMES - 2} or fewer: the load "
            f'balancer\'s certificate also has "{domain__name}" and "{name}", and a certificate has up to '
            f"{_MAX_NAMES} names; remove some, or use one that starts with *.",
        )
    for zone in domain__delegations or {}:
        if name == zone or is_below(name, zone):
            yield Problem(
                key=f"domain.delegations.{render_value(zone)}",
                allowed=f'has "{name}", the name of the load balancer behind CloudFront, which must be in this zone; '
                "use another name for that zone, or remove [edge]",
            )
