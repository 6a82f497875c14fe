"""The scans of images that run, and the run of the pipeline that builds the release again."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.image_updates import images as module
from lambdas.image_updates import pipeline as pipeline_module
from lambdas.image_updates.handler import UnscannedError, handler
from modules.delivery import pipeline as construct
from tests.lambdas.aws_stub import Aws, refusal

HOST = "111111111111.dkr.ecr.us-east-1.amazonaws.com"
OLD, NEW = (f"sha256:{digit * 64}" for digit in "ab")
NOW = datetime.now(tz=UTC)
COMMIT, OTHER = "0" * 40, "1" * 40
CALL = "call-of-scheduler"


class Context:
    """A call with a minute left."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Account(Aws):
    """A cluster with two tasks of our own repositories and one of another, and a pipeline."""

    def __init__(self) -> None:
        super().__init__()
        self.containers = [
            {"image": f"{HOST}/app-api@{OLD}"},
            {"image": f"{HOST}/app-site:build-20260101T000000Z-abc", "imageDigest": NEW},
            {"image": f"{HOST}/copies/collector:1", "imageDigest": OLD},
            {"image": f"{HOST}/app-site:still-pulled"},
        ]
        self.tags = {OLD: ["latest"], NEW: [f"build-{NOW - timedelta(days=3):%Y%m%dT%H%M%SZ}-0123456789ab"]}
        self.pushed = NOW - timedelta(days=12)
        self.results: dict[str, list[dict[str, Any]]] = {OLD: [complete()], NEW: [complete()]}
        self.start_refusal: str | None = None
        self.runs: list[dict[str, Any]] = [run("Succeeded", COMMIT)]
        self.answer("ecs.list_tasks", lambda **_: {"taskArns": ["task/1"]})
        self.answer("ecs.describe_tasks", lambda **_: {"tasks": [{"containers": self.containers}]})
        self.answer("ecr.describe_images", self._image)
        self.answer("ecr.start_image_scan", self._start)
        self.answer("ecr.describe_image_scan_findings", self._findings)
        self.answer("cloudwatch.put_metric_data", lambda **_: {})
        self.answer("codepipeline.list_pipeline_executions", lambda **_: {"pipelineExecutionSummaries": self.runs})
        self.actions: dict[str, list[dict[str, Any]]] = {}
        self.answer(
            "codepipeline.list_action_executions",
            lambda **call: {"actionExecutionDetails": self.actions.get(call["filter"]["pipelineExecutionId"], [])},
        )
        self.answer("codepipeline.start_pipeline_execution", lambda **_: {"pipelineExecutionId": "run-2"})

    def _image(self, *, imageIds: list[dict[str, str]], **_: Any) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        return {"imageDetails": [{"imageTags": self.tags[imageIds[0]["imageDigest"]], "imagePushedAt": self.pushed}]}

    def _start(self, **_: Any) -> dict[str, Any]:
        if self.start_refusal:
            raise refusal(self.start_refusal)
        return {}

    def _findings(self, *, imageId: dict[str, str], **_: Any) -> dict[str, Any]:  # noqa: N803
        left = self.results[imageId["imageDigest"]]
        return left.pop(0) if len(left) > 1 else left[0]

    @property
    def published(self) -> dict[str, float]:
        """The metrics of the last call."""
        (call,) = self.called("cloudwatch.put_metric_data")
        assert call["Namespace"] == "app-dev/images"
        return {one["MetricName"]: one["Value"] for one in call["MetricData"]}


def complete(*names: str) -> dict[str, Any]:
    findings = [{"name": name, "severity": "CRITICAL"} for name in names] + [{"name": "CVE-low", "severity": "LOW"}]
    return status("COMPLETE", imageScanCompletedAt=NOW, findings=findings)


def status(text: str, **findings: Any) -> dict[str, Any]:
    return {"imageScanStatus": {"status": text}, "imageScanFindings": findings}


def run(state: str, commit: str | None = None, *, name: str = "run-1") -> dict[str, Any]:
    revisions = [{"actionName": "source", "revisionId": commit}] if commit else []
    return {"pipelineExecutionId": name, "status": state, "sourceRevisions": revisions}


