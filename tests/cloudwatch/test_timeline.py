from __future__ import annotations

import pytest

from tests.cloudwatch.timeline import NOTHING, Published, Timeline

TEN, TWENTY = Published(((10.0, 1),)), Published(((20.0, 2),))
LINE = Timeline([(0, TEN), (60, TWENTY), (70, NOTHING), (80, TEN)])


@pytest.mark.parametrize(
    ("start", "end", "total", "average"),
    [
        (-1000, -900, 1000, 10),  # what was before the first minute was so for ever
        (0, 1, 10, 10),
        (59, 60, 10, 10),
        (60, 61, 40, 20),
        (55, 65, 5 * 10 + 5 * 40, 250 / 15),
        (70, 80, None, None),
        (65, 85, 5 * 40 + 5 * 10, 250 / 15),
        (0, 100, 60 * 10 + 10 * 40 + 20 * 10, 1200 / 100),
        (90, 90, None, None),
    ],
)
def test_a_period_has_the_samples_of_its_minutes(
    start: int, end: int, total: float | None, average: float | None
) -> None:
    assert LINE.value("Sum", start, end) == total
    assert LINE.value("Average", start, end) == average


def test_what_is_published_now_and_then_is_in_the_periods_of_those_minutes() -> None:
    line = Timeline([(0, Published(((1.0, 1),), every_minutes=240))])
    assert line.intervals == {240}
    assert line.value("Sum", 1, 240) is None
    assert line.value("Sum", 1, 241) == 1
    assert line.value("Sum", 240, 241) == 1
    assert line.value("Sum", 0, 24 * 60) == 6


def test_only_changes_are_kept() -> None:
    line = Timeline([(0, TEN), (5, TEN), (9, NOTHING)])
    assert line.minutes == [9]
    assert not line.intervals
