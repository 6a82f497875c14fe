"""The commands in docs/recovery.md have the options and members that AWS has."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import Final

import pytest

from config.buckets import copy_name
from main import ROOT
from modules.runbook import PAGE
from tests.aws_commands import check, commands, policies, sections
from tests.template import LABEL

_TEXT: Final = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
_SECTIONS: Final = dict(sections(_TEXT))
_RESTORE: Final = _SECTIONS["When the region is lost"]


@pytest.mark.parametrize(
    "section", ["State", "Files", "Images", "Parameters", "Which region answers", "When the region is lost"]
)
def test_a_section_has_commands(section: str) -> None:
    assert commands(_SECTIONS[section])


@pytest.mark.parametrize("command", commands(_TEXT), ids=lambda one: " ".join(one.split()[1:3]))
def test_a_command_is_one_of_the_aws_cli(command: str) -> None:
    check(command)


@pytest.mark.parametrize("page", ["README.md", "docs/runbooks.md", "docs/recovery.md"])
def test_a_page_that_is_opened_first_leads_to_what_to_do(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    start = text if page == "README.md" else text.partition("\n## ")[0]
    assert "#when-the-region-is-lost)" in start


def test_a_policy_in_a_command_is_valid() -> None:
    found = policies(_TEXT)
    assert len(found) == _TEXT.count("policy-document ") > 0
    for policy in found:
        assert policy["Version"] == "2012-10-17"
        assert all(one["Effect"] == "Allow" and one["Action"] for one in policy["Statement"])


def test_the_bucket_with_the_copies_is_called_as_the_page_says() -> None:
    prod = replace(LABEL, environment="prod", account_id="333333333333", region="us-west-2")
    assert copy_name(prod, "backups") in _SECTIONS["Files"]
    assert "PREFIX-backups-copy-REGION-ACCOUNT" in _SECTIONS["When the region is lost"]


def test_no_alarm_is_said_to_find_an_empty_backup() -> None:
    """AWS Backup reports no size of databases: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html."""
    assert "no alarm can tell" in _SECTIONS["Backups"]
    runbook = dict(sections((ROOT / PAGE).read_text(encoding="utf-8")))["Failed backups"]
    assert "[no alarm](recovery.md#alarms)" in runbook


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
