"""A cluster with replicas survives one instance; each instance is compared with its own limit."""

from __future__ import annotations

from functools import cache
from typing import Any

from modules.data.documentdb_alarms import DocumentdbAlarms
from modules.data.instance_metrics import ClusterMetrics, DocumentdbMetrics
from tests.modules.data.alarms import REGION, alarms_of, severities, subject_in
from tests.template import new_stack


@cache
def alarms(instances: int = 3) -> dict[str, dict[str, Any]]:
    stack = new_stack()
    DocumentdbAlarms(
        stack,
        "alarms",
        subject=subject_in(stack),
        metrics=ClusterMetrics(identifier="cluster", region=REGION),
        instances={n: DocumentdbMetrics(identifier=f"one-{n}", region=REGION) for n in range(1, instances + 1)},
        instance_class="db.t3.medium",
    )
    return alarms_of(stack)


def test_the_absence_of_the_cluster_is_critical_and_of_one_of_several_instances_a_warning() -> None:
    assert alarms()["absence"]["dimensions"] == {"DBClusterIdentifier": "cluster"}
    assert {"absence", "2-connections-full"} <= severities(alarms())["critical"]
    assert {"1-absence", "2-absence", "3-absence"} <= severities(alarms())["warning"]


def test_a_single_instance_is_the_cluster_and_has_no_lag() -> None:
    assert {name for name in alarms(1) if name.endswith(("absence", "lag"))} == {"absence"}
    assert alarms()["lag"]["threshold"] == 1000


def test_connections_are_a_share_of_the_limit_that_the_instance_reports() -> None:
    result, *metrics = alarms()["2-connections"]["metric_query"]
    assert (result["expression"], alarms()["2-connections"]["threshold"]) == ("100 * used / allowed", 80)
    assert {query["id"]: query["metric"]["metric_name"] for query in metrics} == {
        "used": "DatabaseConnectionsMax",
        "allowed": "DatabaseConnectionsLimit",
    }
    assert {query["metric"]["dimensions"]["DBInstanceIdentifier"] for query in metrics} == {"one-2"}


def test_operations_that_wait_for_memory_are_a_warning() -> None:
    throttling = alarms()["3-throttling"]
    assert (throttling["metric_name"], throttling["threshold"]) == ("LowMemNumOperationsThrottled", 1)
