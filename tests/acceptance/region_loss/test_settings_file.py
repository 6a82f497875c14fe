"""Settings are written into a file as a person does: everything else in it stays."""

from __future__ import annotations

import tomllib

import pytest

from acceptance.region_loss.settings_file import with_settings, without_table

FILE = """\
# A file.
region = "us-east-1"

[recovery] # copies
mode = "backup" # the least
region = "us-west-2"

[recovery.standby.network]
cidr = "10.3.0.0/16"

[[recovery.standby.network.zones]]
id = "usw2-az1"

[tags]
owner = "platform"
"""


def test_a_line_of_a_table_replaces_the_one_before() -> None:
    changed = with_settings(FILE, '[recovery]\nmode = "warm"\n', {})
    assert tomllib.loads(changed) == {
        **tomllib.loads(FILE),
        "recovery": {**tomllib.loads(FILE)["recovery"], "mode": "warm"},
    }
    assert "[recovery] # copies\n" in changed


def test_tables_that_are_not_there_are_added_with_what_the_commands_have_found() -> None:
    block = '[recovery.standby]\nrelease = "$TAG"\n\n[recovery.fail_over]\ndocumentdb_snapshot = "${ARN}" # why\n'
    changed = tomllib.loads(with_settings(FILE, block, {"TAG": "release-1", "ARN": "arn:aws:rds"}))["recovery"]
    assert changed["standby"]["release"] == "release-1"
    assert changed["standby"]["network"]["zones"] == [{"id": "usw2-az1"}]
    assert changed["fail_over"] == {"documentdb_snapshot": "arn:aws:rds"}


def test_a_variable_that_no_command_has_set_is_an_error() -> None:
    with pytest.raises(KeyError, match="TAG"):
        with_settings(FILE, '[tags]\nowner = "$TAG"\n', {})


def test_a_table_is_removed_and_what_follows_stays() -> None:
    added = with_settings(FILE, "[recovery.fail_over]\n[recovery.targets]\nfiles_minutes = 60\n", {})
    removed = tomllib.loads(without_table(added, "recovery.fail_over"))
    assert removed["recovery"]["targets"] == {"files_minutes": 60}
    assert "fail_over" not in removed["recovery"]
    assert removed["tags"] == {"owner": "platform"}
