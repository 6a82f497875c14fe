"""Metrics of instances are in the namespace of their engine and have the dimensions that AWS publishes."""

from __future__ import annotations

import pytest

from compliance.cloudwatch_metrics import problem_of
from modules.data.instance_metrics import ClusterMetrics, DocumentdbMetrics, PostgresMetrics
from modules.metric import Metric, MetricExpression

SUBJECTS = (
    PostgresMetrics(identifier="one", region="us-east-1"),
    DocumentdbMetrics(identifier="two", region="us-east-1"),
    ClusterMetrics(identifier="three", region="us-east-1"),
)


def metrics_of(subject: object) -> list[Metric]:
    found = [getattr(subject, name) for name, kind in vars_of(subject).items() if isinstance(kind, property)]
    found = [one for one in found if isinstance(one, Metric | MetricExpression)]
    return [
        metric for one in found for metric in (one.metrics.values() if isinstance(one, MetricExpression) else [one])
    ]


def vars_of(subject: object) -> dict[str, object]:
    return {name: value for kind in reversed(type(subject).__mro__) for name, value in vars(kind).items()}


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: type(subject).__name__)
def test_aws_documents_every_metric(subject: object) -> None:
    metrics = metrics_of(subject)
    assert len(metrics) >= 3
    for metric in metrics:
        problem = problem_of(
            namespace=metric.namespace, name=metric.name, dimensions=metric.dimensions, statistic=metric.statistic
        )
        assert problem is None, problem


def test_latencies_are_seconds_in_rds_and_milliseconds_in_documentdb() -> None:
    assert (PostgresMetrics.second, DocumentdbMetrics.second) == (1, 1000)


def test_a_replica_that_does_not_follow_counts_as_far_behind() -> None:
    lag = SUBJECTS[0].replica_lag_seconds(broken=600)
    assert lag.expression == "IF(lag <= -1, 600, lag)"
    assert lag.metrics["lag"].name == "ReplicaLag"
