"""The evaluation of metric alarms against AWS's documented tables and examples.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

from typing import Final

import pytest

from tests.cloudwatch.alarm import MetricAlarm, MetricKey, Query, Retrieval, State, next_state
from tests.cloudwatch.timeline import NOTHING, Published, Timeline

OK, ALARM, INSUFFICIENT = State.OK, State.ALARM, State.INSUFFICIENT_DATA
RETAIN = None
TREATMENTS: Final = ("missing", "ignore", "breaching", "notBreaching")
POINTS: Final = {"0": False, "X": True, "-": None}


@pytest.mark.parametrize(
    ("needed", "points", "states"),
    [
        # 3 of 3
        (3, "0 - X - X", (OK, OK, OK, OK)),
        (3, "0 - - - -", (OK, OK, OK, OK)),
        (3, "- - - - -", (INSUFFICIENT, RETAIN, ALARM, OK)),
        (3, "0 X X - X", (ALARM, ALARM, ALARM, ALARM)),
        (3, "- - X - -", (ALARM, RETAIN, ALARM, OK)),
        # 2 of 3
        (2, "0 - X - X", (ALARM, ALARM, ALARM, ALARM)),
        (2, "0 0 X 0 X", (ALARM, ALARM, ALARM, ALARM)),
        (2, "0 - X - -", (OK, OK, ALARM, OK)),
        (2, "- - - - 0", (OK, OK, ALARM, OK)),
        (2, "- - - X -", (ALARM, RETAIN, ALARM, OK)),
        # "Avoiding premature transitions": one young value is not enough. The edition of 2018 has the state:
        # https://github.com/awsdocs/amazon-cloudwatch-user-guide/blob/main/doc_source/AlarmThatSendsEmail.md
        (3, "- - - - X", (INSUFFICIENT, RETAIN, ALARM, OK)),
        (3, "- - - X -", (INSUFFICIENT, RETAIN, ALARM, OK)),
        (2, "- - - - X", (INSUFFICIENT, RETAIN, ALARM, OK)),
        (3, "X - - - -", (ALARM, RETAIN, ALARM, OK)),
        (3, "- - - X 0", (OK, OK, OK, OK)),
        (3, "- - X - 0", (OK, OK, OK, OK)),
    ],
)
@pytest.mark.parametrize("state", [OK, ALARM, INSUFFICIENT])
def test_missing_data_are_treated_as_in_the_tables(
    needed: int, points: str, states: tuple[State | None, ...], state: State
) -> None:
    retrieved = [POINTS[point] for point in points.split()]
    found = [next_state(list(retrieved), state, needed=needed, window=3, missing=treatment) for treatment in TREATMENTS]
    assert found == [expected or state for expected in states]


METRIC: Final = MetricKey("us-east-1", "Test", "Value")


def alarm(
    needed: int = 3,
    window: int = 3,
    *,
    period_seconds: int = 60,
    missing: str = "missing",
    statistic: str = "Average",
    expression: str | None = None,
) -> MetricAlarm:
    return MetricAlarm(
        name="test",
        metrics=(Query(id="m1", metric=METRIC, statistic=statistic),),
        expressions=(("e1", expression),) if expression else (),
        result="e1" if expression else "m1",
        comparison="GreaterThanOrEqualToThreshold",
        threshold=3,
        period_seconds=period_seconds,
        evaluation_periods=window,
        datapoints_to_alarm=needed,
        missing_data=missing,
    )


def timeline(*values: float | None, repeat: int = 1) -> dict[MetricKey, Timeline]:
    changes = [
        (minute * repeat, NOTHING if value is None else Published(((value, 1),))) for minute, value in enumerate(values)
    ]
    return {METRIC: Timeline(changes)}


AT_ONCE: Final = Retrieval(late_minutes=(0,))


def test_the_alarm_of_the_figure_needs_three_values_in_a_row() -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html."""
    values = timeline(1, 2, 4, 4, 4, 2, 1, 2, 4, 2)
    # The value of a minute is known at its end.
    assert alarm().history(values, 12, AT_ONCE) == [(0, OK), (5, ALARM), (6, OK)]


