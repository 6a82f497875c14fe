from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.runner.test_actions import NO_BUCKET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.runner.conftest import Project


@pytest.fixture
def dev(project: Project) -> Project:
    project.stack("dev-state")
    return project


def local_state(dev: Project, *, serial: int = 1) -> Path:
    path = dev.root / ".bootstrap" / "dev" / "terraform.tfstate"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"lineage": "l", "serial": serial, "resources": [{"type": "aws_s3_bucket"}]}))
    return path


def test_a_second_bootstrap_says_so(dev: Project) -> None:
    dev.script("dev-state", resources=["aws_s3_bucket.state"])
    code, out, _ = dev.run("bootstrap", "--yes")
    assert code == 0
    assert "already bootstrapped" in out
    assert dev.calls("apply") == []


def test_a_local_state_left_by_a_kill_after_the_move_becomes_a_backup(dev: Project) -> None:
    path = local_state(dev)
    dev.script("dev-state", resources=["aws_s3_bucket.state"])
    assert dev.run("bootstrap", "--yes")[0] == 0
    assert not path.exists()
    assert path.with_name("terraform.tfstate.backup").exists()


def test_a_local_state_that_is_newer_than_the_buckets_is_an_unfinished_destroy(dev: Project) -> None:
    path = local_state(dev, serial=2)
    dev.script("dev-state", resources=["aws_s3_bucket.state"])
    code, _, err = dev.run("bootstrap", "--yes")
    assert code == 1
    assert "A destroy of dev-state did not finish" in err
    assert "make destroy ENV=dev" in err
    assert path.exists()


def test_a_bucket_without_state_is_not_touched(dev: Project) -> None:
    code, _, err = dev.run("bootstrap", "--yes")
    assert code == 1
    assert "The bucket the-bucket exists, but neither it nor " in err
    assert "terraform import" in err
    assert dev.calls("plan") == []


def test_a_local_state_left_by_a_kill_before_the_move_is_used(dev: Project) -> None:
    path = local_state(dev)
    code, out, _ = dev.run("bootstrap", "--yes")
    assert code == 0
    assert "bootstrapped" in out
    assert dev.calls()[-4:] == [
        "dev-state plan",
        "dev-state state list",
        "dev-state init",
        "dev-state state list",
    ]
    assert not path.exists()


def test_a_missing_bucket_with_a_failing_terraform_keeps_the_local_state(dev: Project) -> None:
    path = local_state(dev)
    dev.script("dev-state", init={"error": {"summary": "AccessDenied"}})
    code, _, err = dev.run("bootstrap", "--yes")
    assert code == 1
    assert "AccessDenied" in err
    assert path.exists()


def test_destroy_continues_from_a_local_state_that_is_as_new(dev: Project) -> None:
    path = local_state(dev, serial=1)
    dev.script("dev-state", resources=["aws_s3_bucket.state"])
    assert dev.run("destroy", "--yes")[0] == 0
    log = (dev.root / ".terraform-work/dev-state/terraform.log").read_text()
    assert "-migrate-state" not in log
    assert not path.exists()


def test_destroy_prefers_a_newer_state_in_the_bucket(dev: Project) -> None:
    local_state(dev, serial=0)
    dev.script("dev-state", resources=["aws_s3_bucket.state"])
    assert dev.run("destroy", "--yes")[0] == 0
    assert "-migrate-state" in (dev.root / ".terraform-work/dev-state/terraform.log").read_text()


def test_destroy_of_what_does_not_exist_does_nothing(dev: Project) -> None:
    dev.script("dev-state", init={"error": NO_BUCKET})
    code, out, _ = dev.run("destroy", "--yes")
    assert code == 0
    assert "nothing there" in out


def test_a_broken_local_state_is_reported(dev: Project) -> None:
    path = local_state(dev)
    path.write_text("{")
    code, _, err = dev.run("destroy", "--yes")
    assert code == 1
    assert f"{path} is not a state file" in err


def test_without_a_state_stack_there_is_nothing_to_bootstrap(project: Project) -> None:
    project.stack("dev-network")
    code, _, err = project.run("bootstrap", "--yes")
    assert code == 2
    assert "dev has no stack of the layer 'state', which holds the state." in err
