"""An expression has metrics of one region, because an alarm is in the region of its metric."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.metric import MetricExpression
from tests.modules.metrics import CPU


def test_an_expression_over_two_regions_is_refused() -> None:
    with pytest.raises(ValueError, match="metrics of exactly one region, not of eu-west-1, us-east-1"):
        MetricExpression(expression="a", metrics={"a": CPU, "b": replace(CPU, region="eu-west-1")}, label="x")
