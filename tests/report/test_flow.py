from __future__ import annotations

from graphlib import CycleError

import pytest

from report.flow import Flow, Step


def step(name: str, box: str = "") -> Step:
    return Step(id=name, title=name, label="", box=box)


def test_a_step_stands_below_all_that_lead_to_it() -> None:
    flow = Flow()
    a, b, c = (flow.add(step(name)) for name in "abc")
    flow.lead(a, c)
    flow.lead(a, b)
    flow.lead(b, c)
    assert [[one.id for one in row] for row in flow.rows()] == [["a"], ["b"], ["c"]]
    assert [(one.start, one.end) for one in flow.in_order()] == [("a", "b"), ("a", "c"), ("b", "c")]


def test_what_is_said_of_a_passage_is_collected_once() -> None:
    flow = Flow()
    a, b = flow.add(step("a", box="x")), flow.add(step("b"))
    flow.lead(a, b, "A")
    flow.lead(a, b, "AAAA", "A", "")
    assert flow.passages["a", "b"].text == "A, AAAA"
    assert flow.boxes == {"x"}


def test_a_way_that_leads_back_is_refused() -> None:
    flow = Flow()
    a, b = flow.add(step("a")), flow.add(step("b"))
    flow.lead(a, b)
    flow.lead(b, a)
    with pytest.raises(CycleError):
        flow.rows()


def test_an_empty_way_has_no_rows() -> None:
    assert Flow().rows() == []
