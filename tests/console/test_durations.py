"""Durations are a convenience: whatever the file holds, a run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.durations import FILE, Durations

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_kept_is_known_to_the_next_run_and_the_other_steps_stay(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    Durations(folder).keep("plan", {"dev-network": 12.34, "dev-data": 5})
    Durations(folder).keep("plan", {"dev-data": 7})
    Durations(folder).keep("apply", {"dev-data": 70})
    assert Durations(folder).of("plan") == {"dev-network": 12.3, "dev-data": 7}
    assert Durations(folder).of("apply") == {"dev-data": 70}
    assert [file.name for file in folder.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"plan": []}',
        b'{"plan": {"a": "1"}}',
        b'{"plan": {"a": NaN}}',
        b'{"plan": {"a": -1}}',
        b"\xff",
    ],
)
def test_a_damaged_file_is_as_no_file_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    durations = Durations(tmp_path)
    assert durations.of("plan") == {}
    durations.keep("plan", {"b": 2})
    assert durations.of("plan") == {"b": 2}


def test_a_place_that_cannot_be_written_keeps_nothing_and_fails_nothing(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.touch()
    durations = Durations(place / "work")
    durations.keep("plan", {"a": 1})
    assert durations.of("plan") == {}


def test_without_seconds_nothing_is_written(tmp_path: Path) -> None:
    Durations(tmp_path).keep("plan", {})
    assert list(tmp_path.iterdir()) == []
