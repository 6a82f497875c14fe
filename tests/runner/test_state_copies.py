"""The states in the second region's bucket, while their layers are synthesized and after [recovery] was removed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.outputs import backend, identity

if TYPE_CHECKING:
    from tests.runner.conftest import Project

NAME = "recovery-us-west-2"
COPIES = {"state_copies_bucket": "the-copies", "state_copies_region": "us-west-2"}
DELETED = {"aws_s3_bucket.copies": {"bucket": "the-copies", "region": "us-west-2"}}
NO_BUCKET = {"summary": 'Failed to get existing workspaces: S3 bucket "the-copies" does not exist.', "detail": ""}


def document(name: str, *, region: str = "us-east-1", in_copies: bool = False) -> dict[str, Any]:
    place = {**backend(name), "region": "us-east-1", "encrypt": True, "kms_key_id": "alias/home"}
    return {
        "//": {"metadata": identity(layer=name.partition("-")[0], name=name, region=region)},
        "provider": {"aws": [{"region": region}]},
        "terraform": {
            "backend": {"s3": {**place, "bucket": "the-copies", "region": "us-west-2"} if in_copies else place},
            "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
        },
    }


@pytest.fixture
def dev(project: Project) -> Project:
    """Both regions are applied; the second bucket has copies of the states of the first one, too."""
    project.stack("dev-state", document=document("state"))
    project.stack("dev-network", document=document("network"))
    project.script("dev-state", resources=["aws_s3_bucket.state"], outputs=COPIES)
    project.script("dev-state-objects", workspaces=["network", "state"])
    project.script("dev-state-copies", workspaces=["network", NAME, "state"])
    project.script(f"dev-{NAME}", resources=["aws_backup_vault.copies"], arn="arn:aws:backup:us-west-2:1:x")
    return project


def removes_recovery(dev: Project, **steps: Any) -> None:
    dev.script("dev-state", resources=["aws_s3_bucket.state"], outputs=COPIES, plan={"deletes": DELETED, **steps})


def test_a_stack_of_the_second_region_waits_for_its_bucket_and_no_other_does(dev: Project) -> None:
    dev.stack(f"dev-{NAME}", document=document(NAME, region="us-west-2", in_copies=True))
    dev.script(f"dev-{NAME}", init={"error": NO_BUCKET})
    dev.script("dev-network", plan={"add": 1})
    _, out, _ = dev.run("plan", "--parallel", "1")
    assert "waits for dev-state, run `make apply ENV=dev LAYER=state` first" in out
    assert "Plan of dev-network" in out


def test_without_the_table_its_stacks_are_reported_and_the_copies_are_not(dev: Project) -> None:
    code, out, _ = dev.run("plan")
    assert code == 0
    assert f"dev-{NAME} is switched off, but its resources still exist." in out
    assert "dev-network is switched off" not in out


def test_without_the_table_they_can_be_destroyed_in_their_region(dev: Project) -> None:
    assert dev.run("destroy", "--layer", NAME, "--yes")[0] == 0
    assert dev.calls("apply") == [f"dev-{NAME} apply"]
    written = json.loads((dev.root / f".terraform-work/dev-{NAME}/config/cdk.tf.json").read_text())
    assert written["provider"]["aws"] == [{"region": "us-west-2"}]
    place = {"bucket": "the-copies", "region": "us-west-2", "key": f"{NAME}/terraform.tfstate"}
    assert written["terraform"]["backend"]["s3"] == place


@pytest.mark.parametrize("action", [("plan",), ("apply", "--yes")])
def test_their_bucket_is_not_destroyed_before_them(dev: Project, action: tuple[str, ...]) -> None:
    removes_recovery(dev)
    code, _, err = dev.run(*action, "--layer", "state")
    assert code == 1
    assert f"would destroy the bucket the-copies, which has the states of dev-{NAME}" in err
    assert f"make destroy ENV=dev LAYER={NAME}" in err
    assert dev.calls(" apply") == []


def test_with_nothing_but_copies_and_empty_states_the_bucket_can_go(dev: Project) -> None:
    removes_recovery(dev)
    dev.script(f"dev-{NAME}", resources=[])
    assert dev.run("apply", "--layer", "state", "--yes")[0] == 0
    assert dev.calls("apply") == ["dev-state apply"]


def test_another_bucket_of_the_layer_has_no_states(dev: Project) -> None:
    removes_recovery(dev, deletes={"aws_s3_bucket.logs": {"bucket": "the-logs", "region": "us-west-2"}})
    assert dev.run("apply", "--layer", "state", "--yes")[0] == 0


def test_a_bucket_that_cannot_be_read_is_not_taken_for_an_empty_one(dev: Project) -> None:
    removes_recovery(dev)
    dev.script("dev-state-copies", workspace={"error": {"summary": "AccessDenied", "detail": "s3:ListBucket"}})
    code, _, err = dev.run("apply", "--layer", "state", "--yes")
    assert code == 1
    assert "AccessDenied" in err
    assert dev.calls(" apply") == []
