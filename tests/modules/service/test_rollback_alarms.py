"""The alarms that roll a deployment back cover all target groups, and do not alarm without requests."""

from __future__ import annotations

from typing import Any

from tests.modules.service.parts import Parts
from tests.template import Template


def alarms(strategy: str) -> dict[str, dict[str, Any]]:
    parts = Parts.make(strategy=strategy)
    parts.service()
    found = Template.of(parts.stack).all("aws_cloudwatch_metric_alarm").values()
    return {alarm["alarm_name"].rpartition("-")[2]: alarm for alarm in found}


def expression(alarm: dict[str, Any]) -> str:
    (value,) = (q["expression"] for q in alarm["metric_query"] if q["return_data"])
    text: str = value
    return text


def test_errors_are_a_share_of_the_requests_of_both_colors() -> None:
    alarm = alarms("blue_green")["errors"]
    assert expression(alarm) == (
        "100 * (FILL(errors_blue, 0) + FILL(errors_green, 0)) / (FILL(requests_blue, 0) + FILL(requests_green, 0))"
    )
    assert (alarm["threshold"], alarm["datapoints_to_alarm"]) == (5, 3)


def test_the_slower_color_counts() -> None:
    alarm = alarms("blue_green")["latency"]
    assert expression(alarm) == "MAX([FILL(time_blue, 0), FILL(time_green, 0)])"
    assert alarm["threshold"] == 1
    assert {q["metric"]["stat"] for q in alarm["metric_query"] if "metric" in q} == {"p95"}


def test_without_requests_there_is_no_alarm() -> None:
    assert {alarm["treat_missing_data"] for alarm in alarms("rolling").values()} == {"notBreaching"}
