"""Environments with a pipeline and the layer `recovery`: the pipeline may change nothing of that layer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance.rules.pipeline_rights import pipeline_cannot_end_copies
from config.load import load_environment
from config.security import GithubSettings
from main import synthesize
from synthesis.manifest import Stack, read_stacks
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from config.environment import Environment

PARTS = {
    "prod": ("prod-recovery", "prod-recovery-us-west-2"),
    "elsewhere": ("elsewhere-recovery", "elsewhere-recovery-eu-central-1", "elsewhere-recovery-us-east-1"),
}
DENIALS = {
    "DenyAuditKeyChanges": "kms:ScheduleKeyDeletion",
    "DenyCopierChanges": "lambda:UpdateFunctionCode",
    "DenyCopyingChanges": "s3:PutReplicationConfiguration",
    "DenyCopyingRoleChanges": "iam:PutRolePolicy",
    "DenySecondRegion": "ecr:DeleteRepository",
}


def with_pipeline(environment: Environment) -> Environment:
    assert environment.security
    github = GithubSettings(repository="acme/infra", branch="main", plan_pull_requests=False)
    return environment.model_copy(update={"security": environment.security.model_copy(update={"github": github})})


@pytest.fixture(scope="module")
def stacks(environments: dict[str, Environment], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    folder: Path = tmp_path_factory.mktemp("pipeline") / "cdktf.out"
    elsewhere = load_environment("elsewhere", folder=FOLDER / "renamed")
    synthesize([with_pipeline(environments["prod"]), with_pipeline(elsewhere)], folder)
    return read_stacks(folder)


def findings(stacks: Mapping[str, Stack]) -> Iterator[str]:
    for stack in stacks.values():
        for finding in pipeline_cannot_end_copies.check(stack, stacks):
            yield f"{stack.id}/{finding.address}: {finding.message}"


def without_statement(stacks: Mapping[str, Stack], sid: str) -> dict[str, Stack]:
    """The stacks, with this statement in no policy."""

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: cut(one) for key, one in value.items()}
        if not isinstance(value, str) or f'"Sid":"{sid}"' not in value:
            return value
        policy = json.loads(value)
        return json.dumps({**policy, "Statement": [one for one in policy["Statement"] if one.get("Sid") != sid]})

    return {
        id_: Stack(
            id=id_,
            folder=stack.folder,
            document={**stack.document, "resource": cut(stack.document.get("resource", {}))},
            dependencies=stack.dependencies,
        )
        for id_, stack in stacks.items()
    }


def test_a_pipeline_changes_nothing_of_the_layer_in_any_region(stacks: dict[str, Stack]) -> None:
    assert set(PARTS["prod"] + PARTS["elsewhere"]) <= set(stacks)
    assert list(findings(stacks)) == []


@pytest.mark.parametrize(("sid", "action"), DENIALS.items())
def test_each_denial_is_needed(stacks: dict[str, Stack], sid: str, action: str) -> None:
    assert any(action in found for found in findings(without_statement(stacks, sid)))
