"""Each setting of each service and database that may change is changed and changed back; then the plan is clean.

Unrelated ones change together, so a few applies try them all, and each takes back what the one before it did. What a
setting does alone is in docs/changes.md; `make changes` applies each alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.changes.cases import environment_with, load_cases
from tests.changes.emulated import change
from tests.changes.groups import grouped
from tests.changes.record import load_rows
from tests.upgrade import baseline

if TYPE_CHECKING:
    from pathlib import Path

    from tests.upgrade.conftest import Upgraded

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.terraform,
    pytest.mark.xdist_group("upgrade"),  # it goes on where an upgrade ends
    pytest.mark.seconds(250),
]

ENVIRONMENT: Final = "dev"
TABLES: Final = ("services", "postgres", "documentdb")


def test_each_setting_is_changed_and_changed_back(upgraded: Upgraded, tmp_path: Path) -> None:
    rows = load_rows()
    wanted = [
        case
        for case in load_cases()
        if case.environment == ENVIRONMENT
        and case.setting.partition(".")[0] in TABLES
        and not rows[case.id].outcome.refused_by
    ]
    groups = grouped(wanted)
    assert {case.id for group in groups for case in group.cases} == {case.id for case in wanted}
    network = baseline.settings(ENVIRONMENT).network  # with the zones of the emulator's account
    kept: dict[str, Any] = {}
    for number, places in enumerate([*(group.places for group in groups), {}]):
        settings = environment_with(ENVIRONMENT, {**kept, **places}).model_copy(update={"network": network})
        problems = change(upgraded.checkouts[ENVIRONMENT], settings, tmp_path / str(number))
        assert problems == [], f"step {number}: {', '.join(places) or 'all back'}"
        kept |= groups[number].back if number < len(groups) else {}
