"""The alarms on an instance of PostgreSQL: the primary, or a read replica."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from config.database_connections import POSTGRES_RESERVED, postgres_connections
from modules.alarm import Comparison
from modules.data.database_alarm import add_alarm
from modules.data.instance_alarms import MIB, QUARTER_HOUR, InstanceAlarms
from modules.data.instance_metrics import FIVE_MINUTES
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from config.postgres import PostgresSettings
    from modules.data.database_alarm import Subject
    from modules.data.instance_metrics import PostgresMetrics

MANY_PERCENT: Final = 80
"""Share of the connections from which there is time to react."""
ALL_PERCENT: Final = 95
"""Share from which the next deployment, or the next person, finds none."""
CONNECTION_MINUTES: Final = 3
_HOUR: Final = 3600 // FIVE_MINUTES
_LITTLE_STORAGE_PERCENT: Final = 10
"""RDS adds storage when less is free for five minutes, but not again within six hours, and not beyond max_storage_gib.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
"""
_NO_STORAGE_PERCENT: Final = 5
"""Without free storage RDS stops the instance.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Troubleshooting.html#CHAP_Troubleshooting.Storage
"""
_WAITING_IO: Final = 10
"""gp3's 3000 operations a second, of a millisecond each, are three at a time.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
"""
_TRANSACTION_IDS: Final = 1_000_000_000
"""Half of what stops all writes; autovacuum, which starts at 200 million, does not keep up.

https://aws.amazon.com/blogs/database/implement-an-early-warning-system-for-transaction-id-wraparound-in-amazon-rds-for-postgresql/
"""
LAG_SECONDS: Final = 600
"""A replica of a primary without writes reports up to 300.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html
"""


class PostgresAlarms(Construct):
    """What every instance has, and its connections, storage and transaction ids, or the lag of a replica."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        subject: Subject,
        metrics: PostgresMetrics,
        config: PostgresSettings,
        lag_seconds: int | None,
    ) -> None:
        """Create them.

        Args:
            subject: Who they are about.
            metrics: What RDS measures of the instance.
            config: Size and limits.
            lag_seconds: How far a replica may be behind; None if it is none.
        """
        super().__init__(scope, id_)
        self._subject, self._metrics = subject, metrics
        InstanceAlarms(
            self,
            "instance",
            subject=subject,
            metrics=metrics,
            instance_class=config.instance_class,
            absence=Severity.CRITICAL,
        )
        self._add_connections(config.instance_class)
        self._add_storage(config.storage_gib)
        if lag_seconds:
            self._add_replica_lag(lag_seconds)
        else:
            self._add_transaction_ids()

    def _add_connections(self, instance_class: str) -> None:
        usable = postgres_connections(instance_class) - POSTGRES_RESERVED
        for id_, percent, severity in (
            ("connections", MANY_PERCENT, Severity.WARNING),
            ("connections-full", ALL_PERCENT, Severity.CRITICAL),
        ):
            add_alarm(
                self,
                id_,
                subject=self._subject,
                states=f"has {percent} % or more of its {usable} connections in use",
                metric=self._metrics.connection_count,
                threshold=usable * percent // 100,
                severity=severity,
                runbook=Runbook.DATABASE_CONNECTIONS,
                periods=CONNECTION_MINUTES,
            )

    def _add_storage(self, storage_gib: int) -> None:
        """Compare with the initial storage: no metric has the current one, which is never less."""
        for id_, percent, severity, periods in (
            ("storage", _LITTLE_STORAGE_PERCENT, Severity.WARNING, _HOUR),
            ("storage-full", _NO_STORAGE_PERCENT, Severity.CRITICAL, 1),
        ):
            add_alarm(
                self,
                id_,
                subject=self._subject,
                states=f"has {storage_gib * percent / 100:g} GiB of free storage or less, and RDS has not added any",
                metric=self._metrics.free_storage_bytes,
                threshold=storage_gib * 1024 * MIB * percent / 100,
                severity=severity,
                runbook=Runbook.DATABASE_STORAGE,
                periods=periods,
                comparison=Comparison.AT_MOST,
            )
        add_alarm(
            self,
            "waiting-io",
            subject=self._subject,
            states=f"has {_WAITING_IO} or more reads and writes that wait for its storage",
            metric=self._metrics.waiting_io_count,
            threshold=_WAITING_IO,
            severity=Severity.WARNING,
            runbook=Runbook.DATABASE_LOAD,
            periods=QUARTER_HOUR,
        )

    def _add_transaction_ids(self) -> None:
        add_alarm(
            self,
            "transaction-ids",
            subject=self._subject,
            states="has used a billion transaction ids that are not frozen; at two billion it accepts no writes",
            metric=self._metrics.used_transaction_ids,
            threshold=_TRANSACTION_IDS,
            severity=Severity.WARNING,
            runbook=Runbook.DATABASE_VACUUM,
            periods=1,
        )

    def _add_replica_lag(self, seconds: int) -> None:
        add_alarm(
            self,
            "lag",
            subject=self._subject,
            states=f"is {seconds} seconds or more behind the primary, or does not follow it",
            metric=self._metrics.replica_lag_seconds(broken=seconds),
            threshold=seconds,
            severity=Severity.WARNING,
            runbook=Runbook.DATABASE_REPLICATION,
            periods=1,
        )
