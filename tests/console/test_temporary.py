"""The folder of temporary files that a shell names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.temporary import problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["TMPDIR", "TMP", "TEMP"])
def test_a_folder_that_is_missing_is_named(name: str) -> None:
    assert problem({name: "/missing"}) == (
        f"{name}=/missing is not a folder that can be written: create it, or unset {name}."
    )


def test_the_first_that_is_set_counts(tmp_path: Path) -> None:
    assert problem({}) is None
    assert problem({"TMPDIR": "", "TMP": str(tmp_path), "TEMP": "/missing"}) is None
