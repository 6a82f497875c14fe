from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"
ALARM: dict[str, Any] = {"AlarmName": "errors", "EvaluationPeriods": 3, "ComparisonOperator": "GreaterThanThreshold"}
METRIC: dict[str, Any] = {"MetricName": "Errors", "Namespace": "app", "Statistic": "Sum", "Period": 60, "Threshold": 1}


def metric(id_: str, *, period: int = 60, stat: str = "Sum", **more: Any) -> dict[str, Any]:
    one = {"Namespace": "app", "MetricName": id_}
    return {"Id": id_, "MetricStat": {"Metric": one, "Period": period, "Stat": stat}, "ReturnData": False, **more}


def expression(text: str, id_: str = "rate", **more: Any) -> dict[str, Any]:
    return {"Id": id_, "Expression": text, "ReturnData": True, **more}


def refuse(client: Client, words: str, **members: Any) -> None:
    with pytest.raises(ClientError, match=rf"\(ValidationError\).*: .*{words}"):
        client("cloudwatch", checked=False).put_metric_alarm(**{**ALARM, **members})


def test_an_alarm_on_a_metric_is_stored(client: Client) -> None:
    client("cloudwatch").put_metric_alarm(
        **ALARM, **METRIC, DatapointsToAlarm=3, TreatMissingData="notBreaching", AlarmActions=[TOPIC]
    )

    found = client("cloudwatch").describe_alarms(AlarmNames=["errors"])["MetricAlarms"][0]
    assert (found["Period"], found["DatapointsToAlarm"], found["AlarmActions"]) == (60, 3, [TOPIC])


@pytest.mark.parametrize(
    "text",
    [
        "100 * errors / requests",
        "IF(requests > 1e3 AND errors >= .5, errors/requests, 0)",
        "MAX([FILL(errors, REPEAT), FILL(requests, 0)])",
        'SUM(METRICS("err"))',
        "errors * PERIOD(errors) - RUNNING_SUM(requests)",
    ],
)
def test_an_alarm_on_an_expression_is_stored(client: Client, text: str) -> None:
    client("cloudwatch").put_metric_alarm(
        **{**ALARM, "AlarmName": "rate"},
        Threshold=1,
        Metrics=[expression(text), metric("errors"), metric("requests", stat="p99.9")],
    )

    found = client("cloudwatch").describe_alarms(AlarmNames=["rate"])["MetricAlarms"][0]
    assert {query["Id"]: query["ReturnData"] for query in found["Metrics"]} == {
        "rate": True,
        "errors": False,
        "requests": False,
    }


def test_an_alarm_on_a_metrics_insights_query_is_stored(client: Client) -> None:
    query = "SELECT MAX(requests) FROM app"

    client("cloudwatch").put_metric_alarm(**ALARM, Threshold=1, Metrics=[expression(query, Period=300)])


def test_an_alarm_on_a_prometheus_query_is_stored(client: Client) -> None:
    criteria = {"PromQLCriteria": {"Query": "sum(rate(errors[5m])) > 1"}}

    client("cloudwatch").put_metric_alarm(AlarmName="promql", EvaluationCriteria=criteria, EvaluationInterval=60)


def test_one_long_period_among_others_is_accepted(client: Client) -> None:
    queries = [expression("errors / FILL(requests, 1)"), metric("errors"), metric("requests", period=86400)]

    client("cloudwatch").put_metric_alarm(**{**ALARM, "EvaluationPeriods": 8}, Threshold=1, Metrics=queries)


def test_an_alarm_on_an_anomaly_is_stored(client: Client) -> None:
    band = expression("ANOMALY_DETECTION_BAND(requests, 2)", "band")
    members: dict[str, Any] = {**ALARM, "ComparisonOperator": "GreaterThanUpperThreshold", "ThresholdMetricId": "band"}
    client("cloudwatch").put_metric_alarm(**members, Metrics=[band, metric("requests", ReturnData=True)])

    refuse(client, "Exactly two elements", **members, Metrics=[band, metric("requests")])
    silent = {**band, "ReturnData": False}
    refuse(client, "matching the ThresholdMetricId", **members, Metrics=[silent, metric("requests", ReturnData=True)])
    refuse(client, "cannot both be set", **members, Threshold=1, Metrics=[band, metric("requests", ReturnData=True)])


@pytest.mark.parametrize("statistic", ["p95", "p99.99", "tm90", "IQM", "TM(10%:90%)", "PR(:300)"])
def test_every_kind_of_extended_statistic_is_stored(client: Client, statistic: str) -> None:
    members: dict[str, Any] = {**METRIC, "Statistic": None, "ExtendedStatistic": statistic}
    client("cloudwatch", checked=False).put_metric_alarm(
        **{**ALARM, "AlarmName": "slow"}, **{name: value for name, value in members.items() if value is not None}
    )

    found = client("cloudwatch").describe_alarms(AlarmNames=["slow"])["MetricAlarms"][0]
    assert found["ExtendedStatistic"] == statistic


