"""The metrics of releases are those that the pipeline and the function of the images publish."""

from __future__ import annotations

from pathlib import Path

from lambdas.image_updates import handler
from modules.delivery.pipeline import pipeline_name
from modules.delivery.release_metrics import ReleaseMetrics, critical_findings, images_namespace, oldest_image_days
from tests.template import LABEL


def test_the_function_publishes_under_these_names() -> None:
    text = Path(handler.__file__).read_text(encoding="utf-8")
    for metric in (critical_findings(LABEL), oldest_image_days(LABEL)):
        assert f'"{metric.name}"' in text
        assert metric.namespace == images_namespace(LABEL)


def test_the_dashboard_shows_the_runs_of_the_pipeline_of_the_environment() -> None:
    metrics = ReleaseMetrics.of(LABEL, max_age_days=30)
    for metric in (metrics.failed_runs, metrics.run_seconds):
        assert dict(metric.dimensions) == {"PipelineName": pipeline_name(LABEL)}
    assert metrics.max_age_days == 30
