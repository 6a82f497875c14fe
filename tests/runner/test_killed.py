"""A Terraform that is killed is named as such, and what it started ends."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

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


@pytest.mark.parametrize("step", ["plan", "apply"])
def test_a_killed_terraform_is_named_and_its_provider_ends(dev: Project, step: str) -> None:
    dev.script("dev-network", **{"plan": {"add": 1}, step: {"add": 1, "killed": int(signal.SIGKILL)}})
    code, _, err = dev.run("apply", "--yes", "--layer", "network")
    assert code == 1
    assert "Terraform was killed (signal 9; out of memory?). Its provider was ended, too." in err
    assert "`make unlock ENV=dev LAYER=network LOCK_ID=...` releases it." in err
    assert "@level" not in err
    (provider,) = [int(call.split()[-1]) for call in dev.calls() if " provider " in call]
    assert ends(provider)


def test_another_signal_is_no_lack_of_memory(dev: Project) -> None:
    dev.script("dev-network", plan={"killed": int(signal.SIGTERM)})
    code, _, err = dev.run("plan", "--layer", "network")
    assert code == 1
    assert "Terraform was killed (signal 15). " in err


@pytest.mark.parametrize(
    ("detail", "says"),
    [
        (
            "failed to retrieve s3 lock info: operation error S3: GetObject, NoSuchKey",
            "dev-network is not locked.\nThere is nothing to release.\n",
        ),
        (
            'lock ID "1" does not match existing lock ("8be6ff10")',
            (
                "dev-network is locked under another id: 8be6ff10.\n"
                "If its holder is no longer running: make unlock ENV=dev LAYER=network LOCK_ID=8be6ff10\n"
            ),
        ),
    ],
)
def test_a_lock_that_cannot_be_released_is_told_in_plain_words(dev: Project, detail: str, says: str) -> None:
    summary = "\x1b[31mFailed to unlock state\x1b[0m"
    dev.script("dev-network", **{"force-unlock": {"error": {"summary": summary, "detail": detail}}})
    code, _, err = dev.run("unlock", "--layer", "network", "--lock-id", "1")
    assert (code, err.endswith(says)) == (1, True), err
    assert "\x1b" not in err
