"""A `kill -9` of Terraform alone, as the kernel does it where memory is short: the runner names it and its lock."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.place import slow, vpcs, wait_until
from tests.processes import processes_with

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.place import Place

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.terraform,
    pytest.mark.xdist_group("state safety"),
    pytest.mark.seconds(15),
]


def started_by(process: int) -> set[int]:
    """The processes that it has started, and those that these have."""
    listed = subprocess.run(["ps", "-wweo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout  # noqa: S607
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in listed.splitlines())}
    found = {process}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process}


def test_a_terraform_that_is_killed_leaves_a_lock_that_is_named_and_no_provider(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_LOG_CORE", "error")  # as on a real account: Terraform itself starts its provider
    place.write({**vpcs(2), **slow(tmp_path / "begun")})
    others: set[int] = set()

    def kill() -> None:
        wait_until((tmp_path / "begun").exists)
        (terraform,) = [pid for pid, line in processes_with(f"-chdir={place.root}/").items() if " apply " in line]
        others.update(started_by(terraform))
        os.kill(terraform, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    assert place.apply() == 1
    killer.join()

    stderr = capsys.readouterr().err
    assert "Terraform was killed (signal 9; out of memory?). Its provider was ended, too.\n" in stderr
    (lock,) = re.findall(r"to release it: make unlock ENV=dev LAYER=network LOCK_ID=(\S+)", stderr)
    assert others
    wait_until(lambda: not others & {*processes_with("")}, seconds=20)
    assert place.run("unlock", "--lock-id", "another") == 1
    assert capsys.readouterr().err.startswith(f"dev-network is locked under another id: {lock}.\n")
    assert place.run("unlock", "--lock-id", lock) == 0
    assert not place.locked()
    assert place.run("unlock", "--lock-id", lock) == 1
    assert capsys.readouterr().err == "dev-network is not locked.\nThere is nothing to release.\n"
