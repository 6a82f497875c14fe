"""Connections are compared with what the class has, storage with the initial size, and a replica has a lag."""

from __future__ import annotations

from functools import cache
from typing import Any

from config.database_connections import POSTGRES_RESERVED, postgres_connections
from modules.data.instance_metrics import PostgresMetrics
from modules.data.postgres_alarms import PostgresAlarms
from tests.config.examples import present
from tests.fixtures import fixture_environment
from tests.modules.data.alarms import GIB, REGION, alarms_of, severities, subject_in
from tests.template import new_stack

CONFIG = present(fixture_environment("prod").postgres)


@cache
def alarms(*, is_replica: bool = False) -> dict[str, dict[str, Any]]:
    stack = new_stack()
    PostgresAlarms(
        stack,
        "alarms",
        subject=subject_in(stack),
        metrics=PostgresMetrics(identifier="one", region=REGION),
        config=CONFIG,
        lag_seconds=600 if is_replica else None,
    )
    return alarms_of(stack)


def test_what_ends_in_an_outage_is_critical() -> None:
    assert severities(alarms())["critical"] == {"absence", "connections-full", "storage-full"}


def test_connections_are_compared_with_those_that_are_not_reserved() -> None:
    usable = postgres_connections(CONFIG.instance_class) - POSTGRES_RESERVED
    assert [alarms()[name]["threshold"] for name in ("connections", "connections-full")] == [
        usable * 80 // 100,
        usable * 95 // 100,
    ]
    assert alarms()["connections"]["statistic"] == "Maximum"


def test_storage_is_compared_with_the_initial_size() -> None:
    assert CONFIG.storage_gib == 20
    assert [alarms()[name]["threshold"] for name in ("storage", "storage-full")] == [2 * GIB, GIB]
    assert alarms()["storage"]["evaluation_periods"] * alarms()["storage"]["period"] == 3600
    assert {alarms()[name]["comparison_operator"] for name in ("storage", "storage-full")} == {
        "LessThanOrEqualToThreshold"
    }


def test_only_the_primary_uses_transaction_ids_and_only_a_replica_has_a_lag() -> None:
    assert alarms()["transaction-ids"]["threshold"] == 10**9
    assert "lag" not in alarms()
    replica = alarms(is_replica=True)
    assert "transaction-ids" not in replica
    assert replica["lag"]["threshold"] == 600
