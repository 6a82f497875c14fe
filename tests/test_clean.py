"""`make clean` deletes no state, wherever the program or a person put it."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from main import ROOT
from tests.makefile import targets

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


CREATED = '{"hook":{"action":"create","id_value":"vpc-1"},"type":"apply_complete"}'
DELETED = '{"hook":{"action":"delete","id_value":"vpc-1"},"type":"apply_complete"}'


@pytest.mark.parametrize(
    ("name", "text"), [("made.json", '{"aws_vpc.a": "vpc-1"}'), ("terraform.log", f"$ terraform apply\n{CREATED}\n")]
)
def test_what_only_a_killed_apply_knows_is_kept(tmp_path: Path, name: str, text: str) -> None:
    file = put(tmp_path / ".terraform-work" / "dev-network" / name)
    file.write_text(text, encoding="utf-8")
    result = clean(tmp_path)
    assert result.returncode == 2
    assert result.stdout == f".terraform-work/dev-network/{name}\n"
    assert (
        "This is what an apply made that did not end well: 'make plan ENV=..' says what is still to be taken over"
        in result.stderr
    )
    assert file.exists()


@pytest.mark.parametrize("text", [f"{CREATED}\nApply complete! Resources: 1 added.\n", f"{DELETED}\n", ""])
def test_the_log_of_an_apply_that_has_written_its_state_is_removed(tmp_path: Path, text: str) -> None:
    file = put(tmp_path / ".terraform-work" / "dev-network" / "terraform.log")
    file.write_text(text, encoding="utf-8")
    assert clean(tmp_path).returncode == 0
    assert not file.exists()


def test_nothing_is_deleted_but_what_the_help_names(tmp_path: Path) -> None:
    (recipe,) = re.findall(r"^\trm -rf (.*)$", targets()["clean"].recipe, re.MULTILINE)
    deleted = set(recipe.split())
    caches = {one for one in deleted if one.endswith("_cache")} | {".hypothesis"}
    assert deleted - caches == {one for one in re.findall(r"[\w.-]+", targets()["clean"].help) if one in deleted}
    for name in (*deleted, "environments", ".git", ".bootstrap", "cdktf.out.d"):
        put(tmp_path / name / "file")
    assert clean(tmp_path).returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "Makefile",
        "environments",
        ".git",
        ".bootstrap",
        "cdktf.out.d",
    }


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
