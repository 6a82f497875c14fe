"""Whether the subnets have an address for all that is in them at its largest scale: AWS cannot resize a subnet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from ipaddress import IPv4Network

    from config.network import Zone
    from config.services import ServiceSettings

RESERVED_ADDRESSES: Final = 5
"""Of each subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""

BALANCER_ADDRESSES: Final = 8
"""What a load balancer needs in each of its subnets.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
"""


def check_task_addresses(
    *,
    services: Mapping[str, ServiceSettings],
    network__zones: Sequence[Zone],
    network__interface_endpoints: Sequence[str],
    edge__origin: str | None,
) -> Iterator[Problem]:
    """Each task has an address, also those that replace a service's tasks in a release.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
    """
    zones = sum(zone.private_cidr is not None for zone in network__zones)
    if not zones or not services:
        return  # other checks report it
    largest = max(services, key=lambda name: services[name].max_count)
    tasks = sum(service.max_count for service in services.values()) + services[largest].max_count
    balancer = BALANCER_ADDRESSES * zones if edge__origin == "vpc" else 0
    endpoints = len(network__interface_endpoints) * zones
    free = _free_addresses(network__zones, lambda zone: zone.private_cidr) - balancer - endpoints
    if tasks > free:
        others = [
            *([f"{balancer} of the load balancer"] if balancer else ()),
            *([f"{endpoints} of interface endpoints"] if endpoints else ()),
        ]
        yield Problem(
            key="network.zones",
            allowed=f"have {max(free, 0)} addresses for tasks in their private_cidr"
            f"{f', without the {_join(others)}' if others else ''}, and the services need {tasks}: each max_count, and "
            f"that of services.{largest} twice in its release; use larger blocks, another zone, or a lower max_count",
        )


def check_database_addresses(
    network__zones: Sequence[Zone],
    postgres__multi_az: bool | None,  # noqa: FBT001 (a setting)
    postgres__replicas: int | None,
    documentdb__instances: int | None,
) -> Iterator[Problem]:
    """Each instance has an address in a database subnet, and a standby has one too."""
    postgres = 0 if postgres__replicas is None else 1 + bool(postgres__multi_az) + postgres__replicas
    needed = postgres + (documentdb__instances or 0)
    free = _free_addresses(network__zones, lambda zone: zone.database_cidr)
    if network__zones and needed > free:
        yield Problem(
            key="network.zones",
            allowed=f"have {free} addresses in their database_cidr, and the instances of the databases need {needed}; "
            "use larger blocks, another zone, or fewer instances",
        )


def _free_addresses(zones: Sequence[Zone], block: Callable[[Zone], IPv4Network | None]) -> int:
    """What AWS leaves of the blocks of all zones."""
    blocks = [found for zone in zones if (found := block(zone)) is not None]
    return sum(max(found.num_addresses - RESERVED_ADDRESSES, 0) for found in blocks)


def _join(names: Sequence[str]) -> str:
    return " and the ".join(names)
