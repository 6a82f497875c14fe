"""The proxy measures queries, and knows when it does not reach the database."""

from __future__ import annotations

from functools import cache
from typing import Any

from modules.data.proxy_alarms import ProxyAlarms, ProxyMetrics
from tests.modules.data.alarms import REGION, alarms_of, severities, subject_in
from tests.template import new_stack


@cache
def alarms() -> dict[str, dict[str, Any]]:
    stack = new_stack()
    ProxyAlarms(stack, "alarms", subject=subject_in(stack), metrics=ProxyMetrics(name="pool", region=REGION))
    return alarms_of(stack)


def test_the_average_query_is_compared_with_50_milliseconds_in_microseconds() -> None:
    found = alarms()["query-time"]
    assert (found["metric_name"], found["statistic"]) == ("QueryDatabaseResponseLatency", "Average")
    assert (found["threshold"], found["dimensions"]) == (50_000, {"ProxyName": "pool"})
    assert found["comparison_operator"] == "GreaterThanOrEqualToThreshold"


def test_a_database_that_it_does_not_reach_is_critical() -> None:
    assert severities(alarms())["critical"] == {"refusals", "availability"}
    assert alarms()["availability"]["dimensions"] == {
        "ProxyName": "pool",
        "TargetGroup": "default",
        "TargetRole": "READ_WRITE",
    }
    assert alarms()["availability"]["comparison_operator"] == "LessThanThreshold"


def test_numbers_of_connections_are_added_over_the_machines_of_the_proxy() -> None:
    queries = alarms()["connections"]["metric_query"][1:]
    assert {query["metric"]["stat"] for query in queries} == {"Sum"}
    assert ProxyMetrics(name="pool", region=REGION).client_count.statistic == "Sum"
