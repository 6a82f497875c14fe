"""The sleep schedule's function against the emulator: it stops and starts for real, in order, and after failures."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto.rds.models import rds_backends

from emulator.registry import REGISTRY
from lambdas.sleep_schedule import handler as function
from lambdas.sleep_schedule.platform import Postgres, start, stop
from tests.lambdas.sleeping import (
    BEDTIME,
    CLUSTER,
    DAY,
    DOCUMENTDB,
    MINUTES,
    MORNING,
    POSTGRES,
    PREFIX,
    REGION,
    STATE,
    Environment,
    sleeping_environment,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Environment]:
    with sleeping_environment(monkeypatch, tmp_path) as made:
        yield made
        REGISTRY.denied.clear()


def test_it_stops_at_bedtime_and_starts_in_the_morning(environment: Environment) -> None:
    told = environment.run(DAY)
    assert (told["phase"], told["settled"], told["until"]) == ("awake", True, "Tue 2026-11-24 20:00 CET")
    assert environment.asleep_metric == 0

    told = environment.run_until_settled(BEDTIME)
    assert (told["phase"], told["settled"], told["until"]) == ("asleep", True, "Wed 2026-11-25 07:00 CET")
    assert environment.databases == ["stopped"] * 3
    assert (environment.counts, environment.is_scaling, environment.asleep_metric) == ([0, 0, 0], False, 1)

    told = environment.run_until_settled(MORNING)
    assert (told["phase"], told["settled"]) == ("awake", True)
    assert environment.databases == ["available"] * 3
    assert (environment.counts, environment.is_scaling, environment.asleep_metric) == ([3, 1, 0], True, 0)


def test_no_database_stops_before_the_last_task_has_ended(environment: Environment) -> None:
    environment.running("rare", 2)  # it wants none, and they end slowly
    told = environment.run(BEDTIME)
    assert (told["phase"], told["doing"]) == ("falling asleep", "2 tasks are still running")
    assert environment.databases == ["available"] * 3
    assert (environment.asleep_metric, environment.is_scaling) == (1, False)

    environment.running("rare", 0)
    assert environment.run(BEDTIME + 5 * MINUTES)["doing"] == ("PostgreSQL is stopping; DocumentDB is stopping")
    assert environment.run(BEDTIME + 10 * MINUTES)["phase"] == "asleep"


def test_no_task_starts_before_both_databases_are_available(environment: Environment) -> None:
    environment.run_until_settled(BEDTIME)
    assert environment.run(MORNING)["doing"] == "PostgreSQL is starting; DocumentDB is starting"
    instance = rds_backends[environment.account][REGION].databases[f"{DOCUMENTDB}-1"]
    instance.status = "starting"

    told = environment.run(MORNING + 5 * MINUTES)
    assert (told["phase"], told["doing"]) == ("waking", "DocumentDB is starting")
    assert (environment.counts, environment.is_scaling, environment.asleep_metric) == ([0, 0, 0], False, 1)

    instance.status = "available"
    assert environment.run(MORNING + 10 * MINUTES)["phase"] == "awake"


def test_alarms_stay_silent_until_the_tasks_run_but_not_for_ever(environment: Environment) -> None:
    environment.run_until_settled(BEDTIME)
    environment.run(MORNING)
    environment.ecs.update_service(cluster=CLUSTER, service=f"{PREFIX}-api", desiredCount=3)
    environment.running("api", 0)

    told = environment.run(MORNING + 5 * MINUTES)
    assert (told["phase"], told["doing"]) == ("waking", f"tasks are starting: {PREFIX}-api")
    assert (environment.asleep_metric, environment.metric("TransitionMinutes")) == (1, 5)
    environment.run(MORNING + 60 * MINUTES)
    assert (environment.asleep_metric, environment.metric("TransitionMinutes")) == (0, 60)

    environment.running("api", 3)
    environment.run(MORNING + 65 * MINUTES)
    assert (environment.asleep_metric, environment.metric("TransitionMinutes")) == (0, 0)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("cloudwatch", "PutMetricData"),
        ("application-autoscaling", "RegisterScalableTarget"),
        ("ecs", "UpdateService"),
        ("rds", "StopDBInstance"),
        ("rds", "StopDBCluster"),
        ("ssm", "PutParameter"),
    ],
)
def test_a_failure_in_the_middle_is_repaired_by_the_next_run(
    environment: Environment, service: str, operation: str
) -> None:
    REGISTRY.denied.add((service, operation))
    for number in range(2):
        with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
            environment.run_until_settled(BEDTIME + number * 20 * MINUTES)
    REGISTRY.denied.clear()
    assert environment.run_until_settled(BEDTIME + 60 * MINUTES)["phase"] == "asleep"
    assert (environment.databases, environment.counts) == (["stopped"] * 3, [0, 0, 0])
    environment.run_until_settled(MORNING)
    assert environment.counts == [3, 1, 0]


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("rds", "StartDBInstance"),
        ("rds", "StartDBCluster"),
        ("ecs", "UpdateService"),
        ("application-autoscaling", "RegisterScalableTarget"),
    ],
)
def test_a_failure_while_it_wakes_is_repaired_too(environment: Environment, service: str, operation: str) -> None:
    environment.run_until_settled(BEDTIME)
    REGISTRY.denied.add((service, operation))
    with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
        environment.run_until_settled(MORNING)
    assert environment.asleep_metric == 1
    REGISTRY.denied.clear()
    assert environment.run_until_settled(MORNING + 20 * MINUTES)["phase"] == "awake"
    assert (environment.counts, environment.is_scaling) == ([3, 1, 0], True)


def test_a_database_that_aws_starts_after_seven_days_is_stopped_again(environment: Environment) -> None:
    environment.run_until_settled(BEDTIME)
    weekend = BEDTIME + timedelta(days=4)  # Saturday
    environment.rds.start_db_instance(DBInstanceIdentifier=POSTGRES)
    environment.rds.start_db_cluster(DBClusterIdentifier=DOCUMENTDB)
    assert environment.run(weekend)["doing"] == "PostgreSQL is stopping; DocumentDB is stopping"
    assert environment.databases == ["stopped"] * 3
    assert environment.run(weekend + 5 * MINUTES)["phase"] == "asleep"


def test_tasks_that_an_apply_starts_at_night_end_and_the_numbers_of_the_day_are_kept(environment: Environment) -> None:
    environment.run_until_settled(BEDTIME)
    environment.application_autoscaling.register_scalable_target(
        ServiceNamespace="ecs",
        ScalableDimension="ecs:service:DesiredCount",
        ResourceId=f"service/{CLUSTER}/{PREFIX}-api",
        MinCapacity=2,
        MaxCapacity=4,
    )
    assert environment.counts == [2, 0, 0]
    environment.run(BEDTIME + 60 * MINUTES)
    assert environment.counts == [0, 0, 0]
    environment.run_until_settled(MORNING)
    assert environment.counts == [3, 1, 0]


def test_a_service_that_a_person_had_stopped_is_stopped_too(environment: Environment) -> None:
    environment.ecs.update_service(cluster=CLUSTER, service=f"{PREFIX}-api", desiredCount=0)
    environment.run(BEDTIME)
    assert environment.counts == [0, 0, 0]  # although the suspension of its scaling sets it to the minimum
    environment.run_until_settled(MORNING)
    assert environment.counts == [1, 1, 0]


def test_it_waits_for_a_deployment_but_no_longer_than_an_hour(environment: Environment) -> None:
    environment.deploying("api", deploys=True)
    told = environment.run(BEDTIME)
    assert (told["phase"], told["settled"]) == ("waiting for a deployment", False)
    assert (environment.counts, environment.asleep_metric) == ([3, 1, 0], 0)

    assert environment.run(BEDTIME + 55 * MINUTES)["phase"] == "waiting for a deployment"
    assert environment.run(BEDTIME + 60 * MINUTES)["phase"] == "falling asleep"
    assert environment.counts == [0, 0, 0]


def test_it_sleeps_as_soon_as_the_deployment_is_finished(environment: Environment) -> None:
    environment.deploying("api", deploys=True)
    environment.run(BEDTIME)
    environment.deploying("api", deploys=False)
    assert environment.run_until_settled(BEDTIME + 5 * MINUTES)["phase"] == "asleep"


def test_a_deployment_that_is_in_progress_in_the_morning_changes_nothing(environment: Environment) -> None:
    environment.deploying("api", deploys=True)
    environment.run(MORNING - 5 * MINUTES)
    assert environment.run(MORNING)["phase"] == "awake"


def test_a_person_wakes_it_at_night_and_sends_it_to_sleep_by_day(environment: Environment) -> None:
    environment.run_until_settled(BEDTIME)
    night = BEDTIME + 120 * MINUTES
    told = environment.run(night, action="wake")
    assert (told["wanted"], told["until"]) == ("awake", "Wed 2026-11-25 07:00 CET")
    assert environment.run_until_settled(night + 5 * MINUTES)["phase"] == "awake"
    assert environment.run_until_settled(MORNING)["phase"] == "awake"

    told = environment.run(MORNING + 60 * MINUTES, action="sleep", until="13:00")
    assert (told["wanted"], told["until"]) == ("asleep", "Wed 2026-11-25 13:00 CET")
    assert environment.run_until_settled(MORNING + 65 * MINUTES)["phase"] == "asleep"
    assert environment.run_until_settled(MORNING + 360 * MINUTES)["phase"] == "awake"
    assert environment.counts == [3, 1, 0]


def test_who_is_woken_half_way_into_sleep_gets_all_tasks_back(environment: Environment) -> None:
    environment.run(BEDTIME)
    environment.run(BEDTIME + 5 * MINUTES, action="wake", until="22:00")
    assert environment.run_until_settled(BEDTIME + 10 * MINUTES)["phase"] == "awake"
    assert environment.counts == [3, 1, 0]
    environment.run(MORNING, action="sleep")
    environment.run(MORNING + 5 * MINUTES, action="wake")
    environment.run(MORNING + 10 * MINUTES, action="sleep")
    environment.run_until_settled(MORNING + 15 * MINUTES)
    environment.run(MORNING + 60 * MINUTES, action="wake")
    assert environment.run_until_settled(MORNING + 65 * MINUTES)["phase"] == "awake"
    assert environment.counts == [3, 1, 0]


def test_the_status_changes_nothing(environment: Environment) -> None:
    told = environment.run(BEDTIME, action="status")
    assert (told["phase"], told["wanted"], told["settled"]) == ("awake", "asleep", False)
    assert (environment.databases, environment.counts) == (["available"] * 3, [3, 1, 0])
    assert environment.ssm.get_parameter(Name=STATE, WithDecryption=True)["Parameter"]["Version"] == 1


def test_an_unknown_action_is_refused(environment: Environment) -> None:
    with pytest.raises(ValueError, match="action 'stop' is not known"):
        environment.run(DAY, action="stop")
    with pytest.raises(ValueError, match="UNTIL=never is not a valid time"):
        environment.run(DAY, action="wake", until="never")


class Refusing:
    """RDS whose database changes its status between the two calls."""

    def __init__(self, status: str, code: str) -> None:
        self._status, self._code = status, code

    def describe_db_instances(self, **_: Any) -> dict[str, Any]:
        return {"DBInstances": [{"DBInstanceStatus": self._status}]}

    def stop_db_instance(self, **_: Any) -> None:
        raise ClientError({"Error": {"Code": self._code, "Message": "is backing up"}}, "StopDBInstance")

    start_db_instance = stop_db_instance


def test_a_database_that_changes_meanwhile_is_left_to_the_next_run() -> None:
    code = "InvalidDBInstanceState"
    assert stop(Postgres(rds=Refusing("available", code), identifier="x")) == "is backing up"
    assert start(Postgres(rds=Refusing("stopped", code), identifier="x")) == "is backing up"
    assert stop(Postgres(rds=Refusing("modifying", code), identifier="x")) == "PostgreSQL is modifying"
    with pytest.raises(ClientError, match="KMSKeyNotAccessible"):
        start(Postgres(rds=Refusing("stopped", "KMSKeyNotAccessible"), identifier="x"))


def test_the_state_can_be_read_again() -> None:
    now = DAY.astimezone(UTC)
    state = function.State(phase=function.Phase.WAKING, since=now, counts={"api": 3})
    assert function.State.parse(state.text(), now=now + MINUTES) == state
    assert json.loads(state.text())["phase"] == "waking"
