"""The pages of day 2: commands of the AWS CLI, addresses, settings and targets that they name are there."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Final

import pytest

from config.schema import SCHEMAS, schema_for
from main import ROOT
from modules.service import idle_program
from operations.tunnel import LOCAL_PORTS
from tests.aws_commands import check, commands
from tests.fixtures import FOLDER

_PAGES: Final = {
    name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("day-2", "coming-from-copilot", "importing")
}
_EVERYTHING: Final = "\n".join(_PAGES.values())
_MAKE: Final = re.compile(r"(?:`|^ *)make ([a-z-]+)((?: [A-Z]+=[\w.:-]+)*)", re.MULTILINE)
_ADDRESS: Final = re.compile(r"\b(aws_\w+\.[a-z][\w-]*)")


@pytest.mark.parametrize("command", sorted(set(commands(_EVERYTHING))), ids=lambda one: " ".join(one.split()[1:3]))
def test_a_command_is_one_of_the_aws_cli(command: str) -> None:
    check(command)


def test_there_are_commands_in_both_pages_of_a_move() -> None:
    assert commands(_PAGES["coming-from-copilot"])
    assert commands(_PAGES["importing"])


def test_an_address_is_one_of_dev() -> None:
    listed = {line for path in (ROOT / "tests" / "addresses").glob("dev-*.txt") for line in path.read_text().split()}
    named = set(_ADDRESS.findall(_PAGES["importing"]))
    assert named
    assert named - listed == set()


def test_a_target_is_one_of_the_makefile_with_its_variables() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target, variables in _MAKE.findall(_EVERYTHING):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
        for variable in re.findall(r"([A-Z]+)=", variables):
            assert re.search(rf"\$\({variable}\)|\$\(if \$\({variable}\)", makefile), variable


def test_a_setting_is_one_of_the_schema() -> None:
    """Those of a service, which the table of the manifest's keys names."""
    settings = tomllib.loads((FOLDER / "dev.toml").read_text(encoding="utf-8"))
    schema = json.dumps(schema_for(*SCHEMAS["schema.json"]))
    assert settings["services"]
    (table,) = re.findall(r"\| key of the manifest .*?\n\n", _PAGES["coming-from-copilot"], flags=re.DOTALL)
    right = [row.split("|")[2] for row in table.strip().split("\n")[2:]]
    named = {name for cell in right for name in re.findall(r"`([a-z_]+)`", cell)}
    assert len(named) > 10
    assert {name for name in named if f'"{name}"' not in schema} == set()


def test_the_page_has_the_times_and_ports_of_the_code() -> None:
    page = _PAGES["day-2"]
    assert f"{idle_program.IDLE_MINUTES} minutes after the last one" in page
    assert f"after {idle_program.LONGEST_MINUTES // 60} hours" in page
    for port in LOCAL_PORTS.values():
        assert re.search(rf"at (port )?{port}\b", page)
