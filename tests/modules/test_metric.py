"""An expression has metrics of one region, because an alarm is in the region of its metric."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.metric import MetricExpression
from tests.modules.metrics import CPU


def test_an_expression_over_two_regions_is_refused() -> None:
    with pytest.raises(ValueError, match="metrics of exactly one region, not of eu-west-1, us-east-1"):
        MetricExpression(expression="a", metrics={"a": CPU, "b": replace(CPU, region="eu-west-1")}, label="x")


def test_an_expression_can_be_computed_over_a_longer_time() -> None:
    hourly = MetricExpression(expression="a + b", metrics={"a": CPU, "b": CPU}, label="x").over(3600)
    assert hourly.period_seconds == 3600
    assert {metric.period_seconds for metric in hourly.metrics.values()} == {3600}
    assert CPU.period_seconds == 60


@pytest.mark.parametrize(("expression", "late_value"), [("FILL(a, 0)", None), ("2 * a", 0)])
def test_an_expression_says_what_fill_makes_of_late_data(expression: str, late_value: float | None) -> None:
    with pytest.raises(ValueError, match="an expression with FILL must have a late_value, any other must have none"):
        MetricExpression(expression=expression, metrics={"a": CPU}, label="x", late_value=late_value)
