"""Names that two regions can answer for: a health check decides which, and never both for what writes data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.references import of_same_environment
from compliance.rule import Finding, rule_with_others
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_RECORD: Final = "aws_route53_record"
_CHECK: Final = "aws_route53_health_check"
_POLICIES: Final = (
    "cidr_routing_policy",
    "failover_routing_policy",
    "geolocation_routing_policy",
    "geoproximity_routing_policy",
    "latency_routing_policy",
    "multivalue_answer_routing_policy",
    "weighted_routing_policy",
)
_BY_ALARM: Final = "CLOUDWATCH_METRIC"
_STAYS: Final = "LastKnownStatus"
_MISSING: Final = "missing"
_MINUTE_SECONDS: Final = 60
_STATISTICS: Final = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")


@rule_with_others
def record_of_two_regions_has_a_check(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A record beside one of another region has a routing policy, and a health check that alone decides.

    The target's own health must not: where no record is healthy, Route 53 answers with all of them, also with the one
    of a region that is closed on purpose.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
    """
    for record in stack.all(_RECORD):
        if not any(True for _ in _beside(record, stack, stacks)):
            continue
        if not any(record.get(policy) for policy in _POLICIES):
            yield Finding.about(record, "is a simple record, and another region has one of the same name")
        if not record.get("health_check_id"):
            yield Finding.about(record, "has no health_check_id, so it is answered whatever happens to its region")
        if any(alias.get("evaluate_target_health") is not False for alias in blocks(record.get("alias"))):
            yield Finding.about(
                record,
                "evaluate_target_health must be false: without a healthy target here, Route 53 would answer with a "
                "region that is closed on purpose",
            )


@rule_with_others
def one_of_two_regions_serves(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The checks of two regions' records are about one alarm, one inverted; or about the load balancer of each."""
    for record in stack.all(_RECORD):
        mine = _check_of(record, stack)
        for other_record, other in _beside(record, stack, stacks):
            theirs = _check_of(other_record, other)
            if mine is None or theirs is None:
                continue  # the other rule reports a missing one
            problem = _problem(mine, theirs) or (_problem_of_alarm(mine, stack, stacks) if _is_alarm(mine) else None)
            if problem:
                yield Finding.about(record, f"{problem} ({other.id}/{other_record.address})")


def _problem(mine: Resource, theirs: Resource) -> str | None:
    if _is_alarm(mine) != _is_alarm(theirs):
        return "its check is about an alarm and that of the other region is not, or the other way round"
    if not _is_alarm(mine):
        same = mine.get("fqdn") and mine.get("fqdn") == theirs.get("fqdn") and "${" not in str(mine.get("fqdn"))
        return "both checks ask the same name, which says nothing of either region" if same else None
    for argument in ("cloudwatch_alarm_name", "cloudwatch_alarm_region"):
        if mine.get(argument) != theirs.get(argument):
            return f"the checks have another {argument}, so both regions can serve at once, or none"
    if bool(mine.get("invert_healthcheck")) == bool(theirs.get("invert_healthcheck")):
        return "no check, or each, is inverted, so both regions serve or none"
    return _problem_of_check(mine)


def _problem_of_check(check: Resource) -> str | None:
    """What of a check decides without the alarm.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
    """
    if check.get("disabled"):
        return "its check is disabled, and a disabled check is healthy, or never if it is inverted"
    if check.get("insufficient_data_health_status") != _STAYS:
        return f"insufficient_data_health_status must be {_STAYS}: missing data must not switch the traffic"
    return None


def _problem_of_alarm(check: Resource, stack: Stack, stacks: Mapping[str, Stack]) -> str | None:
    name, region = check.get("cloudwatch_alarm_name"), check.get("cloudwatch_alarm_region")
    there = [other for other in of_same_environment(stack, stacks) if other.region == region]
    alarms = [
        alarm
        for other in there
        for alarm in other.all("aws_cloudwatch_metric_alarm")
        if alarm.get("alarm_name") == name
    ]
    if not alarms:
        return f"no stack of the environment in {region} has the alarm {name}"
    return next(filter(None, map(_reason_against, alarms)), None)


def _reason_against(alarm: Resource) -> str | None:
    """Why Route 53 refuses an alarm, or would switch by it when nothing is measured.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_AlarmIdentifier.html
    """
    name = alarm.get("alarm_name")
    if alarm.get("statistic") not in _STATISTICS:
        return f"Route 53 takes no alarm on metric math or an extended statistic, as {name} is"
    if int(alarm.get("period") or 0) < _MINUTE_SECONDS:
        return f"Route 53 takes no alarm on a high-resolution metric, as {name} is"
    if alarm.get("treat_missing_data") != _MISSING:
        return f'{name} must have treat_missing_data = "{_MISSING}": missing data must not switch the traffic'
    return None


def _beside(record: Resource, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Resource, Stack]]:
    """The records of the same name and type that stacks in other regions have, for load balancers as this one."""
    if not record.get("alias"):
        return
    for other in of_same_environment(stack, stacks):
        if other.region == stack.region:
            continue
        for each in other.all(_RECORD):
            if each.get("alias") and (each.get("name"), each.get("type")) == (record.get("name"), record.get("type")):
                yield each, other


def _check_of(record: Resource, stack: Stack) -> Resource | None:
    return next((one for one in stack.all(_CHECK) if one.is_referred_to_by(record.get("health_check_id"))), None)


def _is_alarm(check: Resource) -> bool:
    return bool(check.get("type") == _BY_ALARM)
