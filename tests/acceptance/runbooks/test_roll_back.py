"""The commands of the page on a bad release lead the users back, in each of the ways that it names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from emulator.releases.clock import CLOCK
from tests.acceptance.runbooks.commands import ALL, REGION_OF_PAGES, Runbook
from tests.emulator.pipelines.test_deploy import images, release
from tests.emulator.pipelines.world import World, hurry
from tests.emulator.releases import Platform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emulator import Emulator

PREFIX: Final = "user-management-staging"
NAME: Final = f"{PREFIX}-backend"
PIPELINE: Final = f"{PREFIX}-delivery"
ALARM: Final = f"{NAME}-errors"
LONG_MINUTE_SECONDS: Final = 600
OTHER: Final = f"`{PREFIX}-frontend`"
"""What begins the commands of another service, which is not there."""


@dataclass
class Releases:
    """One service of staging with its pipeline, made without Terraform, and the page."""

    page: Runbook
    world: World
    platform: Platform

    def make(self) -> None:
        """Create the group, which goes back by itself if an alarm is red, and the pipeline."""
        alarms = {"enabled": True, "alarms": [{"name": ALARM}]}
        self.platform.make_group(alarmConfiguration=alarms)
        self.world.of("cloudwatch").put_metric_alarm(
            AlarmName=ALARM, MetricName="m", Namespace="n", Period=60, EvaluationPeriods=1, Statistic="Sum",
            Threshold=1, ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
        self.world.project("release", "true")
        deploy = self.world.action(
            "deploy",
            "Deploy",
            "CodeDeployToECS",
            inputs=["source"],
            ApplicationName=NAME,
            DeploymentGroupName=NAME,
            TaskDefinitionTemplateArtifact="source",
            AppSpecTemplateArtifact="source",
            Image1ArtifactName="source",
            Image1ContainerName="IMAGE1_NAME",
        )
        self.world.create(
            {"name": "Release", "actions": [self.world.build("release")]},
            {"name": "Deploy", "actions": [deploy], "onFailure": {"result": "ROLLBACK"}},
        )
        self.world.confirm()

    def deploy(self, image: str) -> str:
        """Release an image; the id of the run."""
        done = self.world.release(files=release(image))
        assert done["status"] == "Succeeded", self.world.stages()
        return str(done["pipelineExecutionId"])

    def push(self, image: str) -> str:
        """Begin to release an image; the id of the run."""
        (started,) = self.world.push(files=release(image))
        return started["id"]

    def alarm(self, state: str) -> None:
        """Change the state of the alarm."""
        self.world.of("cloudwatch").set_alarm_state(AlarmName=ALARM, StateValue=state, StateReason="test")

    @property
    def images(self) -> list[str]:
        """What the users get."""
        return images(self.platform)

    def deployments(self, status: str) -> list[str]:
        """The deployments in a status, the newest first."""
        found: list[str] = self.platform.codedeploy.list_deployments(
            applicationName=NAME, deploymentGroupName=NAME, includeOnlyStatuses=[status]
        )["deployments"]
        return found

    def old_tasks_stay(self) -> bool | None:
        """True once the users have the new version while the old tasks run."""
        infos = [self.platform.info(one) for one in self.deployments("InProgress")]
        return True if any(one["instanceTerminationWaitTimeStarted"] for one in infos) else None

    def waits_before_release(self, run: str) -> bool | None:
        """True once a run waits before the stage Release."""
        waiting = self.world.stages()["Release"].get("inboundExecutions") or ()
        return True if run in {one["pipelineExecutionId"] for one in waiting} else None

    def newest(self) -> tuple[str, str]:
        """Kind and status of the newest run, once none is in progress."""
        self.world.wait()
        run: dict[str, Any] = self.world.executions()[0]
        return run["executionType"], run["status"]


def before_block_of(word: str, part: str) -> str:
    """What stands before the block of commands that has a word."""
    before, _, _ = part.partition(word)
    return before[: before.rindex("```sh")]


@pytest.fixture
def releases(emulator: Emulator, account_id: str, output: Path, tmp_path: Path) -> Iterator[Releases]:
    hurry()
    page = Runbook.of(
        "roll-back-a-deployment",
        output=output,
        emulator=emulator,
        account=account_id,
        region=REGION_OF_PAGES,
        folder=tmp_path,
        environment="staging",
    )

    def client(service: str, **_: object) -> Any:
        return page.client(service)

    platform = Platform(client, account=account_id, cluster=f"{PREFIX}-cluster", name=NAME)
    made = Releases(page, World(emulator, client, account=account_id, name=PIPELINE), platform)
    made.make()
    yield made
    CLOCK.reset()


@pytest.mark.seconds(25)
def test_a_deployment_whose_old_tasks_run_is_stopped_and_later_releases_are_held_back(releases: Releases) -> None:
    page, world = releases.page, releases.world
    good = releases.deploy("web:2")
    CLOCK.minute_seconds = LONG_MINUTE_SECONDS
    bad = releases.push("web:3")
    world.until(releases.old_tasks_stay)
    told = page.run(page.section("How to tell"), without=ALL)
    assert all(word in told for word in (good, bad, "PRIMARY", "ACTIVE"))
    assert releases.images == ["web:3"]
    hurry()
    page.run(page.step(1).partition(OTHER)[0])
    assert world.ended(bad)["status"] == "Failed"
    assert releases.newest() == ("ROLLBACK", "Succeeded")
    assert releases.images == ["web:2"]

    revision = releases.platform.service()["taskDefinition"]
    check = page.section("How to check").replace("TASK_DEFINITION", revision)
    told = page.run(check, without=ALL)
    assert f"PRIMARY\t2\t{revision}" in told
    assert "web:2" in told
    assert ALARM not in told

    page.run(page.step(2))
    held = releases.push("web:4")
    world.until(lambda: releases.waits_before_release(held))
    page.run(page.section("How to undo"))
    assert world.ended(held)["status"] == "Succeeded"
    assert releases.images == ["web:4"]


@pytest.mark.seconds(20)
def test_the_stage_goes_back_to_a_good_run_and_past_an_alarm_that_is_red(releases: Releases) -> None:
    page, world = releases.page, releases.world
    good, bad = releases.deploy("web:2"), releases.deploy("web:3")
    back = page.step(3).replace("id RUN\n", f"id {good}\n")
    told = page.run(back)
    assert told.index(bad) < told.index(good)
    assert releases.newest() == ("ROLLBACK", "Succeeded")
    assert releases.images == ["web:2"]

    (wanted, *_) = releases.deployments("Succeeded")
    releases.deploy("web:4")
    releases.alarm("ALARM")
    page.run(back)
    assert releases.newest() == ("ROLLBACK", "Failed")
    assert "ALARM_ACTIVE" in world.problem(world.executions()[0]["pipelineExecutionId"], "deploy")
    assert ALARM in page.run(page.section("How to check").replace("TASK_DEFINITION", "web"))
    assert releases.images == ["web:4"]
    past = before_block_of(f"{PREFIX}-frontend", page.step(5).partition("- The rollback fails with")[2])
    told = page.run(past.replace("id DEPLOYMENT ", f"id {wanted} "))
    assert wanted in told
    assert releases.platform.wait(json.loads(told[told.rindex("{") :])["deploymentId"])["status"] == "Succeeded"
    assert releases.images == ["web:2"]


@pytest.mark.seconds(15)
def test_a_run_of_the_last_good_commit_comes_before_what_waits(releases: Releases) -> None:
    page, world = releases.page, releases.world
    good = releases.deploy("web:2")
    releases.deploy("web:3")
    page.run(page.step(2))
    waiting = releases.push("web:4")
    world.until(lambda: releases.waits_before_release(waiting))
    (run,) = (one for one in world.executions() if one["pipelineExecutionId"] == good)
    commit = run["sourceRevisions"][0]["revisionId"]
    again = before_block_of("override-stage-condition", page.step(5).partition("- The pipeline was changed")[2])
    told = page.run(again.replace("id WAITING_RUN", f"id {waiting}").replace("Value=COMMIT\n", f"Value={commit}\n"))
    assert waiting in told
    assert releases.newest() == ("STANDARD", "Succeeded")
    assert world.ended(waiting)["status"] == "Stopped"
    assert releases.images == ["web:2"]
