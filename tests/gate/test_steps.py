"""The steps are all targets that test something, and each sets itself up."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from gate.steps import STAGES
from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

STEPS = [step for stage in STAGES for lane in stage for step in lane]
TARGETS = [step.name for step in STEPS if "=" not in step.name]


def prerequisites(target: str) -> list[str]:
    found = re.search(rf"^{target}:([^#\n]*)", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert found, target
    return found[1].split()


def parts(target: str) -> set[str]:
    """The targets that do the work: `verify` is `test`, which is `lint`, ..."""
    needed = {name for name in prerequisites(target) if not name.startswith(".venv")}
    return {part for name in needed for part in parts(name)} | ({target} if target not in {"verify", "test"} else set())


def test_verify_is_a_part_of_it_and_so_are_the_failures_and_the_emulators_own_tests() -> None:
    assert len(parts("verify")) > 5
    assert {*parts("verify"), "faults", "probe"} <= set(TARGETS)


def test_no_step_is_there_twice() -> None:
    assert len(set(STEPS)) == len(STEPS)


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_sets_itself_up(target: str, tmp_path: Path) -> None:
    """In the gate only the first ones have to."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shown = subprocess.run(
        ["make", "--dry-run", target],  # noqa: S607
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "-r requirements/synth.lock" in shown
    if target not in {"synth", "check"}:
        assert "-r requirements/test.lock" in shown
    if target in {"validate", "emulate", "faults", "probe"}:
        assert "-m runner.executable" in shown


def test_every_test_is_in_exactly_one_of_the_steps() -> None:
    """Each step selects by marks and folders; together they must leave nothing out."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "QUICK := not terraform and not stock and not emulator\n" in text
    selections = re.findall(r"^\t@\$\(PYTEST\) (.+)$", text, flags=re.MULTILINE)
    assert selections == [
        '-m "$(QUICK)" $(PROGRAMS:%=--ignore %)',
        '-m "$(QUICK)" $(PROGRAMS)',
        '-m "(terraform or stock) and not emulator"',
        "-m emulator --ignore tests/emulator",
        "-m emulator tests/emulator",
    ], "count that the selections of the Makefile still are all tests, then change this list"
