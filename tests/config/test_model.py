import inspect
from collections.abc import Iterator, Mapping
from typing import ClassVar

import pytest
from pydantic import Field, ValidationError

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


def test_a_model_created_in_python_is_checked_too() -> None:
    with pytest.raises(ValidationError, match="low = 2: must be below high"):
        Range(low=2, high=1)


def test_all_problems_of_a_model_are_reported_at_once() -> None:
    with pytest.raises(ValidationError, match=r"low = 3: must be even\s+low = 3: must be below high"):
        Range(low=3, high=1)


def test_problems_may_be_overridden() -> None:
    with pytest.raises(ValidationError, match="parts: is too much"):
        Sum(parts=(Range(low=6), Range(low=6)))


def test_a_check_runs_when_its_settings_are_valid() -> None:
    assert [problem.allowed for problem in Range.problems_among({"low": 3})] == ["must be even"]
    assert list(Range.problems_among({"high": 3})) == []


def test_a_check_may_take_a_setting_of_a_nested_table() -> None:
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


def test_every_setting_of_a_missing_table_is_none() -> None:
    def is_known(perhaps__low: int | None, perhaps: Range | None) -> Iterator[Problem]:
        yield Problem(key="perhaps.low", value=(perhaps__low, perhaps), allowed="")

    class Whole(Model):
        perhaps: Range | None = None
        checks: ClassVar[tuple[Check, ...]] = (is_known,)

    assert [problem.value for problem in Whole.problems_among({"perhaps": None})] == [(None, None)]
    assert [problem.value for problem in Whole.problems_among({"perhaps": {"low": 2}})] == [(2, {"low": 2})]
    assert list(Whole.problems_among({"perhaps": {"high": 2}})) == []


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


def creation_error(check: Check) -> str:
    """The error when a class with this check is created."""
    with pytest.raises(TypeError) as caught:

        class Whole(Model):
            part: Range
            perhaps: Range | None = None
            named: Mapping[str, Range] = {}
            listed: tuple[Range, ...] = ()
            checks: ClassVar[tuple[Check, ...]] = (check,)

    return str(caught.value)


def test_a_check_of_a_misspelt_setting_is_refused_with_the_nearest_when_the_class_is_created() -> None:
    def is_named(parts: Range) -> Iterator[Problem]:
        yield Problem(key="part", value=parts, allowed="")

    assert creation_error(is_named) == (
        "Whole: the check is_named takes parts: which is not a setting; did you mean part? "
        "Allowed: part, perhaps, named, listed"
    )


def test_a_check_of_a_renamed_setting_in_a_table_is_refused_with_those_of_the_table() -> None:
    def is_low(perhaps__lowest: int) -> Iterator[Problem]:
        yield Problem(key="perhaps.lowest", value=perhaps__lowest, allowed="")

    assert creation_error(is_low) == (
        "Whole: the check is_low takes perhaps__lowest: which is not a setting; did you mean perhaps__low? "
        "Allowed: perhaps__low, perhaps__high"
    )


def test_a_check_of_a_misspelt_table_is_refused_with_the_nearest() -> None:
    def is_low(perhap__low: int) -> Iterator[Problem]:
        yield Problem(key="perhaps.low", value=perhap__low, allowed="")

    assert creation_error(is_low).startswith(
        "Whole: the check is_low takes perhap__low: which is not a setting; did you mean perhaps__low? Allowed: part, "
    )


@pytest.mark.parametrize("table", ["named", "listed", "part__low"])
def test_a_check_cannot_take_a_setting_of_one_of_several_tables(table: str) -> None:
    def is_low(**_: int) -> Iterator[Problem]:
        yield Problem(key="", allowed="")

    is_low.__signature__ = inspect.Signature(  # type: ignore[attr-defined] # as a check of that parameter has it
        [inspect.Parameter(f"{table}__low", inspect.Parameter.KEYWORD_ONLY)]
    )
    assert creation_error(is_low) == (
        f"Whole: the check is_low takes {table}__low: a check can only take {table} as a whole"
    )


def test_what_a_list_has_twice_is_reported_once() -> None:
    class Lists(Model):
        names: tuple[str, ...] = Field(default=(), json_schema_extra={"uniqueItems": True})
        words: tuple[str, ...] = ()

    assert Lists(names=("a", "b"), words=("x", "x")).words == ("x", "x")
    found = [str(problem) for problem in Lists.problems_among({"names": ("a", "b", "a"), "words": ()})]
    assert found == ['names[2] = "a": is listed twice; remove one']
