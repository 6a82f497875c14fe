"""Real signals, to a real process, at a real terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.runner.conftest import Project

ROOT = Path(__file__).parents[2]


def start(project: Project, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "runner", *project.command(*arguments)],
        cwd=ROOT,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_until(met: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_terraform_is_interrupted_once_and_waited_for(project: Project, number: signal.Signals) -> None:
    project.stack("dev-network")
    project.stack("dev-service", "dev-network")
    project.script("dev-network", plan={"add": 1}, apply={"working": 60})
    process = start(project, "apply", "--yes")
    wait_until(lambda: project.calls("begun"))
    os.killpg(process.pid, number)  # the whole group, as a terminal does
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert project.calls("dev-network")[-2:] == ["dev-network interrupted", "dev-network released"]
    assert project.calls("dev-service") == []
    assert "Stopping: Terraform finishes what it has started" in out
    assert "To continue: make apply ENV=dev" in out


def test_a_closed_terminal_is_an_interrupt_like_any_other(project: Project) -> None:
    project.stack("dev-network")
    project.script("dev-network", plan={"add": 1}, apply={"working": 60})
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", *project.command("apply", "--yes")],
        cwd=ROOT,
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    )
    os.close(end)
    try:
        wait_until(lambda: project.calls("begun"))
    finally:
        os.close(terminal)  # from now on every write is an error
    process.send_signal(signal.SIGHUP)
    process.wait(timeout=30)
    assert project.calls("dev-network")[-2:] == ["dev-network interrupted", "dev-network released"]
    assert process.returncode == 130


def test_an_interrupt_before_the_first_resource_is_held_back_until_terraform_accepts_it(project: Project) -> None:
    project.stack("dev-network")
    project.script("dev-network", plan={"add": 1}, apply={"seconds": 0.5, "working": 60})
    process = start(project, "apply", "--yes")
    wait_until(lambda: project.calls(" apply"))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert project.calls("interrupt") == ["dev-network interrupted"]


def answered(project: Project, answer: str) -> tuple[int, str]:
    project.stack("dev-network")
    project.stack("dev-service", "dev-network")
    project.stack("dev-registry")
    project.script("dev-network", plan={"add": 2})
    terminal, stdin = pty.openpty()
    try:
        process = start(project, "apply", stdin=stdin)
        assert process.stdout
        before = ""
        while "accepted:" not in before:
            character = process.stdout.read(1)
            assert character, before
            before += character
        if answer:
            os.write(terminal, f"{answer}\n".encode())
        else:
            process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    finally:
        os.close(terminal)
        os.close(stdin)
    return process.returncode, before + out


def test_yes_applies_what_was_shown(project: Project) -> None:
    code, out = answered(project, "yes")
    assert code == 0
    assert "Plan of dev-network" in out
    assert "Apply these 2 changes to dev-network? Only 'yes' is accepted:" in out
    assert project.calls(" apply") == ["dev-network apply"]


def test_anything_else_declines_and_holds_back_the_consumers_only(project: Project) -> None:
    code, out = answered(project, "y")
    assert code == 2
    assert project.calls(" apply") == []
    assert project.calls("dev-service") == []
    assert project.calls("dev-registry plan")
    assert "The declined stacks were not changed." in out


def test_ctrl_c_at_the_question_ends_it(project: Project) -> None:
    code, _ = answered(project, "")
    assert code == 130
    assert project.calls(" apply") == []
