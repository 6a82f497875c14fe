from collections.abc import Iterator
from typing import ClassVar

import pytest
from pydantic import ValidationError

from config.errors import Problem
from config.model import Check, Model


def _is_even(low: int) -> Iterator[Problem]:
    if low % 2:
        yield Problem(key="low", value=low, allowed="must be even")


def _is_ordered(low: int, high: int) -> Iterator[Problem]:
    if low > high:
        yield Problem(key="low", value=low, allowed="must be below high")


class Range(Model):
    low: int
    high: int = 10

    checks: ClassVar[tuple[Check, ...]] = (_is_even, _is_ordered)


class Sum(Model):
    parts: tuple[Range, ...]

    def problems(self) -> Iterator[Problem]:
        if sum(part.low for part in self.parts) > 10:
            yield Problem(key="parts", allowed="is too much")


def test_a_model_made_in_python_is_guarded_too() -> None:
    with pytest.raises(ValidationError, match="low = 2: must be below high"):
        Range(low=2, high=1)


def test_all_problems_of_a_model_are_told_at_once() -> None:
    with pytest.raises(ValidationError, match=r"low = 3: must be even\s+low = 3: must be below high"):
        Range(low=3, high=1)


def test_problems_may_be_overridden() -> None:
    with pytest.raises(ValidationError, match="parts: is too much"):
        Sum(parts=(Range(low=6), Range(low=6)))


def test_a_check_runs_when_it_has_what_it_takes() -> None:
    assert [problem.allowed for problem in Range.problems_among({"low": 3})] == ["must be even"]
    assert list(Range.problems_among({"high": 3})) == []


def test_a_check_may_take_a_setting_of_a_table_below() -> None:
    def is_low(part__low: int) -> Iterator[Problem]:
        yield Problem(key="part.low", value=part__low, allowed="must be lower")

    class Whole(Model):
        part: Range
        checks: ClassVar[tuple[Check, ...]] = (is_low,)

    with pytest.raises(ValidationError, match="low = 2: must be lower"):
        Whole(part=Range(low=2))
    assert [problem.value for problem in Whole.problems_among({"part": {"low": 4}})] == [4]
    assert list(Whole.problems_among({"part": {"high": 4}})) == []
    assert list(Whole.problems_among({"part": 4})) == []


def test_a_model_cannot_be_changed() -> None:
    model = Range(low=2)
    with pytest.raises(ValidationError, match="frozen"):
        model.low = 4  # type: ignore[misc] # that it is refused is the point


def test_a_model_is_strict_about_types() -> None:
    with pytest.raises(ValidationError, match="valid integer"):
        Range.model_validate({"low": "2"})


def test_a_model_refuses_unknown_settings() -> None:
    with pytest.raises(ValidationError, match="not permitted"):
        Range.model_validate({"low": 2, "middle": 3})


def test_a_default_is_checked_too() -> None:
    with pytest.raises(ValidationError, match="must be below high"):
        Range(low=12)
