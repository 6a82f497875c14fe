"""The metrics of the sleep schedule, whose function publishes them with each run: lambdas/sleep_schedule/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.metric import Metric

if TYPE_CHECKING:
    from modules.label import Label

RUN_SECONDS: Final = 300
"""Seconds between two runs."""


def sleep_namespace(label: Label) -> str:
    """Namespace of its metrics."""
    return f"{label.prefix}/sleep"


def asleep(label: Label) -> Metric:
    """1 while the environment sleeps, falls asleep or wakes, 0 while it is awake; in each region that has alarms."""
    return _metric(label, "Asleep", "Maximum")


def transition_minutes(label: Label) -> Metric:
    """For how long it has been falling asleep or waking; 0 otherwise."""
    return _metric(label, "TransitionMinutes", "Maximum")


def successful_runs(label: Label) -> Metric:
    """Runs that have not failed: the last thing that each of them does is to publish this metric."""
    return _metric(label, "TransitionMinutes", "SampleCount")


def _metric(label: Label, name: str, statistic: str) -> Metric:
    return Metric(
        namespace=sleep_namespace(label),
        name=name,
        statistic=statistic,
        dimensions={},
        region=label.region,
        period_seconds=RUN_SECONDS,
    )
