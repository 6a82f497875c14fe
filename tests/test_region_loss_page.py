"""docs/region-loss.md leads from its first list to what to do, and its commands have the options that AWS has."""

from __future__ import annotations

import itertools
import re
from typing import Final

import pytest

from config.standby import STANDBY_MODES
from main import ROOT
from tests.aws_commands import check, commands, sections
from tests.markdown import anchors

_PAGE: Final = ROOT / "docs" / "region-loss.md"
_TEXT: Final = _PAGE.read_text(encoding="utf-8")
_SECTIONS: Final = dict(sections(_TEXT))
_RESTORE: Final = _SECTIONS["By hand"]
_LIST: Final = _TEXT.partition("\n\n")[2].partition("\n\n")[0]


def test_the_page_begins_with_one_list_that_leads_to_every_section_with_something_to_do() -> None:
    assert re.findall(r"^([0-9])\. ", _LIST, flags=re.MULTILINE) == [str(number) for number in range(1, 8)]
    assert [line for line in _LIST.splitlines() if not re.match(r"[0-9]\. |   ", line)] == []
    others = {"when-a-region-is-lost", "rehearsal"}
    assert set(re.findall(r"\]\(#([^)]+)\)", _LIST)) == anchors(_PAGE) - others


def test_the_list_says_what_to_do_in_each_mode() -> None:
    assert '`mode = "none"`' in _LIST
    assert '`mode = "backup"` without `[recovery.standby]`: [By hand]' in _LIST
    # Each mode beyond needs the table: config/standby.py.
    assert "with `[recovery.standby]`, in each `mode`: [Fail over]" in _LIST
    assert STANDBY_MODES == ("pilot_light", "warm", "active")


@pytest.mark.parametrize("section", [name for name in _SECTIONS if name != "Rehearsal"])
def test_a_section_has_commands(section: str) -> None:
    assert re.search(r"^ *```sh$", _SECTIONS[section], flags=re.MULTILINE)


@pytest.mark.parametrize("command", commands(_TEXT), ids=lambda one: " ".join(one.split()[1:3]))
def test_a_command_is_one_of_the_aws_cli(command: str) -> None:
    check(command)


def test_the_bucket_with_the_copies_is_called_as_in_the_other_page() -> None:
    other = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
    assert "`PREFIX-<bucket>-copy-REGION-ACCOUNT`" in other
    assert "$PREFIX-backups-copy-$SECOND-$ACCOUNT" in _RESTORE


def test_what_is_restored_is_changed_when_it_is_available() -> None:
    for block in re.findall(r"```sh\n(.+?)```", _RESTORE, flags=re.DOTALL):
        lines = [line.split() for line in block.splitlines() if line.strip()]
        for before, line in itertools.pairwise(lines):
            if line[2].startswith("modify-"):
                assert before[2:4] == ["wait", "db-instance-available"]
    assert "modify-db-instance" in _RESTORE
    assert "modify-db-cluster" in _RESTORE


@pytest.mark.parametrize(
    ("operation", "option"),
    [
        ("restore-db-instance-to-point-in-time", "--db-parameter-group-name"),
        ("restore-db-instance-to-point-in-time", "--multi-az"),
        ("restore-db-cluster-from-snapshot", "--db-cluster-parameter-group-name"),
    ],
)
def test_a_restored_database_has_what_is_not_restored_by_default(operation: str, option: str) -> None:
    (command,) = (line for line in commands(_RESTORE) if operation in line)
    assert option in command.split()
