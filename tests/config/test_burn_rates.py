"""Burn rates, and the share of bad requests that each is for an objective."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.burn_rates import FAST, FASTEST, MEDIUM, SLOW, BurnRate

ALL = (FAST, MEDIUM, SLOW)
DAY_SECONDS = 86_400


def test_the_rates_are_those_of_the_parts_of_the_budget() -> None:
    assert [burn.rate for burn in ALL] == [14.4, 6, 3]
    assert FASTEST is FAST


@pytest.mark.parametrize(
    ("objective", "shares"),
    [(99.9, [1.44, 0.6, 0.3]), (95.0, [72, 30, 15]), (99.99, [0.144, 0.06, 0.03]), (99.5, [7.2, 3, 1.5])],
)
def test_the_share_of_bad_requests_is_the_rate_times_what_the_objective_leaves(
    objective: float, shares: list[float]
) -> None:
    assert [burn.bad_percent(objective) for burn in ALL] == shares


def test_an_objective_can_leave_so_much_that_a_rate_is_out_of_reach() -> None:
    assert FAST.bad_percent(93) == 100.8
    assert FAST.bad_percent(93.06) < 100


def test_a_window_is_a_period_that_cloudwatch_accepts() -> None:
    for burn in ALL:
        assert burn.short_seconds < burn.long_seconds <= DAY_SECONDS
        assert burn.short_seconds * 12 == burn.long_seconds
        assert burn.short_seconds % 60 == burn.long_seconds % 60 == 0


@pytest.mark.parametrize(
    ("burn", "objective", "least"),
    [(FAST, 99.9, 139), (MEDIUM, 99.9, 334), (SLOW, 99.9, 667), (FAST, 99.99, 1389), (FAST, 95, 100), (SLOW, 95, 100)],
)
def test_with_fewer_requests_a_share_means_nothing(burn: BurnRate, objective: float, least: int) -> None:
    assert burn.least_requests(objective) == least


@given(st.sampled_from(ALL), st.floats(min_value=93.06, max_value=99.99))
def test_two_bad_requests_are_never_enough(burn: BurnRate, objective: float) -> None:
    least = burn.least_requests(objective)
    assert 100 * 2 / least < burn.bad_percent(objective)
    if least > 100:
        assert burn.bad_percent(objective) <= 100 * 2 / (least - 1)