def action(state: str, name: str = "api-deploy", *, stage: str = "Deploy", minute: int = 0) -> dict[str, Any]:
    start = NOW + timedelta(minutes=minute)
    return {"stageName": stage, "actionName": name, "status": state, "startTime": start}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    values = {
        "CLUSTER": "app-dev-cluster",
        "REPOSITORIES": "app-api app-site",
        "PIPELINE": "app-dev-delivery",
        "NAMESPACE": "app-dev/images",
        "SCANNING": "basic",
        "ALLOWED_FINDINGS": "",
        "REBUILD_ON_FINDINGS": "false",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0.0)
    return Account()


def called(account: Account, action: str = "scan") -> dict[str, Any]:
    return handler({"action": action, "id": CALL}, Context(), client=account.client)


def test_each_image_that_runs_is_scanned_and_no_other(account: Account) -> None:
    assert called(account)["images"] == 2
    started = account.called("ecr.start_image_scan")
    assert {(one["repositoryName"], one["imageId"]["imageDigest"]) for one in started} == {
        ("app-api", OLD),
        ("app-site", NEW),
    }
    assert account.called("ecs.list_tasks") == [{"cluster": "app-dev-cluster", "desiredStatus": "RUNNING"}]


def test_critical_findings_are_counted_over_all_images(account: Account) -> None:
    account.results[OLD] = [status("IN_PROGRESS"), status("COMPLETE"), complete("CVE-1", "CVE-2")]
    account.results[NEW] = [complete("CVE-2")]
    called(account)
    assert account.published["CriticalFindings"] == 3


