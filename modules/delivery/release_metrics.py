"""The metrics of releases: the runs of the pipeline, and the images that run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from modules.delivery.pipeline import pipeline_name
from modules.metric import Metric

if TYPE_CHECKING:
    from modules.label import Label

_HOUR_SECONDS: Final = 3600
_DAY_SECONDS: Final = 86_400


def images_namespace(label: Label) -> str:
    """Namespace of the metrics that `lambdas/image_updates/` publishes each day."""
    return f"{label.prefix}/images"


def critical_findings(label: Label) -> Metric:
    """Critical findings on images of which a task runs."""
    return _of_images(label, "CriticalFindings")


def oldest_image_days(label: Label) -> Metric:
    """The days since the oldest image of which a task runs was built."""
    return _of_images(label, "AgeDays")


@dataclass(frozen=True, kw_only=True)
class ReleaseMetrics:
    """What a dashboard shows of releases.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/metrics-dimensions.html
    """

    failed_runs: Metric
    """Runs of the pipeline that failed; each retry counts."""
    run_seconds: Metric
    """How long a run takes, with the time in which it waits for an approval."""
    findings: Metric
    oldest_days: Metric
    max_age_days: int
    """The age at which the alarm goes off."""

    @staticmethod
    def of(label: Label, *, max_age_days: int) -> ReleaseMetrics:
        """The metrics of the pipeline of an environment, which are known by its name."""
        return ReleaseMetrics(
            failed_runs=_of_pipeline(label, "FailedPipelineExecutions", "Sum"),
            run_seconds=_of_pipeline(label, "PipelineDuration", "Average"),
            findings=critical_findings(label),
            oldest_days=oldest_image_days(label),
            max_age_days=max_age_days,
        )


def _of_pipeline(label: Label, name: str, statistic: str) -> Metric:
    return Metric(
        namespace="AWS/CodePipeline",
        name=name,
        statistic=statistic,
        dimensions={"PipelineName": pipeline_name(label)},
        region=label.region,
        period_seconds=_HOUR_SECONDS,
    )


def _of_images(label: Label, name: str) -> Metric:
    return Metric(
        namespace=images_namespace(label),
        name=name,
        statistic="Maximum",
        dimensions={},
        region=label.region,
        period_seconds=_DAY_SECONDS,
    )
