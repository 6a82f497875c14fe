"""The alarms and dashboards read the metric that the function copy-ages publishes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from config.copies import MEASURE_MINUTES, CopiedStore
from lambdas.copy_ages.handler import handler
from lambdas.copy_ages.measures import now
from modules.recovery.copy_metrics import copy_age_minutes, recovery_namespace
from tests.lambdas.aws_stub import Aws
from tests.modules.recovery.regions import THERE
from tests.template import LABEL

if TYPE_CHECKING:
    import pytest

STORE = CopiedStore(name="parameters", what="the parameters", most_minutes=60)


def test_both_regions_read_what_the_function_publishes(monkeypatch: pytest.MonkeyPatch) -> None:
    marked = {"Parameter": {"LastModifiedDate": now() - timedelta(minutes=5)}}
    aws = Aws()
    aws.answer("ssm.get_parameter", lambda **_: marked)
    aws.answer("cloudwatch.put_metric_data", lambda **_: {})
    monkeypatch.setenv("NAMESPACE", recovery_namespace(THERE))
    monkeypatch.setenv("STORES", json.dumps({STORE.name: {"way": "parameter", "name": "/app/marker"}}))
    handler({}, None, client=aws.client)

    (call,) = aws.called("cloudwatch.put_metric_data")
    (value,) = call["MetricData"]
    for label in (LABEL, THERE):
        metric = copy_age_minutes(label, STORE, region=THERE.region)
        assert (metric.namespace, metric.name) == (call["Namespace"], value["MetricName"])
        assert metric.dimensions == {one["Name"]: one["Value"] for one in value["Dimensions"]}
        assert metric.region == THERE.region


def test_each_measurement_is_a_value_of_its_own() -> None:
    """A longer period would hide in its maximum that a copy has arrived."""
    assert (
        copy_age_minutes(THERE, STORE, region=THERE.region).period_seconds
        == timedelta(minutes=MEASURE_MINUTES).total_seconds()
    )
