"""What counts as a bad request, and the share of them over a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance.metric_math import value_without_data
from modules.observability.indicator import Indicator, availability_of, latency_of
from tests.modules.service.parts import Parts

if TYPE_CHECKING:
    from modules.service.load_balancer import LoadBalancer
    from modules.service.target_groups import TargetGroups


def balancer(parts: Parts) -> LoadBalancer:
    assert parts.load_balancer
    return parts.load_balancer


def target(strategy: str) -> TargetGroups:
    found = Parts.make(strategy=strategy).service().target
    assert found
    return found


def names(indicator: Indicator) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    return {id_: (one.name, one.statistic, tuple(one.dimensions)) for id_, one in indicator.metrics.items()}


def test_the_availability_counts_all_5xx_of_the_load_balancer_and_of_all_tasks() -> None:
    found = availability_of(balancer(Parts.make(strategy="blue_green")))
    assert found.bad == "FILL(own, 0) + FILL(target, 0)"
    assert found.total == "MAX([FILL(requests, 0), FILL(own, 0) + FILL(target, 0)])"
    whole = ("LoadBalancer",)
    assert names(found) == {
        "own": ("HTTPCode_ELB_5XX_Count", "Sum", whole),
        "target": ("HTTPCode_Target_5XX_Count", "Sum", whole),
        "requests": ("RequestCount", "Sum", whole),
    }


def test_the_latency_counts_slow_answers_over_both_colors() -> None:
    found = latency_of(target("blue_green"), most_ms=200)
    assert found.bad == "FILL(slow_blue, 0) + FILL(slow_green, 0)"
    assert found.total == "(FILL(answered_blue, 0) + FILL(answered_green, 0))"
    group = ("LoadBalancer", "TargetGroup")
    assert names(found) == {
        "slow_blue": ("TargetResponseTime", "TC(0.2:)", group),
        "slow_green": ("TargetResponseTime", "TC(0.2:)", group),
        "answered_blue": ("TargetResponseTime", "SampleCount", group),
        "answered_green": ("TargetResponseTime", "SampleCount", group),
    }


@pytest.mark.parametrize(("most_ms", "statistic"), [(10, "TC(0.01:)"), (1500, "TC(1.5:)"), (60_000, "TC(60:)")])
def test_the_limit_is_in_seconds(most_ms: int, statistic: str) -> None:
    found = latency_of(target("rolling"), most_ms=most_ms)
    assert statistic in {one.statistic for one in found.metrics.values()}
    assert found.total == "(FILL(answered_only, 0))"


def test_a_share_is_computed_over_one_period_as_long_as_the_window() -> None:
    found = latency_of(target("rolling"), most_ms=200).bad_percent(seconds=3600, least_requests=139)
    assert found.expression == (
        "IF((FILL(answered_only, 0)) >= 139, 100 * (FILL(slow_only, 0)) / (FILL(answered_only, 0)), 0)"
    )
    assert {metric.period_seconds for metric in found.metrics.values()} == {3600}


def test_without_requests_nothing_is_bad() -> None:
    for found in (availability_of(balancer(Parts.make())), latency_of(target("blue_green"), most_ms=200)):
        assert value_without_data(found.bad_percent(seconds=300).expression) == 0


def test_the_budget_is_what_the_objective_leaves() -> None:
    found = availability_of(balancer(Parts.make())).budget_left_percent(99.9)
    assert found.expression == (
        "TIME_SERIES(100 - 100 * SUM(FILL(own, 0) + FILL(target, 0)) / "
        "SUM(MAX([FILL(requests, 0), FILL(own, 0) + FILL(target, 0)])) / 0.001)"
    )
    assert found.period_seconds == 86_400
