"""The alarms on an instance that RDS and DocumentDB have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from config.database_classes import cpu_credits_per_hour, memory_mib
from modules.alarm import Comparison, MissingData
from modules.data.database_alarm import add_alarm
from modules.data.instance_metrics import FIVE_MINUTES
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from modules.data.database_alarm import Subject
    from modules.data.instance_metrics import InstanceMetrics
    from modules.metric import Metric

MIB: Final = 1024 * 1024
QUARTER_HOUR: Final = 900 // FIVE_MINUTES
"""Values of five minutes: long enough that a backup or a report is not an alarm."""
_TWO_HOURS: Final = 7200 // FIVE_MINUTES
_ABSENT_MINUTES: Final = 5
"""A failover takes a minute or two: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html"""
_CPU_PERCENT: Final = 80
"""Beyond it the time in the queue grows much faster than the load."""
_FREE_MEMORY_PERCENT: Final = 10
_SWAP_PERCENT: Final = 12.5
_LEAST_SWAP_MIB: Final = 256
"""Linux swaps what was not used for long even if memory is free; a small instance has up to this much."""
_IO_SECONDS: Final = 0.02
"""gp3 and DocumentDB's storage answer within single-digit milliseconds.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#Concepts.Storage.GeneralSSD
"""


class InstanceAlarms(Construct):
    """Absence, CPU, credits, memory, swap and the storage's latency of one instance."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        subject: Subject,
        metrics: InstanceMetrics,
        instance_class: str,
        absence: Severity | None,
    ) -> None:
        """Create the alarms.

        Args:
            subject: The instance.
            metrics: Its metrics.
            instance_class: Its class, which decides how much memory and how many credits are little.
            absence: Severity of its failure; None if another alarm is about that.
        """
        super().__init__(scope, id_)
        self._subject = subject
        memory = memory_mib(instance_class)
        if absence:
            add_absence_alarm(self, subject=subject, metric=metrics.sample_count, severity=absence)
        self._warn("cpu", f"uses {_CPU_PERCENT} % of its CPU or more", metrics.cpu_percent, _CPU_PERCENT)
        self._warn(
            "memory",
            f"has {_FREE_MEMORY_PERCENT} % of its memory free or less",
            metrics.free_memory_bytes,
            memory * MIB * _FREE_MEMORY_PERCENT / 100,
            comparison=Comparison.AT_MOST,
        )
        swap = max(_LEAST_SWAP_MIB, memory * _SWAP_PERCENT / 100)
        self._warn("swap", f"has {swap:.0f} MiB or more in swap", metrics.swap_bytes, swap * MIB)
        if credits_ := cpu_credits_per_hour(instance_class):
            # RDS and DocumentDB run burstable classes in unlimited mode: without credits they are not slower, but cost
            # more. A new instance starts with none and has more than it earns in an hour after less than two.
            # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html
            # https://docs.aws.amazon.com/documentdb/latest/developerguide/db-instance-classes.html
            self._warn(
                "credits",
                f"has fewer CPU credits than it earns in an hour ({credits_}); more CPU costs extra",
                metrics.credit_balance,
                credits_,
                comparison=Comparison.BELOW,
                periods=_TWO_HOURS,
            )
        for way, metric in (("read", metrics.read_latency), ("write", metrics.write_latency)):
            self._warn(
                f"{way}-latency",
                f"waits {_IO_SECONDS * 1000:.0f} ms or more for a {way} of its storage",
                metric,
                _IO_SECONDS * metrics.second,
            )

    def _warn(
        self,
        id_: str,
        states: str,
        metric: Metric,
        threshold: float,
        *,
        comparison: Comparison = Comparison.AT_LEAST,
        periods: int = QUARTER_HOUR,
    ) -> None:
        add_alarm(
            self,
            id_,
            subject=self._subject,
            states=states,
            metric=metric,
            threshold=threshold,
            severity=Severity.WARNING,
            runbook=Runbook.DATABASE_LOAD,
            periods=periods,
            comparison=comparison,
        )


def add_absence_alarm(scope: Construct, *, subject: Subject, metric: Metric, severity: Severity) -> None:
    """Add the alarm on a database that reports nothing: AWS has no metric of its state.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
    """
    add_alarm(
        scope,
        "absence",
        subject=subject,
        states=f"has reported nothing for {_ABSENT_MINUTES} minutes: it is stopped, restarts or has failed",
        metric=metric,
        threshold=1,
        severity=severity,
        runbook=Runbook.DATABASE_ABSENCE,
        periods=_ABSENT_MINUTES,
        comparison=Comparison.BELOW,
        missing_data=MissingData.BREACHING,  # no data is what it is about
        fires_asleep=True,
    )
