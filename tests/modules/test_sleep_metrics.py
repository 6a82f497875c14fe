"""The metrics of the sleep schedule are those that its function publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.sleep_schedule.handler import Metrics
from modules.sleep_metrics import RUN_SECONDS, asleep, sleep_namespace, successful_runs, transition_minutes
from tests.template import LABEL

if TYPE_CHECKING:
    from modules.metric import Metric


class Published:
    """A client of CloudWatch that keeps what it gets."""

    def __init__(self) -> None:
        self.names: set[tuple[str, str]] = set()

    def put_metric_data(self, **data: Any) -> None:
        self.names |= {(data["Namespace"], one["MetricName"]) for one in data["MetricData"]}


def watched() -> list[Metric]:
    return [asleep(LABEL), transition_minutes(LABEL), successful_runs(LABEL)]


def test_each_metric_is_one_that_the_function_publishes() -> None:
    cloudwatch = Published()
    metrics = Metrics(clients=[cloudwatch], namespace=sleep_namespace(LABEL))
    metrics.publish_asleep(asleep=True)
    metrics.publish_success(0)
    assert {(metric.namespace, metric.name) for metric in watched()} == cloudwatch.names


def test_each_value_is_of_one_run() -> None:
    assert {metric.period_seconds for metric in watched()} == {RUN_SECONDS}
    assert successful_runs(LABEL).statistic == "SampleCount"
