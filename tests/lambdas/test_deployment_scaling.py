"""The scaling of a service during a deployment of CodeDeploy, and after it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.deployment_scaling.handler import IN, OUT, SCHEDULED, handler
from tests.lambdas.aws_stub import Aws

NOW = datetime.now(tz=UTC)
RESOURCE = "service/app-prod-cluster/app-prod-api"
NOTHING = {IN: False, OUT: False, SCHEDULED: False}
ALL = {IN: True, OUT: True, SCHEDULED: True}
KEPT = {IN: True, OUT: False, SCHEDULED: True}


class Account(Aws):
    """A service with its scaling and its deployments."""

    def __init__(self) -> None:
        super().__init__()
        self.deployments: dict[str, dict[str, Any]] = {}
        self.suspended: dict[str, bool] | None = dict(NOTHING)
        self.count = 2
        self.answer("codedeploy.list_deployments", lambda **_: {"deployments": list(self.deployments)})
        self.answer("codedeploy.batch_get_deployments", self._deployments)
        self.answer("ecs.describe_services", lambda **_: {"services": [{"desiredCount": self.count}]})
        self.answer("application-autoscaling.describe_scalable_targets", self._targets)
        self.answer("application-autoscaling.register_scalable_target", self._register)

    def _deployments(self, *, deploymentIds: list[str]) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        assert len(deploymentIds) <= 25
        return {"deploymentsInfo": [self.deployments[one] for one in deploymentIds]}

    def _targets(self, **_: Any) -> dict[str, Any]:
        target = {"ResourceId": RESOURCE} | ({"SuspendedState": self.suspended} if self.suspended else {})
        return {"ScalableTargets": [target]}

    def _register(self, *, SuspendedState: dict[str, bool], **others: Any) -> dict[str, Any]:  # noqa: N803
        assert not {"MinCapacity", "MaxCapacity"} & set(others)
        self.suspended = SuspendedState
        return {}

    def deploys(self, status: str, **details: Any) -> None:
        """The only deployment."""
        self.deployments = {"d-1": {"status": status, "createTime": NOW - timedelta(hours=1), **details}}

    def run(self) -> list[str]:
        """A call; returns what was changed."""
        return list(handler({}, None, client=self.client)["changes"])


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("CLUSTER", "app-prod-cluster")
    monkeypatch.setenv("SERVICES", json.dumps({"app-prod-api": "app-prod-api"}))
    monkeypatch.setenv("SLEEPS", "false")
    return Account()


@pytest.mark.parametrize("status", ["Created", "Queued", "InProgress", "Baking", "Ready"])
def test_nothing_scales_until_the_requests_are_shifted(account: Account, status: str) -> None:
    account.deploys(status)
    assert account.run() == ["app-prod-api: suspended DynamicScalingIn, DynamicScalingOut, ScheduledScaling"]
    assert account.suspended == ALL


def test_it_scales_out_again_while_the_old_tasks_stay(account: Account) -> None:
    account.suspended = dict(ALL)
    account.deploys("InProgress", instanceTerminationWaitTimeStarted=True)
    assert account.run() == ["app-prod-api: suspended DynamicScalingIn, ScheduledScaling"]
    assert account.suspended == KEPT


@pytest.mark.parametrize("status", ["Succeeded", "Failed", "Stopped"])
def test_scaling_goes_on_whatever_the_result(account: Account, status: str) -> None:
    account.suspended = dict(KEPT)
    account.deploys(status, completeTime=NOW - timedelta(minutes=3))
    assert account.run() == ["app-prod-api: scales again"]
    assert account.suspended == NOTHING


def test_a_rollback_that_runs_after_a_failed_deployment_counts(account: Account) -> None:
    account.deploys("Failed", completeTime=NOW)
    account.deployments["d-2"] = {"status": "InProgress", "createTime": NOW}
    account.run()
    assert account.suspended == ALL


def test_what_a_person_has_suspended_stays_suspended(account: Account) -> None:
    account.suspended = dict(ALL)
    account.deploys("Succeeded", completeTime=NOW - timedelta(hours=25))
    assert account.run() == []
    account.deployments = {}
    assert account.run() == []
    assert account.suspended == ALL


def test_what_is_already_so_is_not_written_again(account: Account) -> None:
    account.deploys("InProgress")
    account.run()
    assert account.run() == []
    assert len(account.called("application-autoscaling.register_scalable_target")) == 1


def test_an_environment_that_sleeps_is_left_to_its_schedule(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.suspended, account.count = dict(ALL), 0
    account.deploys("Succeeded", completeTime=NOW)
    monkeypatch.setenv("SLEEPS", "true")
    assert account.run() == []
    monkeypatch.setenv("SLEEPS", "false")
    assert account.run() == ["app-prod-api: scales again"]


def test_a_target_that_was_never_suspended_has_no_state(account: Account) -> None:
    account.suspended = None
    account.deploys("Succeeded", completeTime=NOW)
    assert account.run() == []


def test_it_asks_for_the_deployments_of_the_last_days_in_portions(account: Account) -> None:
    account.deployments = {
        f"d-{number}": {"status": "Succeeded", "createTime": NOW, "completeTime": NOW} for number in range(30)
    }
    account.run()
    (asked,) = account.called("codedeploy.list_deployments")
    assert (asked["applicationName"], asked["deploymentGroupName"]) == ("app-prod-api", "app-prod-api")
    assert NOW - asked["createTimeRange"]["start"] < timedelta(days=6, hours=1)
    assert len(account.called("codedeploy.batch_get_deployments")) == 2
