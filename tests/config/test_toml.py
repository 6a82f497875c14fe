from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field

from config.errors import ConfigError, Problem
from config.model import Check, Model
from config.toml import load_model
from tests.config.examples import without_places


def _is_ordered(low: int, high: int) -> Iterator[Problem]:
    if low > high:
        yield Problem(key="low", value=low, allowed="must be below high")


class Range(Model):
    low: int
    """Where it starts."""

    high: int
    """Where it ends."""

    given: str = "by the program"

    not_in_file: ClassVar[frozenset[str]] = frozenset({"given"})
    checks: ClassVar[tuple[Check, ...]] = (_is_ordered,)


class Ranges(Model):
    until: date
    """The last day."""

    range: tuple[Range, ...] = Field(min_length=1)


def refusal(text: str, folder: Path) -> list[str]:
    file = folder / "ranges.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_model(Ranges, file)
    return without_places(str(caught.value)).replace(f"{file}: ", "").splitlines()


def test_a_file_is_read_with_tuples_for_its_lists(tmp_path: Path) -> None:
    (tmp_path / "ranges.toml").write_text("until = 2027-06-30\n[[range]]\nlow = 1\nhigh = 2\n", encoding="utf-8")
    assert load_model(Ranges, tmp_path / "ranges.toml") == Ranges(
        until=date(2027, 6, 30), range=(Range(low=1, high=2),)
    )


def test_every_problem_of_any_file_is_reported_at_once(tmp_path: Path) -> None:
    text = 'until = "2027-06-30"\n[[range]]\nlow = 3\nhigh = 2\ngivn = 1\n[[range]]\nlow = 1\n'
    assert refusal(text, tmp_path) == [
        'until = "2027-06-30": must be a date without quotes, like 2027-06-30, not text',
        "range[0].givn = 1: unknown setting; allowed: low, high",
        "range[1].high: is missing; where it ends",
        "range[0].low = 3: must be below high",
    ]


def test_a_list_that_must_not_be_empty_is_reported(tmp_path: Path) -> None:
    assert refusal("until = 2027-06-30\nrange = []\n", tmp_path) == [
        "range = []: must have 1 or more entries, not 0",
    ]
