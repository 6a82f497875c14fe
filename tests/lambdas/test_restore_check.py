"""Restore drills: what was restored is asked, judged and reported once, and any call may be the one that goes on."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.restore_check import ages
from lambdas.restore_check import handler as module
from lambdas.restore_check.handler import ATTEMPTS, LEFT_AFTER, DrillError, handler
from modules.recovery import drill_metrics
from modules.recovery.copy_metrics import DIMENSION
from tests.lambdas.aws_stub import Aws, refusal

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PLAN = "arn:aws:backup:us-west-2:1:restore-testing-plan:app_drills-1"
INSTANCE = "awsbackup-restore-test-1"
CLUSTER = "awsbackup-restore-test-2"
MADE = "app-prod-drill-bbbbbbbb"
NO_INSTANCE, NO_CLUSTER = "DBInstanceNotFound", "DBClusterNotFoundFault"
THERE, DENIED = "DBInstanceAlreadyExists", "AccessDeniedException"
NOT_WAITING = "InvalidRequestException"


def ago(**values: float) -> datetime:
    return NOW - timedelta(**values)


def job(type_: str = "RDS", **more: Any) -> dict[str, Any]:
    """A restore that ended 20 minutes ago, and took half an hour."""
    kind, name, id_ = ("db", INSTANCE, "AAAAAAAA-1") if type_ == "RDS" else ("cluster", CLUSTER, "BBBBBBBB-2")
    return {
        "RestoreJobId": id_,
        "ResourceType": type_,
        "Status": "COMPLETED",
        "CreationDate": ago(minutes=50),
        "CompletionDate": ago(minutes=20),
        "RecoveryPointCreationDate": ago(hours=4),
        "RecoveryPointArn": "arn:aws:rds:us-west-2:1:snapshot:awsbackup:copyjob-1",
        "CreatedResourceArn": f"arn:aws:rds:us-west-2:1:{kind}:{name}",
        **more,
    }


class Region(Aws):
    """The second region, with restored databases, and a reader that answers as a test says."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[dict[str, Any]] = []
        self.instances: dict[str, str] = {INSTANCE: "available"}
        self.clusters: dict[str, str] = {CLUSTER: "available"}
        self.read: dict[str, Any] = {"tables": 3, "rows": 40, "capped": False, "version": "PostgreSQL 17.6"}
        self.failed = False
        self.values: dict[tuple[str, str], list[datetime]] = {}
        self.answer("backup.list_restore_jobs", lambda **_: {"RestoreJobs": self.jobs})
        self.answer("backup.put_restore_validation_result", self._validate)
        self.answer("rds.describe_db_instances", self._describe_instance)
        self.answer("rds.describe_db_clusters", self._describe_cluster)
        self.answer("rds.create_db_instance", self._create)
        self.answer("rds.delete_db_instance", self._delete)
        self.answer("lambda.invoke", self._invoke)
        self.answer("sns.publish", lambda **_: {})
        self.answer("cloudwatch.put_metric_data", lambda **_: {})
        self.answer("cloudwatch.get_metric_statistics", self._statistics)

    def _validate(self, *, RestoreJobId: str, ValidationStatus: str, **_: Any) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        (found,) = [one for one in self.jobs if one["RestoreJobId"] == RestoreJobId]
        found["ValidationStatus"] = ValidationStatus
        return {}

    def _describe_instance(self, *, DBInstanceIdentifier: str) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        if DBInstanceIdentifier not in self.instances:
            raise refusal(NO_INSTANCE)
        status = self.instances[DBInstanceIdentifier]
        endpoint = {"Address": f"{DBInstanceIdentifier}.rds", "Port": 5432}
        instance = {
            "DBInstanceIdentifier": DBInstanceIdentifier,
            "DBInstanceStatus": status,
            **({"Endpoint": endpoint} if status == "available" else {}),
        }
        return {"DBInstances": [instance]}

    def _describe_cluster(self, *, DBClusterIdentifier: str) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        if DBClusterIdentifier not in self.clusters:
            raise refusal(NO_CLUSTER)
        status = self.clusters[DBClusterIdentifier]
        return {"DBClusters": [{"Status": status, "Endpoint": f"{DBClusterIdentifier}.docdb", "Port": 27017}]}

    def _create(self, *, DBInstanceIdentifier: str, **_: Any) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        if DBInstanceIdentifier in self.instances:
            raise refusal(THERE)
        self.instances[DBInstanceIdentifier] = "creating"
        return {}

    def _delete(self, *, DBInstanceIdentifier: str, **_: Any) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        self.instances[DBInstanceIdentifier] = "deleting"
        return {}

    def _invoke(self, **_: Any) -> dict[str, Any]:
        failure = {"FunctionError": "Unhandled"} if self.failed else {}
        return {"Payload": io.BytesIO(json.dumps(self.read).encode()), **failure}

    def _statistics(self, *, MetricName: str, Dimensions: list[dict[str, str]], **_: Any) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        times = self.values.get((MetricName, Dimensions[0]["Value"]), [])
        return {"Datapoints": [{"Timestamp": one} for one in times]}

    def published(self, metric: str) -> dict[str, float]:
        """The values of a metric, by store."""
        return {
            one["Dimensions"][0]["Value"]: one["Value"]
            for call in self.called("cloudwatch.put_metric_data")
            for one in call["MetricData"]
            if one["MetricName"] == metric
        }


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> Region:
    variables = {
        "PLAN": PLAN,
        "READER": "app-prod-restore-reader",
        "STORES": '["postgres", "documentdb"]',
        "NAMESPACE": "app-prod/recovery",
        "ENVIRONMENT": "app-prod",
        "INSTANCE_PREFIX": "app-prod-drill-",
        "DOCUMENTDB_CLASS": "db.t3.medium",
        "MINIMUM_ROWS": "5",
        "PATIENCE_HOURS": "3",
        "TAGS": '{"Project": "app"}',
        "TOPICS": '{"critical": "arn:critical", "info": "arn:info"}',
        "RUNBOOK": "docs/runbooks.md#restore-drills",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(module, "now", lambda: NOW)
    return Region()


def run(region: Region) -> dict[str, Any]:
    return handler({}, None, client=region.client, sleep=lambda _: None)


def results(region: Region) -> list[tuple[str, str]]:
    calls = region.called("backup.put_restore_validation_result")
    return [(call["ValidationStatus"], call["ValidationStatusMessage"]) for call in calls]


def messages(region: Region) -> list[tuple[str, str]]:
    return [(call["TopicArn"], call["Message"]) for call in region.called("sns.publish")]


def test_an_instance_that_answers_is_valid_and_reported(region: Region) -> None:
    region.jobs = [job()]
    assert run(region)["said"] == {"AAAAAAAA-1": "SUCCESSFUL"}
    assert results(region) == [("SUCCESSFUL", "PostgreSQL 17.6 answered: 3 tables with 40 rows")]
    ((topic, text),) = messages(region)
    assert topic == "arn:info"
    assert text.startswith("INFO in app-prod: the restore drill of PostgreSQL has worked\n")
    assert "of 2026-03-01 08:00 UTC, 3.2 hours old\n" in text
    assert f"Restored as: {INSTANCE} in 30 minutes\n" in text
    assert region.published(drill_metrics.MINUTES) == {"postgres": 30.0}
    (asked,) = region.called("lambda.invoke")
    assert json.loads(asked["Payload"]) == {"engine": "postgres", "host": f"{INSTANCE}.rds", "port": 5432}


def test_only_jobs_of_the_plan_are_asked_for(region: Region) -> None:
    run(region)
    (call,) = region.called("backup.list_restore_jobs")
    assert call["ByRestoreTestingPlanArn"] == PLAN


def test_what_was_judged_is_not_judged_again(region: Region) -> None:
    region.jobs = [job()]
    run(region)
    assert run(region)["said"] == {}
    assert len(messages(region)) == 1


@pytest.mark.parametrize(
    ("read", "why"),
    [
        ({"tables": 0, "rows": 0}, "it has no tables that the role restore_check may read"),
        ({"tables": 2, "rows": 4}, "it has 2 tables with 4 rows, fewer than minimum_rows = 5"),
    ],
)
def test_an_empty_copy_fails_at_once(region: Region, read: dict[str, int], why: str) -> None:
    region.jobs, region.read = [job()], {**region.read, **read}
    run(region)
    assert results(region) == [("FAILED", why)]
    ((topic, text),) = messages(region)
    assert topic == "arn:critical"
    assert "CRITICAL in app-prod: the restore drill of PostgreSQL has FAILED\n" in text
    assert text.endswith("What to do: docs/runbooks.md#restore-drills")
    assert region.published(drill_metrics.MINUTES) == {}


def test_a_copy_that_does_not_answer_is_asked_again_until_it_is_late(region: Region) -> None:
    region.jobs, region.read = [job()], {"problem": "PostgreSQL does not answer: OSError"}
    run(region)
    assert results(region) == []
    region.jobs[0]["CompletionDate"] = ago(hours=3)
    run(region)
    ((status, why),) = results(region)
    assert status == "FAILED"
    assert why == "it could not be read within 3 hours after its restore: PostgreSQL does not answer: OSError"


def test_a_reader_that_fails_is_a_problem_like_others(region: Region) -> None:
    region.jobs, region.failed = [job(CompletionDate=ago(hours=4))], True
    run(region)
    ((_, why),) = results(region)
    assert "the function app-prod-restore-reader has failed; its log says why" in why


def test_a_cluster_gets_one_instance_and_is_asked_when_that_is_there(region: Region) -> None:
    region.jobs = [job("DocumentDB")]
    run(region)
    (made,) = region.called("rds.create_db_instance")
    assert (made["DBInstanceIdentifier"], made["DBClusterIdentifier"], made["Engine"]) == (MADE, CLUSTER, "docdb")
    assert (made["DBInstanceClass"], made["Tags"]) == ("db.t3.medium", [{"Key": "Project", "Value": "app"}])
    run(region)  # it is still being made
    assert len(region.called("rds.create_db_instance")) == 1
    assert results(region) == []
    region.instances[MADE] = "available"
    run(region)
    (asked,) = region.called("lambda.invoke")
    assert json.loads(asked["Payload"]) == {"engine": "documentdb", "host": f"{CLUSTER}.docdb", "port": 27017}
    # Its instance is being deleted before AWS Backup deletes the cluster.
    order = [name for name, _ in region.calls if name.startswith(("rds.delete", "backup.put"))]
    assert order == ["rds.delete_db_instance", "backup.put_restore_validation_result"]
    assert region.published(drill_metrics.MINUTES) == {"documentdb": 50.0}


def test_a_call_that_was_killed_before_the_result_leads_to_another_instance(region: Region) -> None:
    region.jobs = [job("DocumentDB")]
    region.instances[MADE] = "deleting"
    assert run(region)["said"] == {}
    del region.instances[MADE]
    run(region)
    assert region.instances[MADE] == "creating"


def test_another_call_at_the_same_time_may_have_made_the_instance(region: Region) -> None:
    region.jobs = [job("DocumentDB")]
    region.answer("rds.create_db_instance", lambda **_: (_ for _ in ()).throw(refusal(THERE)))
    assert run(region)["said"] == {}


def test_an_instance_of_a_drill_that_timed_out_is_deleted(region: Region) -> None:
    region.jobs = [job("DocumentDB", ValidationStatus="TIMED_OUT")]
    region.instances[MADE] = "available"
    run(region)
    assert region.instances[MADE] == "deleting"


@pytest.mark.parametrize(("age", "left"), [(LEFT_AFTER, 1), (LEFT_AFTER - timedelta(minutes=1), 0)])
def test_a_copy_that_is_still_there_a_day_later_is_counted(region: Region, age: timedelta, left: int) -> None:
    region.jobs = [job(ValidationStatus="FAILED", CompletionDate=NOW - age)]
    run(region)
    assert region.published(drill_metrics.LEFT) == {"postgres": left, "documentdb": 0}


def test_what_was_deleted_is_not_left(region: Region) -> None:
    region.jobs = [job(ValidationStatus="SUCCESSFUL", CompletionDate=ago(days=2))]
    region.instances.clear()
    run(region)
    assert region.published(drill_metrics.LEFT)["postgres"] == 0


@pytest.mark.parametrize("status", ["PENDING", "RUNNING"])
def test_a_restore_that_goes_on_is_waited_for(region: Region, status: str) -> None:
    region.jobs = [job(Status=status, CompletionDate=None, CreatedResourceArn="")]
    assert run(region)["said"] == {}


def test_the_age_is_that_of_the_last_success(region: Region) -> None:
    region.values = {
        (drill_metrics.MINUTES, "postgres"): [ago(days=16), ago(days=9)],
        (drill_metrics.AGE, "postgres"): [ago(days=50)],
        (drill_metrics.AGE, "documentdb"): [ago(days=3), ago(days=2)],
    }
    assert run(region)["ages"] == {"postgres": 9.0, "documentdb": 3.0}
    assert region.published(drill_metrics.AGE) == {"postgres": 9.0, "documentdb": 3.0}


def test_a_success_counts_before_its_metric_can_be_read(region: Region) -> None:
    region.values = {(drill_metrics.MINUTES, "postgres"): [ago(days=9)]}
    region.jobs = [job(ValidationStatus="SUCCESSFUL", CompletionDate=ago(days=2))]
    assert run(region)["ages"]["postgres"] == 2.0


def test_at_the_first_measurement_of_all_a_drill_is_new(region: Region) -> None:
    assert run(region)["ages"] == {"postgres": 0.0, "documentdb": 0.0}


def test_one_drill_that_cannot_be_looked_at_does_not_stop_the_others(region: Region) -> None:
    region.jobs = [job("DocumentDB"), job()]

    def refuse(**_: Any) -> dict[str, Any]:
        raise refusal(DENIED)

    region.answer("rds.describe_db_clusters", refuse)
    with pytest.raises(DrillError, match=r"^BBBBBBBB-2: Operation: AccessDeniedException$"):
        run(region)
    assert [status for status, _ in results(region)] == ["SUCCESSFUL"]
    assert set(region.published(drill_metrics.AGE)) == {"postgres", "documentdb"}


def test_rights_that_are_new_are_waited_for(region: Region) -> None:
    pauses: list[float] = []

    def answer(**_: Any) -> dict[str, Any]:
        if len(region.called("backup.list_restore_jobs")) < ATTEMPTS:
            raise refusal(DENIED)
        return {"RestoreJobs": []}

    region.answer("backup.list_restore_jobs", answer)
    handler({}, None, client=region.client, sleep=pauses.append)
    assert len(pauses) == ATTEMPTS - 1


def test_without_a_topic_for_information_a_success_is_only_a_metric(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOPICS", '{"critical": "arn:critical"}')
    region.jobs = [job()]
    run(region)
    assert messages(region) == []
    assert region.published(drill_metrics.MINUTES) == {"postgres": 30.0}


def test_metrics_and_dimension_are_those_of_the_alarms() -> None:
    assert (ages.MINUTES, ages.AGE, ages.LEFT) == (drill_metrics.MINUTES, drill_metrics.AGE, drill_metrics.LEFT)
    assert ages.DIMENSION == DIMENSION


def refuse_result(region: Region, *, says: str | None) -> None:
    """Have AWS Backup refuse the result, after another call has said this."""

    def refuse(*, RestoreJobId: str, **_: Any) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        (found,) = [one for one in region.jobs if one["RestoreJobId"] == RestoreJobId]
        found["ValidationStatus"] = says
        raise refusal(NOT_WAITING)

    region.answer("backup.put_restore_validation_result", refuse)


def test_two_calls_at_the_same_time_are_no_failure(region: Region) -> None:
    region.jobs = [job()]
    refuse_result(region, says="SUCCESSFUL")
    assert run(region)["said"] == {}


def test_a_result_that_is_refused_while_it_is_waited_for_is_a_failure(region: Region) -> None:
    region.jobs = [job()]
    refuse_result(region, says=None)
    with pytest.raises(DrillError, match=f"AAAAAAAA-1: .*: {NOT_WAITING}"):
        run(region)
