"""Alarms are found by all filters of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator.services.test_cloudwatch import ALARM, METRIC

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

STATES = {"web-errors": "ALARM", "web-latency": "OK", "job-errors": "ALARM"}


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"StateValue": "ALARM"}, ["job-errors", "web-errors"]),
        ({"StateValue": "ALARM", "AlarmNamePrefix": "web-"}, ["web-errors"]),
        ({"StateValue": "OK", "AlarmNames": ["web-errors", "web-latency"]}, ["web-latency"]),
        ({"AlarmNamePrefix": "web-"}, ["web-errors", "web-latency"]),
    ],
)
def test_an_alarm_in_another_state_is_left_out(client: Client, filters: dict[str, Any], names: list[str]) -> None:
    account = "900000000471"
    alarms = client("cloudwatch", account=account)
    for name, state in STATES.items():
        alarms.put_metric_alarm(**{**ALARM, "AlarmName": name}, **METRIC)
        alarms.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")
    found = alarms.describe_alarms(**filters)["MetricAlarms"]
    assert sorted(one["AlarmName"] for one in found) == names
