"""The alarms read the metrics that the function restore-check publishes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.copies import MEASURE_MINUTES
from lambdas.restore_check import ages
from modules.recovery.drill_metrics import AGE, LEFT, MINUTES, drill_metric
from tests.modules.recovery.drills import drills_of
from tests.modules.recovery.regions import THERE
from tests.template import LABEL


@pytest.mark.parametrize(
    ("name", "published"), [(AGE, ages.AGE), (MINUTES, ages.MINUTES), (LEFT, ages.LEFT)], ids=[AGE, MINUTES, LEFT]
)
def test_both_regions_read_what_the_function_publishes(name: str, published: str) -> None:
    value = ages.value(published, "postgres", 1)
    function = drills_of().only("aws_lambda_function", function_name="user-management-test-restore-check")
    for label in (LABEL, THERE):
        metric = drill_metric(label, name, "postgres", region=THERE.region)
        assert (metric.namespace, metric.region) == (function["environment"]["variables"]["NAMESPACE"], "us-west-2")
        assert metric.name == value["MetricName"]
        assert metric.dimensions == {one["Name"]: one["Value"] for one in value["Dimensions"]}


def test_each_measurement_is_a_value_of_its_own() -> None:
    """A longer period would hide in its maximum that a drill has succeeded."""
    metric = drill_metric(THERE, AGE, "postgres", region=THERE.region)
    assert metric.period_seconds == timedelta(minutes=MEASURE_MINUTES).total_seconds()
