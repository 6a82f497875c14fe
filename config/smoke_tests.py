"""What the smoke test of a blue/green deployment needs of services and network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.errors import Problem
from config.health_codes import is_tested_code
from config.routing import covers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from config.services import ServiceSettings

ENDPOINT: Final = "codedeploy"
"""The interface endpoint of the API to which the smoke test reports."""
_ADDRESSES_ENDPOINT: Final = "ec2"
"""Where it asks for the private addresses of a public load balancer, whose name in DNS has only the public ones."""
_MOST_PATHS: Final = 20
"""So many can each take their time before the function's own time is over."""


def check_smoke_paths(deployment__strategy: str, services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    """The load balancer must forward each path to the service that it is to test, and a smoke test must run."""
    for name, service in services.items():
        key = f"services.{name}.smoke_paths"
        if service.smoke_paths and deployment__strategy != "blue_green":
            yield Problem(
                key=key,
                value=service.smoke_paths,
                allowed='has no effect: only deployment.strategy = "blue_green" tests a version before users see it; '
                "use it, or remove the line",
            )
        elif service.smoke_paths and not service.path_patterns:
            yield Problem(
                key=key,
                value=service.smoke_paths,
                allowed="has no effect: this service gets no requests from the load balancer; add path_patterns, or "
                "remove the line",
            )
        elif len(service.smoke_paths) > _MOST_PATHS:
            yield Problem(key=key, allowed=f"has {len(service.smoke_paths)} paths; use {_MOST_PATHS} or fewer")
        elif deployment__strategy == "blue_green" and _needs_paths(service):
            yield Problem(
                key=key,
                allowed=f'is missing, and health_path = "{service.health_path}" may answer with '
                f'health_codes = "{service.health_codes}"; add paths that the new version must answer with 2xx',
            )
        elif deployment__strategy == "blue_green" and _has_rule_of_its_own(name, services):
            yield from _problems_with_paths(name, service, services)


def _needs_paths(service: ServiceSettings) -> bool:
    """Whether it would be tested by its health check, which may answer with what a test takes for bad."""
    return bool(service.path_patterns) and not service.smoke_paths and not is_tested_code(service.health_codes)


def _problems_with_paths(
    name: str, service: ServiceSettings, services: Mapping[str, ServiceSettings]
) -> Iterator[Problem]:
    patterns = ", ".join(f'"{pattern}"' for pattern in service.path_patterns)
    for index, path in enumerate(service.tested_paths):
        owner = answering_service(path.partition("?")[0], services)
        if owner == name:
            continue
        what = (
            f"would be answered by services.{owner}" if owner else "would be answered by no service"
        ) + ", because of the path_patterns and priorities"
        if service.smoke_paths:
            yield Problem(
                key=f"services.{name}.smoke_paths[{index}]",
                value=path,
                allowed=f"{what}; use a path that only {patterns} of this service matches",
            )
        else:
            yield Problem(
                key=f"services.{name}.smoke_paths",
                allowed=f'is missing, and health_path = "{path}" {what}; add paths that {patterns} matches and that '
                f"the new version must answer with 2xx",
            )


def _has_rule_of_its_own(name: str, services: Mapping[str, ServiceSettings]) -> bool:
    """Whether its listener rule gets requests; if not, other checks say why, and nothing more can be said here."""
    service = services[name]
    if not service.path_patterns or service.priority is None:
        return False
    others = [other for key, other in services.items() if key != name and other.priority is not None]
    return all(
        other.priority != service.priority
        and not set(other.path_patterns) & set(service.path_patterns)
        and not (
            (other.priority or 0) < service.priority
            and any(covers(wider, pattern) for wider in other.path_patterns for pattern in service.path_patterns)
        )
        for other in others
    )


def answering_service(path: str, services: Mapping[str, ServiceSettings]) -> str | None:
    """The service to which the load balancer forwards a path: the first rule that matches."""
    rules = sorted((service.priority, name) for name, service in services.items() if service.priority is not None)
    return next(
        (name for _, name in rules if any(covers(pattern, path) for pattern in services[name].path_patterns)), None
    )


def check_smoke_test_reaches_aws(
    *,
    deployment__strategy: str,
    network__nat_gateways: str,
    network__interface_endpoints: Sequence[str],
    edge: object,
    edge__origin: str | None,
) -> Iterator[Problem]:
    """Without NAT gateways the function that runs the smoke test needs endpoints, or no deployment can succeed."""
    if deployment__strategy != "blue_green" or network__nat_gateways != "none":
        return
    needed = smoke_test_endpoints(is_public=edge is None or edge__origin == "public")
    if missing := [endpoint for endpoint in needed if endpoint not in network__interface_endpoints]:
        yield Problem(
            key="network.interface_endpoints",
            value=tuple(network__interface_endpoints),
            allowed="without NAT gateways the smoke test of a blue_green deployment cannot report its result to "
            f"CodeDeploy, and the deployment fails after an hour; add {', '.join(missing)}",
        )


def smoke_test_endpoints(*, is_public: bool) -> tuple[str, ...]:
    """The AWS services that the smoke test reaches from the private subnets."""
    return (ENDPOINT, *((_ADDRESSES_ENDPOINT,) if is_public else ()))
