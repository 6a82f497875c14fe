"""The dependencies between the tables of an environment: what one table needs of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.errors import Problem, list_allowed, nearest
from config.parameters import ROTATED_PARTS, SOURCES, URLS, parameter_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from config.countries import GeoRestriction
    from config.network import Zone
    from config.services import ServiceSettings

_CHECKED_FROM: Final = ("AU", "BR", "IE", "JP", "SG", "US")
"""The countries of the regions from which Route 53 checks.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
"""
_SHORTEST_BEHIND_CLOUDFRONT: Final = 10
"""Seconds without data after which a load balancer may close a connection of CloudFront."""

_LOAD_BALANCER_ZONES: Final = 2
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer"""


def check_paths_have_load_balancer(services: Mapping[str, ServiceSettings], load_balancer: object) -> Iterator[Problem]:
    """Requests only come from the load balancer."""
    for name, service in services.items():
        if service.path_patterns and load_balancer is None:
            yield Problem(
                key=f"services.{name}.path_patterns",
                value=service.path_patterns,
                allowed="there is no [load_balancer] that sends requests; add the table, "
                "or remove path_patterns and priority here",
            )


def check_backups_have_a_bucket(services: Mapping[str, ServiceSettings], backups: object) -> Iterator[Problem]:
    """A service can only write to a bucket that is there."""
    for name, service in services.items():
        if service.writes_backups and backups is None:
            yield Problem(
                key=f"services.{name}.writes_backups",
                value=service.writes_backups,
                allowed="there is no [backups] with a bucket to write to; add the table, or remove the line",
            )


