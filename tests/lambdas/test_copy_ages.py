"""The ages of the newest copies: of each kind of store, without a copy, and when a service refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.copy_ages import handler as module
from lambdas.copy_ages.handler import ATTEMPTS, PAUSE_SECONDS, REMEMBERED, UnmeasuredError, handler
from lambdas.copy_ages.measures import FIRST_COPY, Measures
from modules.recovery import copy_metrics
from tests.lambdas.aws_stub import Aws, refusal

NOW = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
INSTANCE = "arn:aws:rds:us-east-1:1:db:app-postgres"
CLUSTER = "arn:aws:rds:us-east-1:1:cluster:app-documentdb"
LOGS = {"way": "automated_backups", "instance": INSTANCE}
POINTS = {"way": "recovery_points", "vault": "app-recovery", "resource": CLUSTER}
MARKER = {"way": "parameter", "name": "/app/recovery/parameters-equal"}
FILES = {"way": "objects", "bucket": "app-backups-copy", "prefix": "recovery/heartbeat"}
TRAIL = {"way": "objects", "bucket": "app-audit-copy", "prefix": "AWSLogs/1/CloudTrail/us-east-1/{date}/"}


def ago(**values: float) -> datetime:
    return NOW - timedelta(**values)


class Region(Aws):
    """The second region: stores that are measured for a week, and copies as a test says."""

    def __init__(self) -> None:
        super().__init__()
        self.watched_since = ago(days=7)
        self.backups: list[dict[str, Any]] = []
        self.points: list[dict[str, Any]] = []
        self.objects: dict[str, list[datetime]] = {}
        self.marked = ago(hours=3)
        self.answer("cloudwatch.get_metric_statistics", self._measured)
        self.answer("rds.describe_db_instance_automated_backups", lambda: {"DBInstanceAutomatedBackups": self.backups})
        self.answer("backup.list_recovery_points_by_backup_vault", lambda **_: {"RecoveryPoints": self.points})
        self.answer("ssm.get_parameter", lambda **_: {"Parameter": {"LastModifiedDate": self.marked}})
        self.answer("s3.list_objects_v2", self._list)
        self.answer("cloudwatch.put_metric_data", lambda **_: {})

    def _measured(self, **_: Any) -> dict[str, Any]:
        return {"Datapoints": [{"Timestamp": one} for one in (NOW, self.watched_since) if one <= NOW]}

    def _list(self, *, Prefix: str, **_: Any) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        found = [one for start, times in self.objects.items() if start.startswith(Prefix) for one in times]
        return {"Contents": [{"LastModified": one} for one in found]} if found else {}

    def age(self, store: dict[str, str]) -> timedelta:
        return Measures(self.client, now=NOW).age(store, started=lambda: self.watched_since)


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> Region:
    monkeypatch.setenv("NAMESPACE", "app-prod/recovery")
    monkeypatch.setattr(module, "now", lambda: NOW)
    return Region()


def backup(latest: datetime | None, *, instance: str = INSTANCE, **more: Any) -> dict[str, Any]:
    window = {} if latest is None else {"RestoreWindow": {"EarliestTime": ago(days=5), "LatestTime": latest}}
    return {"DBInstanceArn": instance, "Status": "replicating", **window, **more}


def point(created: datetime, status: str = "COMPLETED", **more: Any) -> dict[str, Any]:
    return {"CreationDate": created, "Status": status, "ResourceArn": CLUSTER, **more}


def test_postgres_can_be_restored_to_the_newest_of_its_logs(region: Region) -> None:
    retained = backup(ago(days=2), Status="retained")  # of an instance that was replaced
    another = backup(ago(minutes=1), instance="arn:aws:rds:us-east-1:1:db:app-other")
    region.backups = [retained, backup(ago(minutes=6)), another]
    assert region.age(LOGS) == timedelta(minutes=6)


def test_the_first_logs_of_a_large_database_may_take_a_day(region: Region) -> None:
    region.watched_since = ago(hours=23)
    for region.backups in ([], [backup(None)]):
        assert region.age(LOGS) == timedelta(0)
    region.watched_since = ago(hours=26)
    assert region.age(LOGS) == timedelta(hours=26) - FIRST_COPY


def test_a_backup_is_as_old_as_the_job_that_began_it_and_not_as_its_copy(region: Region) -> None:
    region.points = [point(ago(hours=30)), point(ago(hours=1), InitiationDate=ago(hours=4))]
    assert region.age(POINTS) == timedelta(hours=4)
    region.points = [point(ago(hours=5), InitiationDate=ago(hours=4))]
    assert region.age(POINTS) == timedelta(hours=5)


@pytest.mark.parametrize("status", ["PARTIAL", "DELETING", "EXPIRED"])
def test_a_copy_that_is_not_complete_is_none(region: Region, status: str) -> None:
    region.points = [point(ago(hours=1), status), point(ago(hours=25))]
    assert region.age(POINTS) == timedelta(hours=25)


SNAPSHOT = "arn:aws:rds:us-west-2:1:cluster-snapshot:awsbackup:copyjob-1"


@pytest.mark.parametrize(
    "resource",
    [
        {"ResourceArn": CLUSTER},
        {"ResourceArn": SNAPSHOT, "ResourceType": "DocumentDB", "ResourceName": "app-documentdb"},
        {"ResourceArn": SNAPSHOT, "ResourceType": "DocumentDB"},
    ],
)
def test_a_copy_is_of_the_database_whichever_resource_aws_gives_it(region: Region, resource: dict[str, str]) -> None:
    region.points = [point(ago(hours=2), **resource)]
    assert region.age(POINTS) == timedelta(hours=2)


@pytest.mark.parametrize(
    "resource",
    [
        {"ResourceArn": INSTANCE, "ResourceType": "RDS"},
        {"ResourceArn": SNAPSHOT, "ResourceType": "RDS"},
        {"ResourceArn": SNAPSHOT, "ResourceType": "DocumentDB", "ResourceName": "app-other"},
        # Backed up in the second region, after a restore there.
        {
            "ResourceArn": CLUSTER.replace("us-east-1", "us-west-2"),
            "ResourceType": "DocumentDB",
            "ResourceName": "app-documentdb",
        },
    ],
)
def test_backups_of_others_are_none(region: Region, resource: dict[str, str]) -> None:
    region.points = [point(ago(hours=2), **resource), point(ago(hours=30))]
    assert region.age(POINTS) == timedelta(hours=30)


@pytest.mark.parametrize("store", [FILES, TRAIL])
def test_a_copy_that_was_never_made_is_as_old_as_the_watch_of_its_store(region: Region, store: dict[str, str]) -> None:
    assert region.age(store) == timedelta(days=7)


@pytest.mark.parametrize("store", [POINTS, LOGS])
def test_that_of_a_database_is_given_a_day_more(region: Region, store: dict[str, str]) -> None:
    assert region.age(store) == timedelta(days=7) - FIRST_COPY
    region.watched_since = ago(hours=23)
    assert region.age(store) == timedelta(0)


def test_what_is_retained_counts_only_if_nothing_else_is_there(region: Region) -> None:
    region.backups = [backup(ago(days=2), Status="retained")]
    assert region.age(LOGS) == timedelta(days=2)


def test_the_first_copy_after_what_is_retained_is_given_a_day_from_its_end(region: Region) -> None:
    awaited = backup(None, Status="creating", InstanceCreateTime=ago(days=300))
    region.backups = [backup(ago(hours=20), Status="Retained"), awaited]
    assert region.age(LOGS) == timedelta(0)
    region.backups[0] = backup(ago(hours=26), Status="Retained")
    assert region.age(LOGS) == timedelta(hours=26) - FIRST_COPY


def test_the_first_copy_of_a_new_instance_is_given_a_day_from_its_creation(region: Region) -> None:
    region.backups = [backup(ago(days=5), Status="retained"), backup(None, InstanceCreateTime=ago(hours=30))]
    assert region.age(LOGS) == timedelta(hours=30) - FIRST_COPY


def test_a_store_that_is_added_later_is_as_old_as_its_first_measurement(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    region.watched_since = ago(hours=2)
    assert run(region, {"audit": TRAIL}, monkeypatch) == {"audit": 120.0}
    (call,) = region.called("cloudwatch.get_metric_statistics")
    assert call["Dimensions"] == [{"Name": "Store", "Value": "audit"}]
    assert (call["MetricName"], call["Namespace"]) == (module.METRIC, "app-prod/recovery")
    assert call["EndTime"] - call["StartTime"] == REMEMBERED


def test_at_the_first_measurement_of_all_a_store_is_new(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    region.answer("cloudwatch.get_metric_statistics", lambda **_: {"Datapoints": []})
    assert run(region, {"audit": TRAIL}, monkeypatch) == {"audit": 0.0}


def test_parameters_are_as_old_as_the_marker_whose_value_is_not_read(region: Region) -> None:
    assert region.age(MARKER) == timedelta(hours=3)
    assert region.called("ssm.get_parameter") == [{"Name": MARKER["name"]}]


def test_files_are_as_old_as_the_newest_copy_below_the_prefix(region: Region) -> None:
    region.objects = {"recovery/heartbeat": [ago(minutes=12)], "dumps/today": [ago(minutes=1)]}
    assert region.age(FILES) == timedelta(minutes=12)


def test_half_an_hour_after_midnight_the_trail_has_files_of_yesterday(region: Region) -> None:
    start = "AWSLogs/1/CloudTrail/us-east-1"
    region.objects = {f"{start}/2026/02/28/a": [ago(minutes=40), ago(minutes=35)], f"{start}/2026/02/27/b": [NOW]}
    assert region.age(TRAIL) == timedelta(minutes=35)
    region.objects[f"{start}/2026/03/01/c"] = [ago(minutes=3)]
    assert region.age(TRAIL) == timedelta(minutes=3)


def run(region: Region, stores: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    monkeypatch.setenv("STORES", json.dumps(stores))
    return handler({}, None, client=region.client, sleep=lambda _: None)


def published(region: Region) -> dict[str, float]:
    """The ages by store, of the only call."""
    (call,) = region.called("cloudwatch.put_metric_data")
    assert call["Namespace"] == "app-prod/recovery"
    assert {one["MetricName"] for one in call["MetricData"]} == {"CopyAgeMinutes"}
    return {one["Dimensions"][0]["Value"]: one["Value"] for one in call["MetricData"]}


def test_the_ages_are_published_in_minutes(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    region.backups = [backup(ago(minutes=5, seconds=30))]
    told = run(region, {"postgres": LOGS, "parameters": MARKER}, monkeypatch)
    assert told == published(region) == {"postgres": 5.5, "parameters": 180.0}


def test_a_store_that_cannot_be_measured_is_an_error_after_the_others_are_published(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> dict[str, Any]:
        code = "NoSuchBucket"
        raise refusal(code)

    region.answer("s3.list_objects_v2", refuse)
    with pytest.raises(UnmeasuredError, match=r"^backups: Operation failed with NoSuchBucket$"):
        run(region, {"backups": FILES, "parameters": MARKER}, monkeypatch)
    assert published(region) == {"parameters": 180.0}
    assert len(region.called("s3.list_objects_v2")) == 1


def test_nothing_is_published_if_nothing_can_be_measured(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> dict[str, Any]:
        code = "ParameterNotFound"
        raise refusal(code)

    region.answer("ssm.get_parameter", refuse)
    with pytest.raises(UnmeasuredError, match=r"^parameters: "):
        run(region, {"parameters": MARKER}, monkeypatch)
    assert not region.called("cloudwatch.put_metric_data")


def refusing(region: Region, times: int) -> list[float]:
    """Refuse the marker so many times, as if rights were new; return the pauses that are made."""

    def answer(**_: Any) -> dict[str, Any]:
        if len(region.called("ssm.get_parameter")) <= times:
            code = "AccessDeniedException"
            raise refusal(code)
        return {"Parameter": {"LastModifiedDate": region.marked}}

    region.answer("ssm.get_parameter", answer)
    return []


def test_rights_that_are_new_are_waited_for(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = refusing(region, ATTEMPTS - 1)
    monkeypatch.setenv("STORES", json.dumps({"parameters": MARKER}))
    assert handler({}, None, client=region.client, sleep=pauses.append) == {"parameters": 180.0}
    assert pauses == [PAUSE_SECONDS] * (ATTEMPTS - 1)


def test_rights_that_never_come_are_an_error(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = refusing(region, ATTEMPTS)
    monkeypatch.setenv("STORES", json.dumps({"parameters": MARKER}))
    with pytest.raises(UnmeasuredError, match=r"^parameters: Operation failed with AccessDeniedException$"):
        handler({}, None, client=region.client, sleep=pauses.append)
    assert len(region.called("ssm.get_parameter")) == ATTEMPTS


def test_metric_and_dimension_are_those_of_the_alarms() -> None:
    assert (module.METRIC, module.DIMENSION) == (copy_metrics.METRIC, copy_metrics.DIMENSION)
