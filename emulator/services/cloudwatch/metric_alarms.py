"""Metric alarms: moto accepts any combination of arguments, and only percentiles as extended statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import CloudWatchBackend

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch
from emulator.services.cloudwatch.actions import action_problems
from emulator.services.cloudwatch.metric_queries import is_statistic, query_periods, query_problems
from emulator.validate import check_call

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from emulator.store import Shape

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html lists the actions, the
# arguments of a single metric, the valid periods, and the longest evaluation range.
_ACTION_SERVICES = ("aiops", "automate", "autoscaling", "lambda", "sns", "ssm", "ssm-incidents", "swf")
_OF_ONE_METRIC = ("MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")
_MISSING_DATA = ("breaching", "notBreaching", "ignore", "missing")
_SHORT_PERIODS = (10, 20, 30)
_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86_400, 604_800


@guard("cloudwatch", "PutMetricAlarm")
def refuse_invalid_alarm(params: Shape, context: Context) -> None:
    """Refuse what AWS does not accept for one metric, for a list of queries, or for both."""
    check_call(params, context)
    for problem in _problems(params, context):
        raise AwsError(code="ValidationError", message=problem)


@patch(CloudWatchBackend, "put_metric_alarm")
def keep_extended_statistic(original: Any, backend: Any, **kwargs: Any) -> Any:
    """Store any valid extended statistic; moto refuses all but percentiles."""
    statistic = kwargs.pop("extended_statistic", None)
    if statistic and not is_statistic(statistic):
        message = f"The value {statistic} for parameter ExtendedStatistic is not supported."
        raise AwsError(code="InvalidParameterValue", message=message)
    alarm = original(backend, **kwargs)
    alarm.extended_statistic = statistic
    return alarm


def _problems(params: Shape, context: Context) -> Iterator[str]:
    yield from action_problems(params, context, services=_ACTION_SERVICES)
    if params.get("EvaluationCriteria"):  # a PromQL query, which has no other members
        return
    yield from _evaluation_problems(params)
    if params.get("Metrics"):
        # https://github.com/aws-cloudformation/cfn-lint/issues/766
        for member in _OF_ONE_METRIC:
            if params.get(member):
                yield f"{member} should not be set if list of Metrics is set."
        yield from query_problems(params["Metrics"], params.get("ThresholdMetricId"))
        yield from _span_problems(query_periods(params["Metrics"]), params["EvaluationPeriods"])
    else:
        yield from _metric_problems(params)
        yield from _span_problems({params["Period"]}, params["EvaluationPeriods"])


def _evaluation_problems(params: Shape) -> Iterator[str]:
    """Find problems in the evaluation of the alarm.

    More datapoints than periods: https://github.com/hashicorp/terraform/issues/24070
    Two thresholds: https://github.com/aws-cloudformation/cfn-lint/pull/1306
    """
    for member in ("ComparisonOperator", "EvaluationPeriods"):
        if not params.get(member):
            yield f"{member} must not be null"
    if params.get("DatapointsToAlarm", 0) > params["EvaluationPeriods"]:
        yield "DatapointsToAlarm must be less than or equal to EvaluationPeriods"
    if "Threshold" in params and "ThresholdMetricId" in params:
        yield "Threshold and ThresholdMetricId cannot both be set"
    treatment = params.get("TreatMissingData")
    if treatment and treatment not in _MISSING_DATA:
        allowed = ", ".join(_MISSING_DATA)
        yield f"Option {treatment} is not supported. Supported options for parameter TreatMissingData are {allowed}."


def _metric_problems(params: Shape) -> Iterator[str]:
    """Find problems in a single metric.

    Without a name: https://github.com/aws-cloudformation/cfn-lint/pull/771
    Without a period: https://github.com/hashicorp/terraform-provider-aws/issues/32227
    Another period: https://github.com/awsdocs/aws-cloudformation-user-guide/pull/777
    """
    for member in ("MetricName", "Period"):
        if not params.get(member):
            yield f"{member} must not be null"
    if bool(params.get("Statistic")) == bool(params.get("ExtendedStatistic")):
        yield "Either Statistic or ExtendedStatistic must be set, but not both."
    if params["Period"] not in _SHORT_PERIODS and params["Period"] % _MINUTE:
        yield "Period must be 10, 20, 30 or a multiple of 60"


def _span_problems(periods: Collection[int], count: int) -> Iterator[str]:
    """Find a range that is too long for every period; AWS does not document which period counts."""
    problems = [_span_problem(period, count) for period in sorted(periods)]
    if all(problems):
        yield from problems


def _span_problem(period: int, count: int) -> str:
    if period < _HOUR and period * count > _DAY:
        span, most, kind = "day", _DAY, "period < 3600"
    elif period >= _HOUR and period * count > _WEEK:
        span, most, kind = "week", _WEEK, "period >= 3600"
    else:
        return ""
    return (
        f"Metrics cannot be checked across more than a {span} "
        f"(EvaluationPeriods * Period must be <= {most}) for alarms using {kind}"
    )
