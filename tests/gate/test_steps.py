"""The steps are all targets that test something, and each sets itself up."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from itertools import combinations, pairwise
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


def selections() -> dict[str, tuple[str, list[str], list[str]]]:
    """What each target gives pytest: the expression of marks, the folders, and the folders that are left out."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    values = dict(re.findall(r"^([A-Z]+) := (.+)$", text, flags=re.MULTILINE))
    ignored = " ".join(f"--ignore {name}" for name in values["PROGRAMS"].split())
    found = {}
    for target, arguments in re.findall(
        r"^([a-z]+):[^\n]*\n\t@\$\((?:PYTEST|WAITING)\)(.* -m .+)$", text, flags=re.MULTILINE
    ):
        full = arguments.replace("$(PROGRAMS:%=--ignore %)", ignored)
        for name in ("PROGRAMS", "QUICK"):
            full = full.replace(f"$({name})", values[name])
        words = shlex.split(full)
        folders = [word for word in words if word.startswith("tests/")]
        left_out = [after for word, after in pairwise(words) if word == "--ignore"]
        found[target] = words[words.index("-m") + 1], [name for name in folders if name not in left_out], left_out
    return found


def selects(selection: tuple[str, list[str], list[str]], path: str, marks: set[str]) -> bool:
    expression, folders, left_out = selection
    chosen = any(path.startswith(folder) for folder in folders or ["tests"])
    asked = {name: name in marks for name in re.findall(r"[a-z]+", expression)}
    return (
        chosen and not any(path.startswith(folder) for folder in left_out) and bool(eval(expression, {}, asked))  # noqa: S307 - the Makefile's own
    )


MARKS = ("terraform", "stock", "emulator")


@pytest.mark.parametrize("path", ["tests/emulator/test_a.py", "tests/runner/test_a.py", "tests/stacks/test_a.py"])
@pytest.mark.parametrize("marks", [set(some) for count in range(4) for some in combinations(MARKS, count)], ids=str)
def test_every_test_is_in_one_step_and_no_other(path: str, marks: set[str]) -> None:
    found = selections()
    assert set(found) == {"unit", "programs", "validate", "faults", "probe"} <= set(TARGETS)
    assert len([target for target in found if selects(found[target], path, marks)]) == 1
