"""The listener behind a domain: its alias leads to CloudFront or a load balancer, and CloudFront to its origin.

Of CloudFront there is only the way to the load balancer: each path is answered by it, and nothing is cached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moto.cloudfront.models import cloudfront_backends
from moto.elbv2.models import elbv2_backends
from moto.route53.models import route53_backends

from emulator.dns import canonical
from emulator.record_choice import choose
from emulator.registry import REGISTRY
from emulator.services.cloudfront.vpc_origins import VPC_ORIGINS

if TYPE_CHECKING:
    from collections.abc import Iterator

_HTTPS: Final = 443
_GLOBAL: Final = "aws"
_DUAL_STACK: Final = "dualstack."


@dataclass(frozen=True)
class Domain:
    """A name that users know, and the listener that answers it in the end."""

    name: str
    listener: str


def find(account: str, host: str, port: int) -> Domain | None:
    """Return the domain of an account; None if there is none, or nothing behind it. The caller has the lock."""
    name = canonical(host)
    if port != _HTTPS:
        return None
    for target in (name, *_aliases(account, name)):
        for balancer in (*_balancers(account, target), *_origins(account, target)):
            for listener in balancer.listeners.values():
                if int(listener.port) == _HTTPS and listener.protocol == "HTTPS":
                    return Domain(name, str(listener.arn))
    return None


def _aliases(account: str, name: str) -> Iterator[str]:
    for zone in route53_backends[account][_GLOBAL].zones.values():
        records = [record for record in zone.rrsets if canonical(record.name) == name and record.type == "A"]
        for record in choose(records):
            if record.alias_target:
                yield canonical(record.alias_target["DNSName"]).removeprefix(_DUAL_STACK)


def _origins(account: str, name: str) -> Iterator[Any]:
    """The load balancers that are origins of the distribution with a name."""
    for distribution in cloudfront_backends[account][_GLOBAL].distributions.values():
        if canonical(distribution.domain_name) != name:
            continue
        for origin in vars(distribution.distribution_config)["Origins"]["Items"]:
            yield from _balancers(account, canonical(origin.domain_name))
            for alias in _aliases(account, canonical(origin.domain_name)):
                yield from _balancers(account, alias)
            config = getattr(origin, "vpc_origin_config", None) or {}
            place = REGISTRY.store.table(VPC_ORIGINS, account, "").get(config.get("VpcOriginId", ""))
            if place:
                yield from _balancers(account, place["VpcOriginEndpointConfig"]["Arn"])


def _balancers(account: str, name: str) -> Iterator[Any]:
    """The load balancers of a name or an ARN."""
    for backend in dict(elbv2_backends[account]).values():
        for balancer in backend.load_balancers.values():
            if name in {canonical(balancer.dns_name), balancer.arn}:
                yield balancer
