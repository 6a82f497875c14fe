"""The gate with steps that take a moment."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from gate import speed
from gate.__main__ import main
from gate.steps import Lane, Step
from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

BUDGET = 600
WAIT = """
import pathlib, sys, time
for _ in range(3000):
    if pathlib.Path({!r}).exists(): break
    time.sleep(0.01)
else: sys.exit("it does not come")
"""


@pytest.fixture(autouse=True)
def _a_machine_as_fast_as_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "measure", lambda: speed.REFERENCE_SECONDS)


def step(name: str, code: str = "") -> Step:
    return Step(name, (sys.executable, "-c", code))


def alone(name: str, code: str = "") -> tuple[Lane, ...]:
    return ((step(name, code),),)


def rows(printed: str) -> dict[str, list[str]]:
    """The rows of the table, by their step."""
    lines = printed.partition("step ")[2].splitlines()[1:]
    cells = [re.split(r"  +", line) for line in lines if "  " in line]
    return {first: rest for first, *rest in cells}


def test_each_step_has_its_seconds_and_its_share_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([alone("make one", "import time; time.sleep(1)"), alone("make two")], budget=BUDGET) == 0
    printed = capsys.readouterr().out
    table = printed[printed.index("step ") :].splitlines()[:5]
    assert [line.split()[-1] for line in table] == ["result", "passed", "passed", "processors", "-"]
    ends = {
        line.rindex(word) + len(word) for line, word in zip(table, ("share %", "100"), strict=False) if word in line
    }
    assert len(ends) == 1, "the numbers are aligned to the right"
    found = rows(printed)
    assert list(found) == ["make one", "make two", "total", "budget"]
    assert (found["make one"][0], found["budget"][1]) == ("0", "600")
    assert 1 <= int(found["make one"][1]) <= int(found["total"][1])
    assert int(found["make one"][3]) > 50
    assert re.search(
        r"^All steps have passed, in 0 min 1 s of the 10 min 0 s that they may take\.$", printed, re.MULTILINE
    )


def test_a_failing_step_ends_the_run_and_the_table_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    stages = [alone("one"), alone("two", "print('why'); raise SystemExit(3)"), alone("three", "print('never')")]
    assert main(stages, budget=BUDGET) == 1
    printed = capsys.readouterr()
    assert {name: cells[-1] for name, cells in rows(printed.out).items() if name in {"one", "two", "three"}} == {
        "one": "passed",
        "two": "failed",
        "three": "not run",
    }
    assert rows(printed.out)["three"] == ["-", "-", "-", "-", "not run"]
    assert "\n== two\nwhy\n== two failed with exit code 3\n" in printed.out
    assert "never" not in printed.out
    assert printed.err == "Failed: two; what it printed is above.\n"


def test_what_runs_beside_a_failing_step_goes_on_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    lanes = (
        (step("fails", "raise SystemExit(1)"), step("after it")),
        (step("beside", "import time; time.sleep(0.5)"),),
    )
    assert main([lanes], budget=BUDGET) == 1
    found = rows(capsys.readouterr().out)
    assert (found["fails"][-1], found["after it"][-1], found["beside"][-1]) == ("failed", "not run", "passed")


def test_no_other_lane_goes_on_to_its_next_step_once_one_has_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = tmp_path / "number"
    fails = f"import os, pathlib\npathlib.Path({str(number)!r}).symlink_to(str(os.getpid()))\nraise SystemExit(1)"
    # Until the gate has seen the other one's end, and a moment longer, in which it writes that down.
    beside = f"""
import os, time
while not os.path.islink({str(number)!r}):
    time.sleep(0.01)
try:
    while True:
        os.kill(int(os.readlink({str(number)!r})), 0)
        time.sleep(0.01)
except ProcessLookupError:
    time.sleep(0.5)
