"""The statistics against what AWS documents of them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

from __future__ import annotations

from typing import Final

import pytest

from tests.cloudwatch.statistics import Samples, merged, statistic

HUNDRED: Final[Samples] = tuple((float(value), 1) for value in range(1, 101))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SampleCount", 100),
        ("Sum", 5050),
        ("Average", 50.5),
        ("Minimum", 1),
        ("Maximum", 100),
        # Of p99 and tm99, which both ignore the highest 1 %: the maximum and the average of what remains.
        ("p99", 99),
        ("tm99", 50),
        ("p95", 95),
        ("p99.9", 100),
        ("TM(:99%)", 50),
        ("TM(2%:98%)", 50.5),
        ("TM(10%:)", 55.5),
        ("IQM", 50.5),
        # The lower boundary is excluded, the higher one included.
        ("TM(50:60)", 55.5),
        ("TC(50:60)", 10),
        ("TC(:5)", 5),
        ("TC(95:)", 5),
        ("tc90", 90),
        ("TS(95:)", 96 + 97 + 98 + 99 + 100),
        ("TS(80%:)", sum(range(81, 101))),
        ("ts90", sum(range(1, 91))),
        ("PR(:30)", 30),
        ("PR(10:20)", 10),
        ("PR(30:)", 70),
    ],
)
def test_each_statistic_is_as_documented(name: str, value: float) -> None:
    assert statistic(name, HUNDRED) == pytest.approx(value)


def test_a_percentile_is_not_an_average() -> None:
    samples = ((0.05, 90), (2.0, 10))
    assert statistic("p90", samples) == 0.05
    assert statistic("p95", samples) == 2.0
    assert statistic("Average", samples) == pytest.approx(0.245)


@pytest.mark.parametrize("name", ["Sum", "SampleCount", "p95", "PR(:1)"])
def test_no_samples_are_no_value(name: str) -> None:
    assert statistic(name, ()) is None


def test_all_samples_outside_the_range_are_a_count_of_zero_and_no_mean() -> None:
    assert statistic("TC(200:)", HUNDRED) == 0
    assert statistic("PR(200:)", HUNDRED) == 0
    assert statistic("TM(200:)", HUNDRED) is None


def test_the_samples_of_periods_are_added() -> None:
    assert merged([(((1.0, 2), (3.0, 1)), 10), (((1.0, 1),), 1), (((5.0, 4),), 0)]) == ((1.0, 21), (3.0, 10))


def test_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(ValueError, match="wm98: not a statistic that is known here"):
        statistic("wm98", HUNDRED)
