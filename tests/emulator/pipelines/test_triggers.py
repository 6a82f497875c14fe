from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from emulator.pipelines.triggers import matches_glob

if TYPE_CHECKING:
    from tests.emulator.pipelines.world import World


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("main", "main", True),
        ("main", "main2", False),
        ("release-*", "release-1", True),
        ("release-*", "release-1/a", False),
        ("release-**", "release-1/a", True),
        ("backend/**", "backend/a/b.js", True),
        ("**/*.md", "README.md", True),
        ("**/*.md", "docs/a/b.md", True),
        ("v[0-9].?", "v1.x", True),
        ("{a,b}/*", "b/c", True),
        ("{a,b}/*", "c/c", False),
    ],
)
def test_a_pattern_matches_as_in_git(pattern: str, text: str, *, matches: bool) -> None:
    assert matches_glob(pattern, text) is matches


def trigger(**push: Any) -> list[dict[str, Any]]:
    git = {"sourceActionName": "source", "push": [push]}
    return [{"providerType": "CodeStarSourceConnection", "gitConfiguration": git}]


def test_a_trigger_takes_the_branches_and_files_that_it_names(world: World) -> None:
    triggers = trigger(branches={"includes": ["main"]}, filePaths={"includes": ["backend/**"], "excludes": ["**/*.md"]})
    world.create({"name": "Approval", "actions": [world.approval()]}, triggers=triggers)
    world.confirm()
    assert world.push(paths=["docs/a"]) == []
    assert world.push(paths=["backend/a.md"]) == []
    assert world.push(paths=["backend/a"], branch="other") == []
    assert world.push(paths=["backend/a"], tag="v1") == []
    (started,) = world.push(paths=["docs/a", "backend/a"])
    found = world.pipelines.get_pipeline_execution(pipelineName="app", pipelineExecutionId=started["id"])
    assert found["pipelineExecution"]["trigger"]["triggerType"] == "WebhookV2"


def test_a_push_can_be_for_one_account_only(world: World) -> None:
    world.create({"name": "Approval", "actions": [world.approval()]}, triggers=trigger(branches={"includes": ["main"]}))
    world.confirm()
    assert world.push(branch="main", account="000000000000") == []
    (started,) = world.push(branch="main", account=world.account)
    assert started["account"] == world.account


def test_a_trigger_of_tags_takes_the_commit_of_the_tag(world: World) -> None:
    world.create({"name": "Approval", "actions": [world.approval()]}, triggers=trigger(tags={"includes": ["v*"]}))
    world.confirm()
    assert world.push(branch="main") == []
    assert world.push(tag="test") == []
    (started,) = world.push(tag="v1")
    world.answer("Approved", world.token())
    done = world.ended(started["id"])
    assert done["status"] == "Succeeded"
    assert done["artifactRevisions"][0]["revisionId"] in done["trigger"]["triggerDetail"]


def test_a_rule_of_eventbridge_starts_a_pipeline_if_its_role_may(world: World) -> None:
    world.create({"name": "Approval", "actions": [world.approval()]})
    events = world.of("events")
    events.put_rule(Name="start", EventPattern=json.dumps({"source": ["own"]}))
    arn = f"arn:aws:codepipeline:us-east-1:{world.account}:app"
    for name, actions in (("may-not", "s3:*"), ("may", "codepipeline:StartPipelineExecution")):
        role = world.make_role(name, "events", actions)
        events.put_targets(Rule="start", Targets=[{"Id": "pipeline", "Arn": arn, "RoleArn": role}])
        events.put_events(Entries=[{"Source": "own", "DetailType": "x", "Detail": "{}"}])
        assert len(world.executions()) == (2 if name == "may" else 1)


def test_a_push_that_is_not_valid_is_refused(world: World) -> None:
    with pytest.raises(OSError, match="400"):
        world.push(branch="main", tag="v1")
    with pytest.raises(OSError, match="404"):
        world.post("connections", {"arn": "arn:aws:codeconnections:us-east-1:123456789012:connection/none"})