def test_two_of_three_values_are_enough_if_the_alarm_says_so() -> None:
    values = timeline(1, 4, 1, 4, 1, 1)
    assert alarm(2, 3).history(values, 9, AT_ONCE) == [(0, OK), (4, ALARM), (5, OK)]


def test_values_that_are_late_are_missing_ones_without_fill() -> None:
    values = timeline(1, 4, 4, 4, 1, 1, 1)
    assert alarm().history(values, 15, Retrieval(late_minutes=(2,))) == [(0, OK), (6, ALARM), (7, OK)]


def test_values_that_are_late_are_the_filler_of_fill() -> None:
    """The page on metric math: the newest value is always the filler; a larger window helps."""
    values = timeline(1, *[4] * 10, 1)
    late = Retrieval(late_minutes=(1,))
    assert alarm(3, 3, expression="FILL(m1, 0)").history(values, 30, late) == [(0, OK)]
    assert alarm(3, 4, expression="FILL(m1, 0)").history(values, 30, late) == [(0, OK), (5, ALARM), (13, OK)]
    assert alarm(3, 3, expression="FILL(m1, 9)").history(timeline(1), 30, Retrieval(late_minutes=(3,)))[0][1] == ALARM


def test_a_period_of_some_minutes_moves_with_each_minute() -> None:
    """Minutes 1 to 5 are evaluated at the end of minute 5, minutes 2 to 6 at the end of minute 6."""
    values = timeline(0, 0, 0, 0, 0, 0, 0, 15, 0, 0, 0, 0, 0, 0)
    sums = alarm(1, 1, period_seconds=300, statistic="Sum")
    assert sums.history(values, 20, AT_ONCE) == [(0, OK), (8, ALARM), (13, OK)]


def test_a_metric_that_stops_is_evaluated_by_its_last_values_for_a_while() -> None:
    values = timeline(1, 4, 4, 4, None)
    assert alarm(missing="notBreaching").history(values, 30, AT_ONCE) == [(0, OK), (4, ALARM), (7, OK)]
    assert alarm(missing="ignore").history(values, 30, AT_ONCE) == [(0, OK), (4, ALARM)]
    assert alarm(missing="missing").history(values, 30, AT_ONCE)[-1] == (9, INSUFFICIENT)


def test_a_metric_that_nobody_publishes_has_no_values() -> None:
    assert alarm().history({}, 10, AT_ONCE) == [(0, INSUFFICIENT)]
    assert alarm(missing="breaching").history({}, 10, AT_ONCE) == [(0, ALARM)]


def test_each_minute_is_evaluated_if_a_metric_is_published_now_and_then() -> None:
    """Also those without a change of what is published."""
    values = {METRIC: Timeline([(0, Published(((5.0, 1),), every_minutes=10))])}
    history = alarm(1, 1, missing="notBreaching").history(values, 20, AT_ONCE)
    assert history == [(0, OK), (1, ALARM), (4, OK), (11, ALARM), (14, OK)]


def test_a_percentile_of_few_samples_can_leave_the_state() -> None:
    """10 / (1 - 0.95) = 200 samples; an alarm that evaluates them anyway goes off.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
    """
    few = {METRIC: Timeline([(0, Published(((1.0, 250),))), (5, Published(((9.0, 150),)))])}
    enough = {METRIC: Timeline([(0, Published(((1.0, 250),))), (5, Published(((9.0, 200),)))])}
    evaluating = alarm(1, 1, statistic="p95")
    ignoring = MetricAlarm(**{**vars(evaluating), "ignores_few_samples": True})
    assert evaluating.history(few, 9, AT_ONCE) == [(0, OK), (6, ALARM)]
    assert ignoring.history(few, 9, AT_ONCE) == [(0, OK)]
    assert ignoring.history(enough, 9, AT_ONCE) == [(0, OK), (6, ALARM)]


def test_an_alarm_on_a_number_is_refused() -> None:
    with pytest.raises(TypeError, match=r"MAX\(m1\) is not one time series"):
        alarm(expression="MAX(m1)").history(timeline(1), 5, AT_ONCE)
