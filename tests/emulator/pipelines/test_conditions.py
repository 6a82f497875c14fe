"""Freeze, red alarms and the way back, each in a stage of its own, as the layer `delivery` has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from modules.delivery.stages import Rule
from tests.emulator.pipelines.world import hurry

if TYPE_CHECKING:
    from tests.emulator.pipelines.world import World

ALARM: Final = "errors"


def before_entry(rule: Rule) -> dict[str, Any]:
    """The condition as the API takes it."""
    written = {
        "name": rule.name,
        "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": rule.provider, "version": "1"},
        "configuration": dict(rule.configuration),
    }
    return {"beforeEntry": {"conditions": [{"result": "FAIL", "rules": [written]}]}}


@pytest.fixture
def red(world: World) -> World:
    """A world in which a release has got through, and an alarm is red since."""
    hurry()
    world.of("cloudwatch").put_metric_alarm(
        AlarmName=ALARM, MetricName="m", Namespace="n", Period=60, EvaluationPeriods=1, Statistic="Sum",
        Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    for name in ("migrate", "deploy"):
        world.project(name, "true")
    return world


def release_while_red(world: World, *, alarm_stage: str) -> list[str]:
    """Release once, then again with a red alarm; return the types of all runs that did not come of a push."""
    stages: list[dict[str, Any]] = [
        {"name": "Migrate", "actions": [world.build("migrate")]},
        {"name": "Deploy", "actions": [world.build("deploy")], "onFailure": {"result": "ROLLBACK"}},
    ]
    for stage in stages:
        if stage["name"] == alarm_stage:
            stage.update(before_entry(Rule.alarm("alarm-1", ALARM)))
    world.create(*stages)
    world.confirm()
    assert world.release()["status"] == "Succeeded"
    world.of("cloudwatch").set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="test")
    assert world.release()["status"] == "Failed"
    world.wait()
    return [one["executionType"] for one in world.executions() if one["trigger"]["triggerType"] == "AutomatedRollback"]


def test_a_red_alarm_before_the_stage_that_goes_back_deploys_the_last_release_again(red: World) -> None:
    """So the alarms are a stage before it."""
    assert release_while_red(red, alarm_stage="Deploy") == ["ROLLBACK"]


def test_a_red_alarm_a_stage_before_changes_nothing(red: World) -> None:
    assert release_while_red(red, alarm_stage="Migrate") == []
    builds = red.of("codebuild")
    for name in ("migrate", "deploy"):
        assert len(builds.list_builds_for_project(projectName=name)["ids"]) == 1


def test_a_release_goes_back_while_an_alarm_before_the_other_stage_is_red(red: World) -> None:
    red.create(
        {"name": "Migrate", "actions": [red.build("migrate")], **before_entry(Rule.alarm("alarm-1", ALARM))},
        {
            "name": "Deploy",
            "actions": [red.build("deploy"), red.approval() | {"runOrder": 2}],
            "onFailure": {"result": "ROLLBACK"},
        },
    )
    red.confirm()
    (good,) = red.push()
    first = red.token("Deploy")
    red.answer("Approved", first, "Deploy")
    assert red.ended(good["id"])["status"] == "Succeeded"
    (bad,) = red.push()
    second = red.until(lambda: token if (token := red.token("Deploy")) != first else None)
    red.of("cloudwatch").set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="test")
    red.answer("Rejected", second, "Deploy")
    assert red.ended(bad["id"])["status"] == "Failed"
    third = red.until(lambda: token if (token := red.token("Deploy")) not in {first, second} else None)
    red.answer("Approved", third, "Deploy")
    red.wait()
    back = red.executions()[0]
    assert (back["executionType"], back["status"]) == ("ROLLBACK", "Succeeded")
