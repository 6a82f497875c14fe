"""The project's name is in one file: with another one there, nothing that is made has the old one."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from compliance.__main__ import EXIT_OK
from compliance.__main__ import main as check
from config.load import load_environment
from main import synthesize
from synthesis.manifest import read_stacks
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

NAME = "customer-relations"  # longer than a database's user may be


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("renamed")
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    (folder / "project.toml").write_text(f'name = "{NAME}"\n', encoding="utf-8")
    dev = folder / "dev.toml"
    # A tag, which is the user's own word.
    dev.write_text(dev.read_text(encoding="utf-8").replace('cost_center = "user-management"', 'cost_center = "x"'))
    synthesize([load_environment("dev", folder=folder)], folder / "cdktf.out")
    return folder / "cdktf.out"


def test_a_renamed_project_keeps_nothing_of_its_old_name(output: Path) -> None:
    files = [path for path in output.rglob("*") if path.is_file()]
    assert len(files) > 7
    for file in files:
        text = file.read_text(encoding="utf-8", errors="ignore").lower()
        assert not [old for old in ("user-management", "user_management") if old in text], file


def test_a_renamed_project_passes_the_rules(output: Path) -> None:
    assert check(["--output", str(output)], today=date.min) == EXIT_OK


def test_every_stack_is_of_the_renamed_project(output: Path) -> None:
    stacks = read_stacks(output)
    assert {stack.project for stack in stacks.values()} == {NAME}
    (database,) = stacks["dev-data"].all("aws_db_instance")
    assert (database.get("identifier"), database.get("username")) == (f"{NAME}-dev-postgres", "customer_relatio")
    assert {r.get("name") for r in stacks["dev-registry"].all("aws_ecr_repository")} == {
        f"{NAME}-frontend",
        f"{NAME}-backend",
        f"{NAME}-dev-public/aws-observability/aws-otel-collector",
        f"{NAME}-dev-public/docker/library/python",
        f"{NAME}-dev-public/aquasecurity/trivy",
    }
