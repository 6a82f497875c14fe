"""The files in environments/ are the user's: they must be valid, and nothing else is asked of them.

What the tests prove of the program they prove on tests/environments/, so that another account, region or domain, one
more service or a fourth environment leaves `make test` green.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from config.load import environment_names, load_environments
from config.new_environment import new_environment
from main import ROOT
from tests.fixtures import ENVIRONMENTS, FOLDER
from tests.properties import problems_in

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment

_MAY_READ_THEM = {
    *("test_user_environments.py", "test_every_setting.py", "test_terraform_validate.py"),
    "test_committed_pages.py",  # which asks nothing of an environment whose account the pages do not name
}


def loaded(folder: Path) -> list[Environment]:
    environments, wrong = load_environments(environment_names(folder), folder=folder)
    assert [str(error) for error in wrong] == []
    return environments


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tests' environments that a test may edit as a user would."""
    target = tmp_path / "environments"
    target.mkdir()
    for name in ("project", *ENVIRONMENTS):
        text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
        (target / f"{name}.toml").write_text(text, encoding="utf-8")
    return target


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def test_the_files_are_valid_and_what_comes_of_them_passes_the_rules(tmp_path: Path) -> None:
    assert problems_in(loaded(ROOT / "environments"), tmp_path / "out") == []


def test_the_settings_of_day_1_are_all_that_a_user_must_change(folder: Path, tmp_path: Path) -> None:
    for number, name in enumerate(ENVIRONMENTS, start=5):
        file = folder / f"{name}.toml"
        account = re.findall(r'account_id = "(\d+)"', file.read_text(encoding="utf-8"))[0]
        region, zones = ("us-east-1", "eu-central-1"), ("use1-az", "euc1-az")
        edit(file, (account, str(number) * 12), region, zones, ("users.example.com", "acme.example.org"))
        if "[recovery]" in file.read_text(encoding="utf-8"):
            edit(file, ("us-west-2", "eu-west-1"), ("usw2-az", "euw1-az"))
    assert problems_in(loaded(folder), tmp_path / "out") == []


def test_a_second_region_with_the_zones_of_another_one_is_refused_in_words_that_help(folder: Path) -> None:
    edit(folder / "prod.toml", ('region = "us-west-2"', 'region = "us-east-2"'))
    _, (error,) = load_environments(["prod"], folder=folder)
    lines = str(error).splitlines()
    assert [line.partition(": ")[2].partition(" = ")[0] for line in lines] == [
        "recovery.drills.zones[0]",
        "recovery.drills.zones[1]",
    ]
    assert all("aws ec2 describe-availability-zones --region us-east-2" in line for line in lines)


def test_one_more_service_is_one_more_table(folder: Path, tmp_path: Path) -> None:
    for name in ENVIRONMENTS:
        file = folder / f"{name}.toml"
        table = "\n[services.reports]\nmin_count = 1\nmax_count = 2\ncpu_units = 256\nmemory_mib = 512\n"
        served = 'path_patterns = ["/reports/*"]\npriority = 200\npostgres_role = "summaries"\npool_size = 5\n'
        served += 'smoke_paths = ["/reports/health"]\n' if "blue_green" in file.read_text(encoding="utf-8") else ""
        served += '\n[postgres.roles.summaries]\naccess = "read_only"\n'
        file.write_text(file.read_text(encoding="utf-8") + table + served, encoding="utf-8")
    assert problems_in(loaded(folder), tmp_path / "out") == []


def test_a_fourth_environment_is_one_more_file(folder: Path, tmp_path: Path) -> None:
    new_environment("preview", folder=folder)
    environments = loaded(folder)
    assert [config.name for config in environments] == [*ENVIRONMENTS, "preview"]
    assert problems_in(environments, tmp_path / "out") == []


def test_no_other_test_reads_the_users_files() -> None:
    for file in (ROOT / "tests").rglob("*.py"):
        if file.name in _MAY_READ_THEM:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                assert ast.unparse(node) != "ROOT / 'environments'", f"{file}:{node.lineno}"
