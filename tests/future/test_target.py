"""`make future` walks the lanes with the gate's own unit tests, each night, and no gate waits for it."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING

from future.lanes import LANES
from gate.steps import STAGES
from main import ROOT
from tests.workflows.jobs import read_workflow

if TYPE_CHECKING:
    from pathlib import Path


def dry_run(folder: Path, *arguments: str) -> str:
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements", dirs_exist_ok=True)
    command = ["make", "--dry-run", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_the_target_sets_itself_up_and_leaves_out_what_the_unit_tests_do(tmp_path: Path) -> None:
    shown = dry_run(tmp_path, "future", "LANE=core")
    assert "-r requirements/test.lock" in shown
    (line,) = (line for line in shown.splitlines() if "-m future" in line)
    assert "--lane core" in line
    (unit,) = (line for line in dry_run(tmp_path, "unit").splitlines() if "-m pytest" in line)
    _, mark, rest = unit.split('"')
    assert f'--mark "{mark}"' in line
    assert line.split("--leave-out ")[1:] == [one.strip() + " " for one in rest.split("--ignore ")[1:-1]] + [
        rest.split("--ignore ")[-1]
    ]


def test_it_runs_each_night_and_in_no_gate() -> None:
    job = read_workflow("nightly")["jobs"]["future"]
    assert job["steps"][-1] == {"run": "make future"}
    assert "needs" not in job
    assert not [name for name, one in read_workflow("nightly")["jobs"].items() if "future" in (one.get("needs") or [])]
    assert "future" not in {step.name for stage in STAGES for lane in stage for step in lane}


def test_the_packages_of_each_lane_are_exact_and_locked() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    for lane in LANES.values():
        lock = (ROOT / lane.lock).read_text(encoding="utf-8")
        locked = {line.split()[0] for line in lock.splitlines() if line[:1].isalpha()}
        assert set(groups[f"future-{lane.name}"]) == locked