def test_an_unknown_extended_statistic_is_refused(client: Client) -> None:
    members = {name: value for name, value in METRIC.items() if name != "Statistic"}

    with pytest.raises(ClientError, match="The value p101 for parameter ExtendedStatistic is not supported"):
        client("cloudwatch").put_metric_alarm(**ALARM, **members, ExtendedStatistic="p101")


@pytest.mark.parametrize(
    "action",
    [
        TOPIC,
        "arn:aws:automate:us-east-1:ec2:recover",
        "arn:aws:ssm-incidents::123456789012:responseplan/main",
        "arn:aws:lambda:us-east-1:123456789012:function:act:live",
    ],
)
@pytest.mark.parametrize("member", ["AlarmActions", "OKActions", "InsufficientDataActions"])
def test_an_action_of_the_region_is_stored(client: Client, member: str, action: str) -> None:
    client("cloudwatch").put_metric_alarm(**ALARM, **METRIC, **{member: [action]})


@pytest.mark.parametrize("member", ["AlarmActions", "OKActions", "InsufficientDataActions"])
@pytest.mark.parametrize(
    ("action", "words"),
    [
        (TOPIC.replace("us-east-1", "us-west-2"), r"Invalid region us-west-2 specified\. Only us-east-1 is supported"),
        ("alerts", "Invalid arn syntax in .*: alerts"),
        ("arn:aws:sqs:us-east-1:123456789012:alerts", "is of sqs; an alarm can act on .*, sns,"),
    ],
)
def test_an_action_that_cannot_be_run_is_refused(client: Client, member: str, action: str, words: str) -> None:
    refuse(client, words, **METRIC, **{member: [TOPIC, action]})


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"AlarmActions": [TOPIC] * 6}, "'AlarmActions' .* length less than or equal to 5"),
        ({"AlarmDescription": "a" * 1025}, "'AlarmDescription' .* length less than or equal to 1024"),
        ({"ComparisonOperator": "Above"}, "'ComparisonOperator' .* enum value set: .*LessThanThreshold"),
        ({"Statistic": "p95"}, "'Statistic' .* enum value set: .*SampleCount"),
        ({"TreatMissingData": "Missing"}, "Option Missing is not supported.* are breaching, notBreaching, ignore"),
        ({"DatapointsToAlarm": 4}, "DatapointsToAlarm must be less than or equal to EvaluationPeriods"),
        ({"ExtendedStatistic": "p95"}, "Either Statistic or ExtendedStatistic must be set, but not both"),
        ({"Statistic": ""}, "'Statistic' .* enum value set"),
        ({"Period": 45}, "Period must be 10, 20, 30 or a multiple of 60"),
        ({"Period": 60, "EvaluationPeriods": 1441}, r"more than a day .*<= 86400\) for alarms using period < 3600"),
        ({"Period": 3600, "EvaluationPeriods": 169}, r"more than a week .*<= 604800\) for alarms using period >= 3600"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused(client: Client, members: dict[str, Any], words: str) -> None:
    refuse(client, words, **{**METRIC, **members})


@pytest.mark.parametrize(
    "members", [{"Period": 60, "EvaluationPeriods": 1440}, {"Period": 3600, "EvaluationPeriods": 168}]
)
def test_an_alarm_may_look_back_a_day_or_with_long_periods_a_week(client: Client, members: dict[str, int]) -> None:
    client("cloudwatch").put_metric_alarm(**{**ALARM, **METRIC, **members})


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("MetricName", "MetricName must not be null"),
        ("Period", "Period must not be null"),
        ("Statistic", "Either Statistic or ExtendedStatistic must be set"),
    ],
)
def test_a_metric_without_a_member_is_refused(client: Client, missing: str, words: str) -> None:
    refuse(client, words, **{name: value for name, value in METRIC.items() if name != missing})


@pytest.mark.parametrize("missing", ["ComparisonOperator", "EvaluationPeriods"])
def test_an_alarm_without_a_condition_is_refused(client: Client, missing: str) -> None:
    members = {name: value for name, value in {**ALARM, **METRIC}.items() if name != missing}

    with pytest.raises(ClientError, match=f"{missing} must not be null"):
        client("cloudwatch", checked=False).put_metric_alarm(**members)


@pytest.mark.parametrize(
    "member",
    [
        {"MetricName": "Errors"},
        {"Namespace": "app"},
        {"Period": 60},
        {"Statistic": "Sum"},
        {"ExtendedStatistic": "p95"},
        {"Unit": "Count"},
        {"Dimensions": [{"Name": "Service", "Value": "api"}]},
    ],
)
def test_a_metric_beside_a_list_of_queries_is_refused(client: Client, member: dict[str, Any]) -> None:
    (name,) = member

    refuse(
        client, f"{name} should not be set if list of Metrics is set", Metrics=[metric("m1", ReturnData=True)], **member
    )