"""
    lanes = ((step("fails", fails),), (step("beside", beside), step("next of it")))
    assert main([lanes], budget=BUDGET) == 1
    found = rows(capsys.readouterr().out)
    assert (found["beside"][-1], found["next of it"][-1]) == ("passed", "not run")


def test_lanes_run_side_by_side_and_each_line_names_its_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = (str(tmp_path / name) for name in ("one", "two"))
    ready = "import pathlib; pathlib.Path({!r}).touch()\n"
    first = ready.format(one) + WAIT.format(two) + "print('met')"
    second = ready.format(two) + WAIT.format(one) + "sys.stderr.write('met, too')"
    assert main([((step("longer", first),), (step("one", second),))], budget=BUDGET) == 0
    printed = capsys.readouterr().out
    assert "longer | met\n" in printed
    assert "one    | met, too" in printed


def test_a_run_above_the_budget_fails_although_all_has_passed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([alone("one", "import time; time.sleep(1.1)")], budget=1) == 1
    printed = capsys.readouterr()
    assert rows(printed.out)["one"][-1] == "passed"
    assert re.match(
        r"All steps have passed, but they took 0 min \d s; with \d+ layers they may take 0 min 1 s on this machine ",
        printed.err,
    )


def test_the_budget_is_that_of_the_layers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([alone("one")]) == 0
    assert 30 * 60 <= int(rows(capsys.readouterr().out)["budget"][1]) <= 45 * 60


def test_the_processor_seconds_are_those_of_all_processes_of_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    child = "import time\nwhile time.process_time() < 1.1: pass"
    waits = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    assert main([alone("works", waits), alone("sleeps", "import time; time.sleep(1)")], budget=BUDGET) == 0
    found = rows(capsys.readouterr().out)
    assert int(found["works"][2]) >= 1
    assert int(found["sleeps"][2]) < 1


def test_a_process_that_outlives_its_step_does_not_hold_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gate.run._LAST_LINES_SECONDS", 0.2)
    leaves = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(4)'])"
    started = time.monotonic()
    assert main([alone("leaves", leaves)], budget=BUDGET) == 0
    assert time.monotonic() - started < 3
    assert "passed" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_reaches_what_a_step_has_started(
    number: signal.Signals, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    child = f"""
import pathlib, time
try:
    pathlib.Path({str(begun)!r}).touch()
    time.sleep(60)
except KeyboardInterrupt:
    pathlib.Path({str(ended)!r}).touch()
"""
    parent = f"""
import subprocess, sys
with subprocess.Popen([sys.executable, "-c", {child!r}]) as process:
    try:
        process.wait()
    except KeyboardInterrupt:
        sys.exit(process.wait() or 1)
"""

    def interrupt() -> None:
        while not begun.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    threading.Thread(target=interrupt).start()
    assert main([alone("waits", parent), alone("never")], budget=BUDGET) == 130
    printed = capsys.readouterr()
    assert ended.exists()
    assert (rows(printed.out)["waits"][-1], rows(printed.out)["never"][-1]) == ("interrupted", "not run")
    assert printed.err == "Interrupted.\n"


def test_what_ci_runs_is_each_step_with_make(tmp_path: Path) -> None:
    """`.ci/run` as it is, in a copy whose `make` does nothing but print the step."""
    for name in (".ci", "gate", "console", "stacks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", tmp_path)
    fake = tmp_path / "bin" / "make"
    fake.parent.mkdir()
    real = shutil.which("make")
    fake.write_text(f'#!/bin/sh\ncase "$*" in *gate*) exec {real} "$@";; esac\necho "did $* $MAKELEVEL$CI"\n')
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    shutil.copy(fake, fake.with_name("chromium"))  # or it would install one
    environ = {name: value for name, value in os.environ.items() if name not in {"CI", "MAKELEVEL", "MAKEFLAGS"}}
    done = subprocess.run(
        [tmp_path / ".ci" / "run"],
        env=environ | {"PATH": f"{fake.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ran = re.findall(r"did --no-print-directory (.+) true$", done.stdout, flags=re.MULTILINE)
    assert len(ran) == len([cells for cells in rows(done.stdout).values() if cells[-1] == "passed"]) > 8
    assert ran[:2] == ["synth", "synth ENV=prod"]
