"""A snapshot's key is used by RDS with what RDS needs: to read data, and to write them under another key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modules.recovery.snapshot_key import SNAPSHOT_KEY_ACTIONS
from tests.modules.recovery.drills import ROLE, drills_of
from tests.modules.recovery.regions import many, of_action

if TYPE_CHECKING:
    from tests.template import Template


@pytest.fixture(scope="module")
def made() -> Template:
    return drills_of()


def test_the_data_are_read_and_written_and_the_key_itself_stays_as_it_is() -> None:
    reads, writes = {"Decrypt", "ReEncryptFrom"}, {"Encrypt", "ReEncryptTo"}
    new_data_keys = {"GenerateDataKey", "GenerateDataKeyWithoutPlaintext"}
    assert {action.removeprefix("kms:") for action in SNAPSHOT_KEY_ACTIONS} == reads | writes | new_data_keys


def test_a_grant_is_never_among_them_as_it_needs_a_condition_of_its_own(made: Template) -> None:
    (used,) = of_action(made, ROLE, SNAPSHOT_KEY_ACTIONS[0])
    (granted,) = of_action(made, ROLE, "kms:CreateGrant")
    assert tuple(sorted(many(used["Action"]))) == SNAPSHOT_KEY_ACTIONS
    assert used["Condition"] != granted["Condition"]
