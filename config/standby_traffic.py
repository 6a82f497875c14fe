"""Names that lead to one of two regions: which of them serves, or which is nearer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.errors import Problem
from config.health_codes import is_code_of_route_53
from config.origin_name import check_balancer_name
from config.smoke_tests import answering_service
from config.standby import STANDBY_MODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from config.delegations import Delegations
    from config.model import Check
    from config.services import ServiceSettings


def nearest_name(domain_name: str) -> str:
    """The name under which CloudFront reaches the load balancer of the nearer region."""
    return f"nearest.{domain_name}"


def nearest_services(services: Mapping[str, ServiceSettings]) -> dict[str, ServiceSettings]:
    """The services that both regions may answer for: those with paths that use no data."""
    return {name: one for name, one in services.items() if one.is_load_balanced and not one.uses_data}


def _check_prepared_origin(
    recovery__mode: str | None,
    recovery__standby: object,
    recovery__fail_over: object,
    edge__origin: str | None,
) -> Iterator[Problem]:
    """Where nothing stands by yet, either; the other modes, and [recovery.fail_over], have a check of their own."""
    if recovery__standby is None or edge__origin != "vpc":
        return
    if recovery__mode in STANDBY_MODES or recovery__fail_over is not None:
        return
    yield Problem(
        key="edge.origin",
        value=edge__origin,
        allowed='must be "public" with [recovery.standby]: a VPC origin leads to the load balancer of one region, and '
        'CloudFront and its state cannot be changed while the other one is lost; set origin = "public", or remove '
        "[recovery.standby]",
    )


def _check_nearest_name(
    recovery__mode: str | None,
    edge: object,
    domain__name: str | None,
    domain__alternative_names: tuple[str, ...] | None,
    domain__delegations: Delegations | None,
) -> Iterator[Problem]:
    """With CloudFront before two regions the name is the load balancers' alone, and its records are found."""
    if recovery__mode != "active" or edge is None or domain__name is None:
        return
    yield from check_balancer_name(
        nearest_name(domain__name),
        what="the nearer load balancer behind CloudFront",
        instead='set mode = "warm" in [recovery]',
        alternative_names=domain__alternative_names or (),
        delegations=domain__delegations or {},
    )


def _check_asked_paths(recovery__mode: str | None, services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    """What Route 53 asks for must be answered by the service whose health decides."""
    if recovery__mode != "active":
        return
    for name, service in nearest_services(services).items():
        if not service.smoke_paths and not is_code_of_route_53(service.health_codes):
            yield Problem(
                key=f"services.{name}.health_codes",
                value=service.health_codes,
                allowed='must be from 200 to 399: with mode = "active" Route 53 asks both regions for health_path, and '
                "takes other answers for a failure",
            )
        for path in service.tested_paths:
            owner = answering_service(path.partition("?")[0], services)
            if owner != name:
                yield Problem(
                    key=f"services.{name}.health_path",
                    value=path,
                    allowed=f"would be answered by {f'services.{owner}' if owner else 'no service'}, and with "
                    'mode = "active" Route 53 asks the load balancers of both regions for it; use a path that '
                    f"path_patterns of this service matches: {', '.join(service.path_patterns)}",
                )


STANDBY_TRAFFIC_CHECKS: Final[tuple[Check, ...]] = (
    _check_prepared_origin,
    _check_nearest_name,
    _check_asked_paths,
)
"""The checks of what leads to the two regions."""
