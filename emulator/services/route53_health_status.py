"""The status of Route 53's health checks: each is evaluated when it is asked for, by its target; moto knows none.

There is no interval and no threshold of failures here: a status is that of now.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from moto.elbv2.models import elbv2_backends
from moto.route53.models import HealthCheck, route53_backends

from emulator import record_choice
from emulator.clock import now
from emulator.dns import canonical
from emulator.errors import AwsError
from emulator.outages.state import lost_since
from emulator.registry import Context, after, operation, patch
from emulator.releases import answers, domains, traffic
from emulator.services.route53_alarm_checks import is_alarm_quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

_GLOBAL: Final = "aws"
_KEPT: Final = ("AlarmIdentifier", "InsufficientDataHealthStatus", "RoutingControlArn")
_WITHOUT_ENDPOINT: Final = frozenset({"CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"})
_OF_ENDPOINT: Final = frozenset(
    {"EnableSNI", "FailureThreshold", "IPAddress", "MeasureLatency", "Port", "RequestInterval"}
)
_ENDPOINT_OF_AWS: Final = re.compile(r"[\w.-]+\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com")
_DUAL_STACK: Final = "dualstack."
_ASKED: ContextVar[frozenset[str]] = ContextVar("_ASKED", default=frozenset())


@after("route53", "CreateHealthCheck", "UpdateHealthCheck")
def keep_alarm(params: Shape, context: Context) -> None:
    """Keep the members that moto drops."""
    sent = params.get("HealthCheckConfig") or params
    for check in context.backend(route53_backends, _GLOBAL).health_checks.values():
        if check.caller_reference == params.get("CallerReference") or check.id == params.get("HealthCheckId"):
            check.kept = {**getattr(check, "kept", {}), **{name: sent[name] for name in _KEPT if name in sent}}


@patch(HealthCheck, "health_check_config")
def describe(original: Any, check: Any) -> Shape:
    """Describe them, too; a check without an endpoint has no settings of one, for which moto has defaults."""
    config = {**original(check), **getattr(check, "kept", {})}
    return (
        config if check.type_ not in _WITHOUT_ENDPOINT else {k: v for k, v in config.items() if k not in _OF_ENDPOINT}
    )


@operation("route53", "GetHealthCheckStatus")
def status(params: Shape, context: Context) -> Shape:
    """Return what one checker sees.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html
    """
    identifier = params["HealthCheckId"]
    if identifier not in context.backend(route53_backends, _GLOBAL).health_checks:
        message = f"A health check with id {identifier} does not exist."
        raise AwsError(code="NoSuchHealthCheck", message=message)
    seen = "Success: the target is healthy." if is_healthy(identifier) else "Failure: the target is not healthy."
    report = {"Status": seen, "CheckedTime": now()}
    return {"HealthCheckObservations": [{"Region": "us-west-2", "IPAddress": "192.0.2.1", "StatusReport": report}]}


def is_healthy(identifier: str) -> bool:
    """Whether a health check of any account is healthy; one that asks for itself is, and so is one that is gone.

    One that is disabled always is healthy, or never if it is inverted:
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
    """
    found = next(((account, one) for account, one in _checks() if one.id == identifier), None)
    if found is None or identifier in _ASKED.get():
        return True
    account, check = found
    before = _ASKED.set(_ASKED.get() | {identifier})
    try:
        healthy = _is_true(check.disabled) or _evaluate(account, check)
    finally:
        _ASKED.reset(before)
    return healthy != _is_true(check.inverted)


def _checks() -> Iterator[tuple[str, Any]]:
    for account, regions in list(route53_backends.items()):
        for check in list(regions[_GLOBAL].health_checks.values()):
            yield account, check


def _evaluate(account: str, check: Any) -> bool:
    if check.type_ == "CALCULATED":
        return sum(is_healthy(child) for child in check.children or ()) >= int(check.health_threshold or 0)
    if check.type_ == "CLOUDWATCH_METRIC":
        return is_alarm_quiet(account, getattr(check, "kept", {}))
    if check.type_ == "RECOVERY_CONTROL":
        return True  # there are no routing controls here that could be off
    return _endpoint_answers(account, check)


def _endpoint_answers(account: str, check: Any) -> bool:
    """Whether something answers at a name: a domain that leads to a listener, or an endpoint of AWS's API.

    A status of 2xx or 3xx is healthy. The emulator has nothing at other names and addresses.
    """
    name = canonical(check.fqdn or "")
    api = _ENDPOINT_OF_AWS.fullmatch(name)
    if api and ".elb." not in name:
        return lost_since(api[1]) is None
    domain = domains.find(account, name, 443)
    listener = traffic.find_listener(domain.listener) if domain else None
    if domain is None or listener is None or lost_since(domain.listener.split(":")[3]):
        return False
    if check.type_ == "TCP":
        return True
    said = answers.answer(listener, check.resource_path or "/", name)
    expected = check.search_string or ""
    return HTTPStatus.OK <= said.status < HTTPStatus.BAD_REQUEST and expected in said.text


def is_target_healthy(record: Any) -> bool:
    """Whether the target of an alias is healthy: of a load balancer, whether its region answers and it has targets.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html
    """
    target = canonical(record.alias_target["DNSName"]).removeprefix(_DUAL_STACK)
    for regions in list(elbv2_backends.values()):
        for region, backend in list(dict.items(regions)):
            for balancer in backend.load_balancers.values():
                if canonical(balancer.dns_name) == target:
                    listeners = balancer.listeners.values()
                    dead = [one for listener in listeners for one in answers.dead_ends(listener)]
                    return lost_since(region) is None and not dead
    return True


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


record_choice.HEALTH.check = is_healthy
record_choice.HEALTH.target = is_target_healthy
