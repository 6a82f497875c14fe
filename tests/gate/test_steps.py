"""The steps are all targets that test something, and each sets itself up."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
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
    assert {*parts("verify"), "faults", "probe", "browser"} <= set(TARGETS)


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
    if target not in {"synth", "compliance"}:
        assert "-r requirements/test.lock" in shown
    if target in {"setup", "programs"}:
        assert "-r requirements/aws-cli.lock" in shown
    if target in {"setup", "unit", "compliance"}:
        assert "-r requirements/checkov.lock" in shown
    if target in {"validate", "providers", "compliance", "emulate", "faults", "probe"}:
        assert "-m runner.executable" in shown


MARKS = ("terraform", "stock", "emulator", "browser")


@dataclass(frozen=True)
class Selection:
    """What a target gives to pytest."""

    expression: str
    paths: list[str]
    ignored: list[str]

    @classmethod
    def of_target(cls, target: str) -> Selection:
        command = ["make", "--dry-run", target]
        shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        (line,) = (line for line in shown.replace("\\\n", "").splitlines() if "-m pytest" in line)
        words = shlex.split(line.partition("-m pytest")[2])
        ignored = [after for word, after in pairwise(words) if word == "--ignore"]
        paths = [word for word in words if word.startswith("tests/") and word not in ignored]
        return cls(words[words.index("-m") + 1], paths or ["tests"], ignored)

    def has(self, path: str, marks: set[str]) -> bool:
        def is_below(folders: list[str]) -> bool:
            return any(path == folder or path.startswith(f"{folder}/") for folder in folders)

        values = {mark: mark in marks for mark in MARKS}
        return is_below(self.paths) and not is_below(self.ignored) and bool(eval(self.expression, {}, values))  # noqa: S307


def test_every_test_is_in_one_step_and_no_other() -> None:
    """Whatever marks of its file it has; a few files have tests with several of them."""
    steps = [Selection.of_target(target) for target in ("unit", "programs", "validate", "faults", "probe", "browser")]
    problems, files = [], list((ROOT / "tests").rglob("test_*.py"))
    for file in files:
        path, text = str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")
        present = [mark for mark in MARKS if f"mark.{mark}" in text]
        for marks in (set(some) for count in range(len(present) + 1) for some in combinations(present, count)):
            found = sum(step.has(path, marks) for step in steps)
            if found != 1:
                problems.append(f"{path}, a test with the marks {sorted(marks)}: in {found} steps")
    assert problems == []
    assert len(files) > 200
