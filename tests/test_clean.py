"""`make clean` deletes no state, wherever the program or a person put it."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def clean(folder: Path) -> subprocess.CompletedProcess[str]:
    shutil.copy2(ROOT / "Makefile", folder)
    return subprocess.run(["make", "clean"], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S607


def put(file: Path) -> Path:
    file.parent.mkdir(parents=True)
    file.touch()
    return file


@pytest.mark.parametrize(
    "place",
    [
        ".terraform-work/dev-state/errored.tfstate",
        ".terraform-work/dev-state/config/terraform.tfstate",
        "cdktf.out/stacks/dev-state/terraform.tfstate",
        "cdktf.out/stacks/dev-state/terraform.tfstate.backup",
        "cdktf.out/stacks/dev-state/terraform.tfstate.d/other/terraform.tfstate",
    ],
)
def test_a_state_is_kept(tmp_path: Path, place: str) -> None:
    state = put(tmp_path / place)
    result = clean(tmp_path)
    assert result.returncode == 2
    assert place.partition(".d/")[0] in result.stdout
    assert "This is a state that may not be in the bucket" in result.stderr
    assert state.exists()


@pytest.mark.parametrize(
    "place",
    [
        "cdktf.out/stacks/dev-state/.terraform/terraform.tfstate",
        ".terraform-work/dev-state/data/terraform.tfstate",
        ".terraform-work/dev-state/terraform.log",
    ],
)
def test_what_terraform_makes_again_is_removed(tmp_path: Path, place: str) -> None:
    made = put(tmp_path / place)
    assert clean(tmp_path).returncode == 0
    assert not made.exists()
