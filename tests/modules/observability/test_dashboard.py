"""The widgets of a dashboard are on its grid, and none overlaps another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.errors import WiringError
from modules.observability.dashboard import COLUMNS, Dashboard
from modules.observability.widgets import Graph, Text
from tests.modules.metrics import CPU
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.observability.widgets import Widget


def widgets(rows: Sequence[Sequence[Widget]]) -> list[dict[str, Any]]:
    stack = new_stack()
    Dashboard(stack, "dashboard", label=LABEL, name="service", rows=rows)
    found = Template.of(stack).only("aws_cloudwatch_dashboard")
    assert found["dashboard_name"] == "user-management-test-service"
    made: list[dict[str, Any]] = json.loads(found["dashboard_body"])["widgets"]
    return made


def text(width: int, height: int) -> Text:
    return Text(markdown="words", width=width, height=height)


def graph(count: int) -> Graph:
    return Graph(title="CPU", series={str(number): CPU for number in range(count)})


def test_a_row_starts_below_the_highest_widget_of_the_row_before() -> None:
    found = widgets([[text(12, 6), text(12, 3)], [], [text(24, 2)]])
    assert [(one["x"], one["y"], one["width"], one["height"]) for one in found] == [
        (0, 0, 12, 6),
        (12, 0, 12, 3),
        (0, 6, 24, 2),
    ]
    assert found[0]["type"] == "text"


SIZES = st.lists(
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=3).filter(
        lambda row: sum(width for width, _ in row) <= COLUMNS
    ),
    max_size=4,
)


@given(SIZES)
def test_no_two_widgets_overlap(rows: list[list[tuple[int, int]]]) -> None:
    taken: set[tuple[int, int]] = set()
    for one in widgets([[text(*size) for size in row] for row in rows]):
        cells = {
            (x, y) for x in range(one["x"], one["x"] + one["width"]) for y in range(one["y"], one["y"] + one["height"])
        }
        assert not cells & taken
        assert all(0 <= x < COLUMNS for x, _ in cells)
        taken |= cells


def test_a_row_that_is_wider_than_the_grid_is_refused() -> None:
    with pytest.raises(WiringError, match="row 2 has 25 columns; a dashboard has 24: move a widget to another row"):
        widgets([[text(24, 2)], [text(12, 6), text(13, 6)]])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[text(1, 1)]] * 501, "it has 501 widgets; CloudWatch allows 500: make two dashboards of it"),
        ([[graph(501)]], "a widget has 501 metrics; CloudWatch allows 500: make two widgets of it"),
        ([[graph(500)]] * 5 + [[graph(1)]], "it has 2501 metrics; CloudWatch allows 2500: make two dashboards of it"),
    ],
)
def test_more_than_cloudwatch_allows_is_refused(rows: list[list[Widget]], message: str) -> None:
    with pytest.raises(WiringError, match=message):
        widgets(rows)


def test_as_much_as_cloudwatch_allows_is_accepted() -> None:
    assert len(widgets([[graph(500)]] * 5 + [[text(1, 1)]] * 495)) == 500
