"""Route 53's checks of CloudWatch alarms: what alarm it takes, and what the data of the alarm's metric say.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html#health-checks-creating-values-cloudwatch
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.cloudwatch.models import cloudwatch_backends
from moto.route53.models import route53_backends

from emulator.errors import AwsError
from emulator.outages.state import lost_since
from emulator.registry import Context, guard
from emulator.services.cloudwatch.alarm_data import last_state_by_data, state_by_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

TYPE: Final = "CLOUDWATCH_METRIC"
_STATISTICS: Final = ("Average", "Minimum", "Maximum", "Sum", "SampleCount")
_MINUTE: Final = 60
_OK, _INSUFFICIENT = "OK", "INSUFFICIENT_DATA"


@guard("route53", "CreateHealthCheck", "UpdateHealthCheck")
def refuse_wrong_alarm(params: Shape, context: Context) -> None:
    """Refuse an alarm of a kind that Route 53 does not monitor, or that it cannot read the settings of.

    It reads them once, when a check is created or updated:
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-updating-cloudwatch-alarm-settings.html
    An alarm for another type: https://github.com/hashicorp/terraform-provider-aws/issues/22993
    """
    config = params.get("HealthCheckConfig") or params
    identifier = config.get("AlarmIdentifier")
    if not identifier:
        return
    if _type(params, context) != TYPE:
        message = "Invalid parameter : Basic health checks must not have an metric region specified."
        raise AwsError(code="InvalidInput", message=message)
    if lost_since(identifier["Region"]):
        return
    alarm = _find(context.account, identifier)
    problems = ["does not exist"] if alarm is None else list(_problems(alarm))
    if problems:
        message = f"The alarm {identifier['Name']} in {identifier['Region']} {problems[0]}."
        raise AwsError(code="InvalidInput", message=message)


def is_alarm_quiet(account: str, kept: Shape) -> bool:
    """Whether the data of its metric say that the alarm is OK: its state, which a person can set, does not count.

    Without enough data, or without its region, the check has the status that it names for that; the last known one is
    that of the newest data, and healthy if there never were any.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html#dns-failover-determining-health-of-endpoints-cloudwatch
    A missing value counts as the alarm says:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-ge-cfn.html
    """
    identifier = kept.get("AlarmIdentifier") or {}
    alarm = _find(account, identifier)
    backend = cloudwatch_backends[account][identifier.get("Region", "")] if alarm else None
    lost = lost_since(identifier.get("Region", ""))
    state = _INSUFFICIENT if alarm is None or lost else state_by_data(backend, alarm)
    if state != _INSUFFICIENT:
        return state == _OK
    otherwise = kept.get("InsufficientDataHealthStatus", "LastKnownStatus")
    if otherwise == "LastKnownStatus":
        return alarm is None or last_state_by_data(backend, alarm) in {None, _OK}
    return bool(otherwise == "Healthy")


def _type(params: Shape, context: Context) -> str:
    config = params.get("HealthCheckConfig")
    if config:
        return str(config["Type"])
    found = context.backend(route53_backends, "aws").health_checks.get(params["HealthCheckId"])
    return str(found.type_) if found else TYPE


def _find(account: str, identifier: Shape) -> Any:
    region = identifier.get("Region", "")
    if region not in cloudwatch_backends[account]:
        return None
    alarms = cloudwatch_backends[account][region].alarms.values()
    return next((one for one in alarms if one.name == identifier.get("Name")), None)


def _problems(alarm: Any) -> Iterator[str]:
    if alarm.rule:
        yield "is a composite one, which has no metric"
    elif alarm.metric_data_queries:
        yield "uses metric math, which Route 53 does not support"
    elif alarm.statistic not in _STATISTICS:
        yield "uses an extended statistic, which Route 53 does not support"
    elif int(alarm.period) < _MINUTE:
        yield "uses a high-resolution metric, which Route 53 does not support"
