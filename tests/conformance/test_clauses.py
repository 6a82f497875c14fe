"""The clauses are all that the design has, by their number in each section; each is held by a check or waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import conformance.checks  # noqa: F401 - fills HOLDERS
from conformance.clause import ALL, HOLDERS, WAITING, clause, instead, sections
from main import ROOT

if TYPE_CHECKING:
    from conformance.view import View

# Bullets, numbers, boxes, lines of a tree, rows of a table: counted in the design.
_NUMBERS = {
    "1": 15,
    "2.1": 5,
    "2.2": 4,
    "2.3": 4,
    "2.4": 5,
    "2.5": 3,
    "2.6": 4,
    "3.1": 17,
    "3.2": 16,
    "4.1": 8,
    "4.2": 3,
    "5.1": 9,
    "5.2": 4,
    "6.1": 4,
    "6.2": 4,
    "6.3": 4,
    "7.1": 5,
    "7.2": 3,
    "8.1": 4,
    "8.2": 4,
    "9.1": 4,
    "9.2": 4,
    "10.1": 4,
    "10.2": 4,
    "10.3": 4,
    "11.1": 4,
    "11.2": 4,
    "11.3": 4,
}
_STRUCK_OUT = ["2.3/3", "3.1/13", "5.1/4", "9.2/1"]


def _texts() -> dict[str, str]:
    return {id_: text for one in sections() for id_, text in zip(one.ids, one.texts, strict=True)}


def test_each_section_has_as_many_clauses_as_the_design() -> None:
    assert {one.number: len(one.texts) for one in sections()} == _NUMBERS


def test_no_two_clauses_of_a_section_are_the_same() -> None:
    for section in sections():
        assert len(set(section.texts)) == len(section.texts)


def test_what_the_design_struck_out_is_held_by_its_absence() -> None:
    assert [id_ for id_, text in _texts().items() if "~~" in text] == _STRUCK_OUT
    assert {check.__name__ for id_ in _STRUCK_OUT for check in HOLDERS[id_].checks.values()} == {"no_redis"}


def test_each_clause_is_held_by_a_check_or_waits() -> None:
    assert [id_ for id_ in _texts() if (id_ in HOLDERS) == (id_ in WAITING)] == []
    assert HOLDERS.keys() <= _texts().keys()


def test_no_clause_waits() -> None:
    assert WAITING == {}


@pytest.mark.parametrize("id_", sorted(HOLDERS))
def test_what_holds_a_clause_exists(id_: str) -> None:
    holder = HOLDERS[id_]
    assert holder.checks
    assert holder.held_by
    assert [path for path in holder.held_by if not (ROOT / path).exists()] == []
    assert all(check.__doc__ for check in holder.checks.values())


@pytest.mark.parametrize("id_", sorted(HOLDERS))
def test_a_clause_that_is_not_about_an_environment_says_why(id_: str) -> None:
    holder = HOLDERS[id_]
    if id_.startswith(("4.2/", "5.1/")):  # the environments of these are in the text of the design
        return
    text = " ".join([holder.note, *(one.why for one in holder.differences.values())])
    text += str(holder.check and holder.check.__doc__)
    for environment in set(ALL) - holder.checks.keys():
        word = "production" if environment == "prod" else environment
        assert word in text, f"{id_} is not about {environment}: say why"


def test_each_difference_has_a_reason() -> None:
    assert [id_ for id_, one in HOLDERS.items() for each in one.differences.values() if len(each.why) < 20] == []


def test_two_checks_cannot_hold_the_same_clause() -> None:
    def another(view: View) -> None:
        """Hold nothing."""

    with pytest.raises(ValueError, match=r"two checks hold 2\.1/1: vpc_in_two_zones and another"):
        clause("2.1/1")(another)


def test_a_clause_cannot_have_two_differences_in_an_environment() -> None:
    def another(view: View) -> None:
        """Hold nothing."""

    with pytest.raises(ValueError, match=r"2\.1/1 has two differences in dev"):
        instead("2.1/1", environments=("dev", "prod"), why="a reason")(another)
    assert "prod" not in HOLDERS["2.1/1"].differences