def check_spot_leaves_a_task(protect_data: bool, services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    """Where data is protected, users depend on the service; AWS may stop all its tasks on Spot at the same time.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
    """
    for name, service in services.items():
        if protect_data and service.is_load_balanced and service.spot_percent and not service.on_demand_count:
            yield Problem(
                key=f"services.{name}.on_demand_count",
                value=service.on_demand_count,
                allowed="must be 1 or more where protect_data = true and the service takes requests, because AWS may "
                "stop all tasks on Spot at once; raise it, or set spot_percent = 0",
            )


def check_load_balancer_has_domain(load_balancer: object, domain: object) -> Iterator[Problem]:
    """It needs a certificate for HTTPS, and AWS issues one only for a name that is validated in a zone."""
    if load_balancer is not None and domain is None:
        yield Problem(
            key="load_balancer",
            allowed="HTTPS needs a certificate, but there is no [domain] for it; add the table, "
            "or remove [load_balancer]",
        )


def check_edge_has_origin(edge: object, load_balancer: object, domain: object) -> Iterator[Problem]:
    """CloudFront sends requests to the load balancer, under the domain's name."""
    missing = [name for name, table in (("load_balancer", load_balancer), ("domain", domain)) if table is None]
    if edge is not None and missing:
        tables = " and ".join(f"[{name}]" for name in missing)
        yield Problem(
            key="edge",
            allowed=f"CloudFront needs a load balancer to send requests to, and a domain; add {tables}, "
            "or remove [edge]",
        )


def check_health_check_has_site(domain__health_check: object, load_balancer: object) -> Iterator[Problem]:
    """Without a load balancer nothing answers under the domain's name."""
    if domain__health_check is not None and load_balancer is None:
        yield Problem(
            key="domain.health_check",
            allowed="checks a site, but there is no [load_balancer] that answers; add the table, "
            "or remove [domain.health_check]",
        )


def check_health_check_is_answered(
    domain__health_check: object, edge__geo_restriction: GeoRestriction | None
) -> Iterator[Problem]:
    """A restriction of countries answers the requests of Route 53 too with 403, and the check would always fail."""
    if domain__health_check is None or edge__geo_restriction is None:
        return
    allow, deny = edge__geo_restriction.allow, edge__geo_restriction.deny
    refused = [country for country in _CHECKED_FROM if (allow and country not in allow) or country in deny]
    if refused:
        yield Problem(
            key="domain.health_check",
            allowed=f"asks from {', '.join(_CHECKED_FROM)}, and [edge.geo_restriction] refuses {', '.join(refused)}; "
            "allow these countries, or remove [domain.health_check]",
        )


def check_edge_timeout(edge: object, load_balancer__idle_timeout_seconds: int | None) -> Iterator[Problem]:
    """CloudFront must close a connection that it keeps open before the load balancer does.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    """
    seconds = load_balancer__idle_timeout_seconds
    if edge is not None and seconds is not None and seconds < _SHORTEST_BEHIND_CLOUDFRONT:
        yield Problem(
            key="load_balancer.idle_timeout_seconds",
            value=seconds,
            allowed=f"must be {_SHORTEST_BEHIND_CLOUDFRONT} or more with [edge]: CloudFront keeps connections open, "
            "and answers 502 if the load balancer closes them first",
        )


def check_internal_load_balancer(
    edge__origin: str | None, load_balancer: object, network__zones: Sequence[Zone]
) -> Iterator[Problem]:
    """The VPC origin of CloudFront leads to private subnets, and the load balancer needs two of them."""
    private = sum(zone.private_cidr is not None for zone in network__zones)
    # The check of the network reports an environment without any.
    if edge__origin == "vpc" and load_balancer is not None and 0 < private < _LOAD_BALANCER_ZONES:
        yield Problem(
            key="edge",
            allowed="puts the load balancer in private subnets, which it needs in two zones; "
            'add a private_cidr to another zone, set origin = "public", or remove [edge]',
        )


def check_parameters(
    *,
    services: Mapping[str, ServiceSettings],
    postgres: object,
    postgres__replicas: int | None,
    documentdb: object,
    secrets: object,
    secrets__api_keys: Sequence[str] | None,
) -> Iterator[Problem]:
    """A task does not start if one of its secrets does not exist."""
    tables = {"postgres": postgres, "documentdb": documentdb, "secrets": secrets}
    names = parameter_names(
        databases=[name for name in ("postgres", "documentdb") if tables[name] is not None],
        replicas=postgres__replicas or 0,
        api_keys=secrets__api_keys,
    )
    for name, service in services.items():
        for table, parameters in (("secrets", service.secrets), ("parameters", service.parameters)):
            for variable, parameter in parameters.items():
                if parameter not in names:
                    allowed = _explain_parameter(parameter, names, tables)
                elif parameter in URLS and service.role(URLS[parameter]) is None:
                    allowed = (
                        f"is the url of the service's role, and it has none; add {URLS[parameter]}_role, "
                        "or remove it here"
                    )
                else:
                    continue
                yield Problem(key=f"services.{name}.{table}.{variable}", value=parameter, allowed=allowed)


def check_strategy_has_paths(deployment__strategy: str, services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    """An error, not just without effect, because the file would claim that releases are tested before users see them.

    Blue/green shifts a load balancer's traffic; without traffic, every service is replaced task by task.
    """
    if deployment__strategy != "rolling" and services and not any(s.path_patterns for s in services.values()):
        yield Problem(
            key="deployment.strategy",
            value=deployment__strategy,
            allowed="needs a service with path_patterns, whose requests it shifts; remove the line, "
            "or add path_patterns to a service",
        )


def _explain_parameter(parameter: str, names: Sequence[str], tables: Mapping[str, object]) -> str:
    kind, _, rest = parameter.partition("/")
    source = SOURCES.get(kind)
    if source is not None and tables[source] is None:
        return f"there is no [{source}]; add the table, or remove it here"
    if parameter in ROTATED_PARTS:
        return (
            "is not a parameter any more: user and password change when the url does, and must be read together; "
            f'use "{ROTATED_PARTS[parameter]}", which has both'
        )
    if kind == "api-keys" and rest:
        return f'there is no such API key; add "{rest}" to secrets.api_keys, or remove it here'
    if not names:
        return "this environment has no parameters; remove it here"
    return f"is not a parameter of this environment; {list_allowed(names, meant=nearest(parameter, names))}"
