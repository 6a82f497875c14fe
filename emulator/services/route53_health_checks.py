"""Route 53 health checks: moto accepts every configuration."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from emulator.errors import AwsError
from emulator.registry import Context, guard
from emulator.validate import check_call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

_ENDPOINTS: Final = {"HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"}
_INTERVALS: Final = (10, 30)


@guard("route53", "CreateHealthCheck")
def refuse_wrong_health_check(params: Shape, context: Context) -> None:
    """Refuse a configuration that contradicts its type.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
    """
    check_call(params, context)
    for problem in _problems(params["HealthCheckConfig"]):
        raise AwsError(code="InvalidInput", message=problem)


def _problems(config: Shape) -> Iterator[str]:
    kind = config["Type"]
    address, name = config.get("IPAddress"), config.get("FullyQualifiedDomainName")
    if config.get("RequestInterval", _INTERVALS[1]) not in _INTERVALS:
        yield f"RequestInterval must be {_INTERVALS[0]} or {_INTERVALS[1]} seconds."
    if kind in _ENDPOINTS:
        yield from _problems_of_endpoint(kind, address, name)
        if kind == "TCP" and config.get("Port") is None:
            yield "A TCP health check must have a Port."
    elif config.get("Port") is not None:
        yield f"A health check of type {kind} must not have a Port."
    if kind.endswith("_STR_MATCH") != bool(config.get("SearchString")):
        yield f"A health check of type {kind} must {'' if kind.endswith('_STR_MATCH') else 'not '}have a SearchString."
    if kind == "CLOUDWATCH_METRIC" and not config.get("AlarmIdentifier"):
        yield "A health check of type CLOUDWATCH_METRIC must have an AlarmIdentifier."


def _problems_of_endpoint(kind: str, address: str | None, name: str | None) -> Iterator[str]:
    """https://github.com/aws/aws-sdk-php/issues/1527 has the message about TCP."""
    if not address and not name:
        yield f"A health check of type {kind} must have an IPAddress or a FullyQualifiedDomainName."
    if kind == "TCP" and address and name:
        yield "TCP health checks that have IP address must not have a fully qualified domain name specified."
    if address and not _is_public(address):
        yield f"The IP address {address} must be a public one: Route 53 checks over the internet."


def _is_public(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return parsed.is_global and not parsed.is_multicast
