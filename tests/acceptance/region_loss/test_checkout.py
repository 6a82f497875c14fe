"""Commands run in a copy of the project, one after the other, and what they assign counts in the next ones."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from acceptance.region_loss.checkout import Checkout
from runner.errors import RunnerError
from runner.processes import Processes
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    (tmp_path / "environments").mkdir()
    return Checkout(tmp_path, "prod", Processes(), {**os.environ, "YES": "1"})


def test_what_a_command_assigns_is_there_in_the_next_ones(checkout: Checkout) -> None:
    checkout.run('NAME=one OTHER="two  words"\nTHIRD=$(echo "$NAME $OTHER")\ncd /\n')
    assert checkout.run('echo "$THIRD"; pwd') == f"one two  words\n{checkout.folder}\n"


def test_a_variable_of_the_shell_is_not_taken_for_one_of_the_page(checkout: Checkout) -> None:
    assert checkout.run("true YES=2\necho $YES") == "1\n"
    assert checkout.variables == {}


@pytest.mark.parametrize("commands", ["false\necho later", "echo later; false | cat", 'echo "$MISSING"'])
def test_the_first_command_that_fails_ends_the_run(checkout: Checkout, commands: str) -> None:
    with pytest.raises(RunnerError, match=r"A command of docs/region-loss\.md failed with"):
        checkout.run(commands)


def test_a_copy_has_the_program_and_the_environments_of_a_folder(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "checkout", "prod", Processes(), os.environ)
    checkout.set_up(FOLDER / "region_loss")
    assert (checkout.folder / "Makefile").is_file()
    assert {path.name for path in (checkout.folder / "environments").iterdir()} == {"prod.toml", "project.toml"}
    assert not (checkout.folder / "tests").exists()
    planned = checkout.run("make --dry-run apply ENV=prod")
    assert "runner apply --env prod" in planned
    assert "Installing" not in planned
    assert (
        checkout.run(".venv/bin/python -c 'import cdktf, sys; print(sys.prefix)'").strip().endswith("/checkout/.venv")
    )
    checkout.set("[recovery.fail_over]\n")
    assert "[recovery.fail_over]" in checkout.settings_file.read_text(encoding="utf-8")
    checkout.remove("recovery.fail_over")
    assert "[recovery.fail_over]" not in checkout.settings_file.read_text(encoding="utf-8")
