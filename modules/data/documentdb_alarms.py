"""The alarms on a cluster of DocumentDB and on each of its instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.data.database_alarm import Subject, add_alarm
from modules.data.instance_alarms import QUARTER_HOUR, InstanceAlarms, add_absence_alarm
from modules.data.postgres_alarms import ALL_PERCENT, CONNECTION_MINUTES, MANY_PERCENT
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.data.instance_metrics import ClusterMetrics, DocumentdbMetrics

_LAG_MILLISECONDS: Final = 1000
"""Usual are less than 100: https://docs.aws.amazon.com/documentdb/latest/developerguide/replication.html"""


class DocumentdbAlarms(Construct):
    """Absence and lag of the cluster; what every instance has, its connections, and operations that had to wait."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        subject: Subject,
        metrics: ClusterMetrics,
        instances: Mapping[int, DocumentdbMetrics],
        instance_class: str,
    ) -> None:
        super().__init__(scope, id_)
        has_replicas = len(instances) > 1
        add_absence_alarm(self, subject=subject, metric=metrics.sample_count, severity=Severity.CRITICAL)
        if has_replicas:
            add_alarm(
                self,
                "lag",
                subject=subject,
                states=f"has a replica that is {_LAG_MILLISECONDS} ms or more behind the primary",
                metric=metrics.replica_lag_milliseconds,
                threshold=_LAG_MILLISECONDS,
                severity=Severity.WARNING,
                runbook=Runbook.DATABASE_REPLICATION,
                periods=QUARTER_HOUR,
            )
        for number, instance in instances.items():
            own = Subject(
                name=f"{subject.name}-{number}",
                what=f"Instance {number} of {subject.what}",
                label=subject.label,
                topics=subject.topics,
            )
            # While one of several has failed, the cluster works.
            absence = Severity.WARNING if has_replicas else None
            made = InstanceAlarms(
                self,
                f"instance-{number}",
                subject=own,
                metrics=instance,
                instance_class=instance_class,
                absence=absence,
            )
            _add_connections(made, own, instance)
            add_alarm(
                made,
                "throttling",
                subject=own,
                states="let operations wait because memory is short",
                metric=instance.throttled_count,
                threshold=1,
                severity=Severity.WARNING,
                runbook=Runbook.DATABASE_LOAD,
                periods=QUARTER_HOUR,
            )


def _add_connections(scope: Construct, subject: Subject, metrics: DocumentdbMetrics) -> None:
    for id_, percent, severity in (
        ("connections", MANY_PERCENT, Severity.WARNING),
        ("connections-full", ALL_PERCENT, Severity.CRITICAL),
    ):
        add_alarm(
            scope,
            id_,
            subject=subject,
            states=f"has {percent} % or more of its connections in use",
            metric=metrics.connection_percent,
            threshold=percent,
            severity=severity,
            runbook=Runbook.DATABASE_CONNECTIONS,
            periods=CONNECTION_MINUTES,
        )
