"""The clauses are all that the design has, by their number in each section; each is held by a check or waits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import conformance.checks  # noqa: F401 - fills HOLDERS
from conformance.clause import HOLDERS, WAITING, clause, sections
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
    assert {HOLDERS[id_].check.__name__ for id_ in _STRUCK_OUT} == {"no_redis"}


def test_each_clause_is_held_by_a_check_or_waits() -> None:
    assert [id_ for id_ in _texts() if (id_ in HOLDERS) == (id_ in WAITING)] == []
    assert HOLDERS.keys() <= _texts().keys()


def test_no_clause_waits() -> None:
    assert WAITING == {}


@pytest.mark.parametrize("id_", sorted(HOLDERS))
def test_what_holds_a_clause_exists(id_: str) -> None:
    holder = HOLDERS[id_]
    assert holder.environments
    assert [path for path in holder.held_by if not (ROOT / path).exists()] == []
    assert holder.check.__doc__


@pytest.mark.parametrize("id_", sorted(HOLDERS))
def test_a_clause_that_does_not_hold_everywhere_says_why(id_: str) -> None:
    holder = HOLDERS[id_]
    about_one_environment = {"4.2/1", "4.2/2", "4.2/3", *(one for one in HOLDERS if one.startswith("5.1/"))}
    if "dev" in holder.environments or id_ in about_one_environment:
        return
    text = f"{holder.differs} {holder.check.__doc__}"
    assert re.search(r"dev|only prod|optional|copies in a second region", text), f"{id_} is not about dev: say why"


def test_two_checks_cannot_hold_the_same_clause() -> None:
    def another(view: View) -> None:
        """Hold nothing."""

    with pytest.raises(ValueError, match=r"two checks hold 2\.1/1: vpc_in_two_zones and another"):
        clause("2.1/1")(another)