def test_allowed_findings_do_not_count(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_FINDINGS", "CVE-1 CVE-3")
    account.results[OLD] = [complete("CVE-1", "CVE-2")]
    called(account)
    assert account.published["CriticalFindings"] == 1


def test_the_age_is_that_of_the_oldest_image_by_its_tag_or_else_by_its_push(account: Account) -> None:
    since = datetime.now(tz=UTC) - NOW  # the tests of a slow machine are read long before they run
    called(account)
    assert account.published["AgeDays"] == pytest.approx(12 + since / timedelta(days=1), abs=0.01)
    account.calls.clear()
    account.tags[OLD] = [f"release-{NOW - timedelta(days=40):%Y%m%dT%H%M%SZ}-0123456789ab"]
    called(account)
    assert account.published["AgeDays"] == pytest.approx(40 + since / timedelta(days=1), abs=0.01)


def test_an_image_that_was_scanned_today_is_not_an_error(account: Account) -> None:
    account.start_refusal = "LimitExceededException"
    assert called(account)["findings"] == 0
    account.start_refusal = "AccessDeniedException"
    with pytest.raises(Exception, match="AccessDenied"):
        called(account)


def test_nothing_is_published_while_nothing_runs(account: Account) -> None:
    account.containers = []
    assert called(account) == {"images": 0, "findings": 0}
    assert not account.called("cloudwatch.put_metric_data")


def test_a_failed_scan_is_an_error_after_the_others_are_published(account: Account) -> None:
    account.results = {OLD: [status("FAILED")], NEW: [complete("CVE-1")]}
    with pytest.raises(UnscannedError, match=rf"there is no result of app-api@{OLD} \(FAILED\)"):
        called(account)
    assert account.published["CriticalFindings"] == 1


def test_a_scan_that_does_not_end_in_time_is_an_error(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda _: 30_000)
    account.results[OLD] = [status("IN_PROGRESS")]
    start = time.monotonic()
    with pytest.raises(UnscannedError, match="IN_PROGRESS"):
        called(account)
    assert time.monotonic() - start < 5


def test_an_image_that_ecr_cannot_scan_is_passed(account: Account) -> None:
    account.results[OLD] = [status("UNSUPPORTED_IMAGE")]
    assert called(account)["findings"] == 0


def test_inspector_scans_by_itself_and_what_it_suppresses_does_not_count(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCANNING", "enhanced")
    found = [
        {"severity": severity, "status": state, "packageVulnerabilityDetails": {"vulnerabilityId": f"CVE-{number}"}}
        for number, (severity, state) in enumerate(
            [("CRITICAL", "ACTIVE"), ("CRITICAL", "SUPPRESSED"), ("HIGH", "ACTIVE")]
        )
    ]
    account.results[OLD] = [status("ACTIVE", enhancedFindings=found)]
    called(account)
    assert account.published["CriticalFindings"] == 1
    assert not account.called("ecr.start_image_scan")


def test_the_released_commit_is_built_again_and_not_the_newest_one(account: Account) -> None:
    account.runs = [run("Failed", OTHER), run("Superseded", OTHER), run("Succeeded", COMMIT), run("Succeeded", OTHER)]
    assert called(account, "rebuild") == {"outcome": f"run run-2 builds commit {COMMIT} again"}
    assert account.called("codepipeline.start_pipeline_execution") == [
        {
            "name": "app-dev-delivery",
            "clientRequestToken": CALL,
            "variables": [{"name": "REBUILD", "value": "true"}],
            "sourceRevisions": [{"actionName": "source", "revisionType": "COMMIT_ID", "revisionValue": COMMIT}],
        }
    ]


@pytest.mark.parametrize("state", ["Failed", "Stopped"])
def test_a_run_that_ended_after_its_deployment_is_what_users_have(account: Account, state: str) -> None:
    account.runs = [run(state, COMMIT, name="after"), run("Succeeded", OTHER)]
    # The newest first, as CodePipeline lists them.
    account.actions["after"] = [
        action("Failed", "hand-over", stage="HandOver", minute=3),
        action("Succeeded", minute=2),
        action("Succeeded", "site-deploy", minute=1),
        action("Failed", minute=1),
    ]
    assert called(account, "rebuild") == {"outcome": f"run run-2 builds commit {COMMIT} again"}


@pytest.mark.parametrize("second", ["Failed", "Abandoned"])
def test_a_run_that_ended_in_its_deployment_is_not_what_users_have(account: Account, second: str) -> None:
    account.runs = [run("Failed", OTHER, name="halfway"), run("Failed", OTHER, name="before"), run("Succeeded", COMMIT)]
    account.actions["halfway"] = [action("Succeeded"), action(second, "site-deploy")]
    account.actions["before"] = [action("Succeeded", "migrate", stage="Migrate")]
    assert called(account, "rebuild") == {"outcome": f"run run-2 builds commit {COMMIT} again"}


def test_after_a_rollback_the_release_to_which_it_went_back_is_built(account: Account) -> None:
    back = {**run("Succeeded"), "rollbackMetadata": {"rollbackTargetPipelineExecutionId": "target"}}
    account.runs = [back, run("Failed", OTHER), run("Succeeded", OTHER)]
    account.answer(
        "codepipeline.get_pipeline_execution",
        lambda **_: {"pipelineExecution": {"artifactRevisions": [{"name": "source", "revisionId": COMMIT}]}},
    )
    assert called(account, "rebuild") == {"outcome": f"run run-2 builds commit {COMMIT} again"}
    assert account.called("codepipeline.get_pipeline_execution") == [
        {"pipelineName": "app-dev-delivery", "pipelineExecutionId": "target"}
    ]


@pytest.mark.parametrize("state", ["InProgress", "Stopping"])
def test_a_newer_run_is_not_taken_back(account: Account, state: str) -> None:
    account.runs = [run("Succeeded", COMMIT), run(state, OTHER)]
    assert called(account, "rebuild") == {"outcome": "run run-1 has not ended: no other one is started"}
    assert not account.called("codepipeline.start_pipeline_execution")


def test_nothing_is_built_before_the_first_release(account: Account) -> None:
    account.runs = [run("Failed", OTHER)]
    assert called(account, "rebuild") == {"outcome": "nothing is released yet: no run is started"}


@pytest.mark.parametrize(("setting", "runs"), [("true", 1), ("false", 0)])
def test_a_finding_starts_a_run_by_setting(
    account: Account, monkeypatch: pytest.MonkeyPatch, setting: str, runs: int
) -> None:
    monkeypatch.setenv("REBUILD_ON_FINDINGS", setting)
    called(account)
    assert not account.called("codepipeline.start_pipeline_execution")
    account.results[NEW] = [complete("CVE-1")]
    called(account)
    assert len(account.called("codepipeline.start_pipeline_execution")) == runs


def test_another_action_is_refused(account: Account) -> None:
    with pytest.raises(ValueError, match="action 'clean' is not known"):
        called(account, "clean")


def test_action_and_variable_are_those_of_the_pipeline() -> None:
    assert (pipeline_module.SOURCE, pipeline_module.REBUILD) == (construct.SOURCE, construct.REBUILD)
