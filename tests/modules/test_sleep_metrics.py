"""The metrics that the function of the sleep schedule publishes, under the names that it gives them."""

from __future__ import annotations

import inspect

import pytest

from lambdas.sleep_schedule import handler
from modules import sleep_metrics
from tests.template import LABEL


@pytest.mark.parametrize(
    ("make", "statistic"),
    [
        (sleep_metrics.asleep, "Maximum"),
        (sleep_metrics.transition_minutes, "Maximum"),
        (sleep_metrics.successful_runs, "SampleCount"),
    ],
)
def test_the_function_publishes_each_metric(make: object, statistic: str) -> None:
    assert callable(make)
    metric = make(LABEL)
    assert f'"{metric.name}"' in inspect.getsource(handler.Metrics)
    assert (metric.namespace, metric.statistic, metric.period_seconds) == ("user-management-test/sleep", statistic, 300)
