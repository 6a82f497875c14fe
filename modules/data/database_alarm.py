"""How the alarms of databases are made: what they share, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modules.alarm import Alarm, Comparison, MissingData

if TYPE_CHECKING:
    from constructs import Construct

    from modules.label import Label
    from modules.metric import Metric, MetricExpression
    from modules.runbook import Runbook
    from modules.topic import Severity, Topics


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Who the alarms are about, and whom they notify."""

    name: str
    """Component of the names of the alarms: `postgres`."""
    what: str
    """The subject of their descriptions: `PostgreSQL`."""
    label: Label
    topics: Topics


def add_alarm(
    scope: Construct,
    id_: str,
    *,
    subject: Subject,
    states: str,
    metric: Metric | MetricExpression,
    threshold: float,
    severity: Severity,
    runbook: Runbook,
    periods: int,
    comparison: Comparison = Comparison.AT_LEAST,
    missing_data: MissingData = MissingData.NOT_BREACHING,
    fires_asleep: bool = False,
) -> Alarm:
    """Add an alarm on a database.

    Args:
        subject: Who it is about.
        states: What the subject does when it goes off: `has little free memory`.
        missing_data: A database that is stopped, or fails, reports nothing. One alarm is about that, so that one cause
            has one message; for all others nothing is wrong without data.
        fires_asleep: Whether it goes off when the database is stopped because the environment sleeps.
    """
    return Alarm(
        scope,
        id_,
        label=subject.label,
        name=f"{subject.name}-{id_}",
        description=f"{subject.what} {states}",
        metric=metric,
        threshold=threshold,
        severity=severity,
        missing_data=missing_data,
        runbook=runbook,
        topics=subject.topics,
        comparison=comparison,
        periods=periods,
        fires_asleep=fires_asleep,
    )
