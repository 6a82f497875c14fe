"""Platforms unlike the user's own, applied: the smallest, and one with another name in another region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from acceptance.__main__ import main
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.emulator, pytest.mark.terraform]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(FOLDER / "minimal", id="minimal", marks=pytest.mark.seconds(180)),
        pytest.param(FOLDER / "renamed", id="renamed", marks=pytest.mark.seconds(500)),
    ],
)
def test_it_is_applied_planned_without_a_change_checked_and_destroyed(
    settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["emulate", "--settings", str(settings), "--parallel", "2"])  # others run beside it
    printed = capsys.readouterr()
    assert code == 0, printed.err
    assert "applied, planned again without changes, destroyed without leftovers; no known gaps" in printed.out
