"""Route 53's checks find the alarm of the switch by its name, and are updated when what they read of it changes."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest

from lambdas.serving_region.handler import handler
from modules.alarm import Comparison, MissingData
from modules.key import Key
from modules.recovery import serving_metric
from modules.recovery.serving_metric import (
    METRIC,
    SECOND,
    serving_alarm_digest,
    serving_alarm_name,
    serving_namespace,
    serving_region_metric,
)
from modules.recovery.serving_region import ServingRegion
from tests.lambdas.aws_stub import Aws
from tests.modules.recovery.regions import THERE
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from modules.metric import Metric


@pytest.mark.parametrize(("serves", "value"), [("us-west-2", SECOND), ("us-east-1", 0)])
def test_both_regions_read_what_the_function_publishes(
    monkeypatch: pytest.MonkeyPatch, serves: str, value: int
) -> None:
    aws = Aws()
    aws.answer("ssm.get_parameter", lambda **_: {"Parameter": {"Value": serves}})
    aws.answer("cloudwatch.put_metric_data", lambda **_: {})
    variables = {
        "PARAMETER": "/serving-region",
        "HOME_REGION": "us-east-1",
        "SECOND_REGION": "us-west-2",
        "NAMESPACE": serving_namespace(THERE),
        "METRIC": METRIC,
    }
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    handler({}, None, client=aws.client)

    (call,) = aws.called("cloudwatch.put_metric_data")
    (published,) = call["MetricData"]
    assert published["Value"] == value
    for label in (LABEL, THERE):
        metric = serving_region_metric(label, region="us-west-2")
        assert (metric.namespace, metric.name) == (call["Namespace"], published["MetricName"])
        assert metric.dimensions == {}
        assert "Dimensions" not in published


def test_the_name_and_the_digest_are_those_of_the_alarm_that_there_is() -> None:
    stack = new_stack()
    ServingRegion(
        stack,
        "serving",
        label=THERE,
        key=Key(stack, "key", label=THERE, name="copies", description="Copies", protect=False),
        log_retention_days=30,
        is_prepared=True,
        topics=topics_in(stack, label=THERE),
    )
    for label in (LABEL.in_region("us-west-2"), THERE):
        alarm = Template.of(stack).only("aws_cloudwatch_metric_alarm", alarm_name=serving_alarm_name(label))
        metric = serving_region_metric(label, region="us-west-2")
        assert (alarm["namespace"], alarm["metric_name"]) == (metric.namespace, metric.name)
        assert (alarm["threshold"], alarm["comparison_operator"], alarm["treat_missing_data"]) == (
            SECOND,
            serving_metric.COMPARISON,
            serving_metric.MISSING_DATA,
        )


def digest() -> str:
    return serving_alarm_digest(THERE, region="us-west-2")


def test_the_digest_stays_while_the_alarm_does() -> None:
    assert digest() == digest() == serving_alarm_digest(LABEL.in_region("us-west-2"), region="us-west-2")


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECOND", 2), ("COMPARISON", Comparison.ABOVE), ("MISSING_DATA", MissingData.BREACHING)],
)
def test_the_digest_changes_with_how_the_alarm_compares(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    before = digest()
    monkeypatch.setattr(serving_metric, name, value)
    assert digest() != before


@pytest.mark.parametrize(
    ("name", "value"),
    [("namespace", "other"), ("name", "Other"), ("statistic", "Minimum"), ("period_seconds", 300)],
)
def test_the_digest_changes_with_the_metric(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    before, real = digest(), serving_region_metric

    def changed(*_: object, **__: object) -> Metric:
        metric = real(THERE, region="us-west-2")
        return replace(metric, **{name: value})  # type: ignore[arg-type] # one field of several types

    assert name in {one.name for one in fields(real(THERE, region="us-west-2"))}
    monkeypatch.setattr(serving_metric, "serving_region_metric", changed)
    assert digest() != before
