"""A Terraform that is killed is named as such, and what it started ends."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from runner.processes import Completed

if TYPE_CHECKING:
    from tests.runner.conftest import Project


def ends(process: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if f"{process} (sleep) Z" in _stat(process):  # ended, and nobody has asked yet
            return True
        time.sleep(0.05)
    return False


def _stat(process: int) -> str:
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return ""


def refused(text: str) -> dict[str, object]:
    """The script of a `force-unlock` that fails."""
    return {"force-unlock": {"error": {"summary": "", "detail": text}}}


LOCKED = """failed to unlock both S3 and DynamoDB: S3 error: lock ID 'none' does not match the existing lock ID \
'8be6ff10', DynamoDB error: lock ID "none" does not match existing lock ("8be6ff10")
Lock Info:
  ID:        8be6ff10
  Path:      bucket/network/terraform.tfstate
"""
"""The words of Terraform 1.11 with both locks of one holder."""


@pytest.mark.parametrize("step", ["plan", "apply"])
def test_a_killed_terraform_is_named_and_its_provider_ends(dev: Project, step: str) -> None:
    killed = {"plan": {"add": 1}, step: {"add": 1, "killed": int(signal.SIGKILL)}}
    dev.script("dev-network", **killed, **refused(LOCKED))
    code, _, err = dev.run("apply", "--yes", "--layer", "network")
    assert code == 1
    assert "Terraform was killed (signal 9; out of memory?). Its provider was ended, too." in err
    assert "Its lock stays; to release it: make unlock ENV=dev LAYER=network LOCK_ID=8be6ff10\n" in err
    assert ("The next apply takes over what was made." in err) == (step == "apply")
    assert "@level" not in err
    (provider,) = [int(call.split()[-1]) for call in dev.calls() if " provider " in call]
    assert ends(provider)


def test_another_signal_is_no_lack_of_memory_and_a_free_state_needs_no_unlock(dev: Project) -> None:
    free = """failed to unlock both S3 and DynamoDB: S3 error: unable to retrieve file from S3 bucket 'b' with key \
'k.tflock': operation error S3: GetObject, https response error StatusCode: 404, NoSuchKey: , DynamoDB error: failed \
to retrieve lock info for lock ID "none": unexpected end of JSON input"""
    dev.script("dev-network", plan={"killed": int(signal.SIGTERM)}, **refused(free))
    code, _, err = dev.run("plan", "--layer", "network")
    assert code == 1
    assert "Terraform was killed (signal 15). " in err
    assert "memory" not in err
    assert "unlock" not in err


def test_a_lock_that_cannot_be_read_is_named_by_the_next_run(dev: Project) -> None:
    dev.script("dev-network", plan={"killed": int(signal.SIGKILL)}, **refused("AccessDenied"))
    _, _, err = dev.run("plan", "--layer", "network")
    assert "Its lock may stay: then the next plan names its id, and how to release it.\n" in err
    assert "LOCK_ID" not in err


def test_a_killed_destroy_is_repeated_not_followed_by_an_apply(dev: Project) -> None:
    dev.script(
        "dev-network",
        resources=["aws_vpc.main"],
        plan={"remove": 1},
        apply={"remove": 1, "killed": int(signal.SIGKILL)},
        **refused(LOCKED),
    )
    code, _, err = dev.run("destroy", "--yes", "--layer", "network")
    assert code == 1
    assert "The next destroy deletes what is left." in err
    assert "apply takes over" not in err


@pytest.mark.parametrize(("code", "number"), [(-9, 9), (137, 9), (143, 15), (0, 0), (1, 0), (2, 0)])
def test_a_script_before_terraform_tells_of_the_signal_too(code: int, number: int) -> None:
    assert Completed(code, "", "").signal == number
