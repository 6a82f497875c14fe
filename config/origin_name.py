"""The name under which CloudFront reaches the load balancer, which has a certificate for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.errors import Problem, render_value

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

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
    yield from check_balancer_name(
        origin_name(domain__name),
        what="the load balancer behind CloudFront",
        instead="remove [edge]",
        alternative_names=domain__alternative_names or (),
        delegations=domain__delegations or {},
    )


def check_balancer_name(
    name: str, *, what: str, instead: str, alternative_names: Sequence[str], delegations: Container[str]
) -> Iterator[Problem]:
    """Yield a problem if a name of a load balancer behind CloudFront is for users, or a zone of its own.

    It is below the name that users type, which is in no delegated zone: [domain] refuses that itself.

    Args:
        name: The name.
        what: What it leads to.
        instead: What else the user can do.
        alternative_names: The names that lead to CloudFront, besides the first one.
        delegations: The zones that other name servers answer for.
    """
    if name in alternative_names:
        yield Problem(
            key=f"domain.alternative_names[{alternative_names.index(name)}]",
            value=name,
            allowed=f"is the name of {what}; remove it, or {instead}",
        )
    if name in delegations:
        yield Problem(
            key=f"domain.delegations.{render_value(name)}",
            allowed=f"is the name of {what}, which must be in this zone; use another name for that zone, or {instead}",
        )
