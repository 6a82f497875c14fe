"""Which release of several enters a stage first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.emulator.pipelines.world import PIPELINE

if TYPE_CHECKING:
    from tests.emulator.pipelines.world import World


def test_releases_pass_a_stage_one_after_the_other(world: World) -> None:
    world.create({"name": "Approval", "actions": [world.approval()]})
    world.confirm()
    (one,), (two,) = world.push(), world.push()
    first = world.token()
    world.until(lambda: world.stages()["Approval"]["inboundExecutions"] or None)
    assert [each["pipelineExecutionId"] for each in world.stages()["Approval"]["inboundExecutions"]] == [two["id"]]
    world.answer("Approved", first)
    assert world.ended(one["id"])["status"] == "Succeeded"
    world.answer("Approved", world.token())
    assert world.ended(two["id"])["status"] == "Succeeded"


def test_without_a_queue_a_newer_release_replaces_one_that_waits(world: World) -> None:
    world.create({"name": "Approval", "actions": [world.approval()]}, executionMode="SUPERSEDED")
    world.confirm()
    (one,) = world.push()
    token = world.token()
    (two,) = world.push()
    world.until(lambda: world.stages()["Approval"]["inboundExecutions"] or None)
    (three,) = world.push()
    assert world.ended(two["id"])["status"] == "Superseded"
    world.answer("Approved", token)
    world.answer("Approved", world.until(lambda: world.token() if world.token() != token else None))
    assert {world.ended(each["id"])["status"] for each in (one, three)} == {"Succeeded"}


def test_releases_keep_their_order_however_fast_they_arrive(world: World) -> None:
    world.create({"name": "Approval", "actions": [world.approval()]})
    world.confirm()
    pushed = [world.push()[0]["id"] for _ in range(6)]
    world.token()
    world.until(lambda: len(world.stages()["Approval"]["inboundExecutions"]) == len(pushed) - 1 or None)
    waiting = [one["pipelineExecutionId"] for one in world.stages()["Approval"]["inboundExecutions"]]
    assert [world.stages()["Approval"]["latestExecution"]["pipelineExecutionId"], *waiting] == pushed
    for one in pushed:
        world.pipelines.stop_pipeline_execution(pipelineName=PIPELINE, pipelineExecutionId=one, abandon=True)
    assert {world.ended(one)["status"] for one in pushed} == {"Stopped"}


def test_the_way_back_comes_before_a_release_that_waits(world: World) -> None:
    world.project("deploy", 'test "$(cat a)" != bad')
    deploy = [world.approval(), world.build("deploy", order=2)]
    world.create({"name": "Deploy", "actions": deploy, "onFailure": {"result": "ROLLBACK"}})
    world.confirm()
    (good,) = world.push({"a": "good"})
    world.answer("Approved", world.token("Deploy"), "Deploy")
    assert world.ended(good["id"])["status"] == "Succeeded"
    (bad,), (last,) = world.push({"a": "bad"}), world.push({"a": "last"})
    world.until(lambda: world.stages()["Deploy"]["inboundExecutions"] or None)
    world.answer("Approved", world.token("Deploy"), "Deploy")
    assert world.ended(bad["id"])["status"] == "Failed"
    back = world.until(lambda: next((one for one in world.executions() if one["executionType"] == "ROLLBACK"), None))
    world.answer("Approved", world.token("Deploy"), "Deploy")
    assert world.ended(back["pipelineExecutionId"])["status"] == "Succeeded"
    world.answer("Approved", world.token("Deploy"), "Deploy")
    assert world.ended(last["id"])["status"] == "Succeeded"
