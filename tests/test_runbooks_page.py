"""The commands in docs/runbooks.md have the options and members that AWS has."""

from __future__ import annotations

import pytest

from main import ROOT
from modules.runbook import PAGE
from tests.aws_commands import check, commands

_TEXT = (ROOT / PAGE).read_text(encoding="utf-8")


def test_a_backup_by_hand_is_copied_by_hand_too() -> None:
    """Only a rule of a plan has copies: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html."""
    found = [" ".join(command.split()[1:3]) for command in commands(_TEXT)]
    assert found.count("backup start-copy-job") == found.count("backup start-backup-job") == 1


@pytest.mark.parametrize("command", sorted(set(commands(_TEXT))), ids=lambda one: " ".join(one.split()[1:3]))
def test_a_command_is_one_of_the_aws_cli(command: str) -> None:
    check(command)