@pytest.mark.parametrize(
    ("queries", "words"),
    [
        ([metric("m1")], "Exactly one element of the metrics list should return data"),
        ([expression("m1"), metric("m1", ReturnData=True)], "Exactly one element of the metrics list"),
        ([expression("m1"), {"Id": "m1", "MetricStat": metric("m1")["MetricStat"]}], "Exactly one element"),
        ([expression("m1 / m2"), metric("m1")], "Error in expression 'rate': m2 is not the id"),
        ([expression("5xx", "5xx", Period=60)], "Invalid metrics list: Id '5xx' must start with a lowercase letter"),
        ([metric("Errors", ReturnData=True)], "Invalid metrics list: Id 'Errors' must start with a lowercase letter"),
        ([metric("a-b", ReturnData=True)], "Invalid metrics list: Id 'a-b' .* only letters, digits and underscores"),
        ([expression("m1"), metric("m1"), metric("m1")], "Invalid metrics list: Id 'm1' must be unique"),
        ([metric("m1", stat="sum", ReturnData=True)], "Invalid metrics list: Stat 'sum' of m1"),
        ([metric("m1", period=45, ReturnData=True)], "Invalid metrics list: Period of m1 must be .*, not 45"),
        ([metric("m1", Expression="1", ReturnData=True)], "Invalid metrics list: m1 must have either Expression or"),
        ([{"Id": "m1", "ReturnData": True}], "Invalid metrics list: m1 must have either Expression or MetricStat"),
        ([expression("TIME_SERIES(1)")], "Period must not be null"),
        ([expression("SUM(SEARCH('{app} Errors', 'Sum'))", Period=60)], "SEARCH is not supported on Metric Alarms"),
        ([expression("m0"), *(metric(f"m{number}") for number in range(11))], "at most 10 metrics; this one has 11"),
        ([expression("m1"), metric("m1", period=86400)], r"more than a week"),
    ],
)
def test_a_list_of_queries_that_is_not_valid_is_refused(client: Client, queries: list[Any], words: str) -> None:
    refuse(client, words, EvaluationPeriods=8, Threshold=1, Metrics=queries)


@pytest.fixture
def both(client: Client) -> Any:
    """A client where the alarms `a` and `b` exist."""
    cloudwatch = client("cloudwatch")
    for name in ("a", "b"):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/RDS",
            MetricName="CPUUtilization",
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=80,
            ComparisonOperator="GreaterThanThreshold",
        )
    return cloudwatch


def test_a_composite_alarm_is_stored_with_its_suppressor(both: Any) -> None:
    silent = {"ActionsSuppressor": "b", "ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 900}
    both.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a) AND NOT ALARM(b)", AlarmActions=[TOPIC], **silent)

    (found,) = both.describe_alarms(AlarmNames=["both"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert found["AlarmRule"] == "ALARM(a) AND NOT ALARM(b)"
    assert {name: found[name] for name in silent} == silent


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"AlarmRule": "ALARM(a"}, "not a valid rule"),
        ({"AlarmRule": "ALARM(a) ALARM(b)"}, "not a valid rule"),
        ({"AlarmRule": "(ALARM(a) OR ALARM(b)"}, "not a valid rule"),
        ({"AlarmRule": "ALARM(a) AND"}, "not a valid rule"),
        ({"AlarmRule": "a AND b"}, "not a valid rule"),
        ({"AlarmRule": " OR ".join(f"ALARM(a{number})" for number in range(101))}, "more than 100 alarms"),
        ({"AlarmRule": 'ALARM("a") OR ALARM("gone")'}, r"as alarms \[gone\] in the alarm rule do not exist"),
        ({"ActionsSuppressor": "gone"}, "the name or the ARN of an existing alarm"),
        ({"ActionsSuppressor": "b"}, "are required with ActionsSuppressor"),
    ],
)
def test_a_composite_alarm_that_is_not_valid_is_refused(both: Any, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ClientError, match=words):
        both.put_composite_alarm(**{"AlarmName": "both", "AlarmRule": "ALARM(a)", **changes})


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (TOPIC.replace("us-east-1", "us-west-2"), "Invalid region us-west-2 specified"),
        ("arn:aws:automate:us-east-1:ec2:recover", "is of automate; an alarm can act on aiops, lambda, sns, ssm"),
    ],
)
def test_a_composite_alarms_action_that_cannot_be_run_is_refused(both: Any, action: str, words: str) -> None:
    with pytest.raises(ClientError, match=words):
        both.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a)", AlarmActions=[action])


def test_a_composite_alarms_description_that_is_too_long_is_refused(both: Any) -> None:
    with pytest.raises(ClientError, match=r"'AlarmDescription' .* length less than or equal to 1024"):
        both.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a)", AlarmDescription="a" * 1025)
