"""The commands in docs/recovery.md have the options and members that AWS has."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from config.buckets import copy_name
from main import ROOT
from modules.runbook import PAGE
from synthesis.manifest import state_stack
from tests.aws_commands import check, commands, policies, sections
from tests.config.examples import present
from tests.standby import RESTORED, standby_fixture, synthesized
from tests.template import LABEL

if TYPE_CHECKING:
    from pathlib import Path

_TEXT: Final = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
_SECTIONS: Final = dict(sections(_TEXT))


@pytest.mark.parametrize("section", ["State", "Files", "Images", "Parameters", "Which region answers"])
def test_a_section_has_commands(section: str) -> None:
    assert commands(_SECTIONS[section])


@pytest.mark.parametrize("command", commands(_TEXT), ids=lambda one: " ".join(one.split()[1:3]))
def test_a_command_is_one_of_the_aws_cli(command: str) -> None:
    check(command)


@pytest.mark.parametrize("page", ["README.md", "docs/runbooks.md", "docs/recovery.md"])
def test_a_page_that_is_opened_first_leads_to_what_to_do(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    start = text if page == "README.md" else text.partition("\n## ")[0]
    assert "region-loss.md)" in start


def test_every_stack_that_has_its_state_in_the_second_region_is_listed(tmp_path: Path) -> None:
    listed = _SECTIONS["State"].partition("there and nowhere else")[2].partition("\n\n")[0]
    stacks = synthesized(standby_fixture(fail_over=RESTORED), tmp_path)
    home = present(state_stack(stacks)).backend["region"]
    elsewhere = {stack.name for stack in stacks.values() if stack.backend["region"] != home}
    assert set(re.findall(r"`([^`]+)`", listed)) == elsewhere


def test_a_policy_in_a_command_is_valid() -> None:
    found = policies(_TEXT)
    assert len(found) == _TEXT.count("policy-document ") > 0
    for policy in found:
        assert policy["Version"] == "2012-10-17"
        assert all(one["Effect"] == "Allow" and one["Action"] for one in policy["Statement"])


def test_the_bucket_with_the_copies_is_called_as_the_page_says() -> None:
    prod = replace(LABEL, environment="prod", account_id="333333333333", region="us-west-2")
    assert copy_name(prod, "backups") in _SECTIONS["Files"]


def test_no_alarm_is_said_to_find_an_empty_backup() -> None:
    """AWS Backup reports no size of databases: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html."""
    assert "no alarm can tell" in _SECTIONS["Backups"]
    runbook = dict(sections((ROOT / PAGE).read_text(encoding="utf-8")))["Failed backups"]
    assert "[no alarm](recovery.md#alarms)" in runbook
