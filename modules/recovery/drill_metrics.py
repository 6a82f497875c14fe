"""The metrics of restore drills, which the function restore-check publishes: lambdas/restore_check/ages.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.copies import MEASURE_MINUTES
from modules.metric import Metric
from modules.recovery.copy_metrics import DIMENSION, recovery_namespace

if TYPE_CHECKING:
    from modules.label import Label

MINUTES: Final = "RestoreMinutes"
AGE: Final = "DrillAgeDays"
LEFT: Final = "LeftRestores"


def drill_metric(label: Label, name: str, store: str, *, region: str) -> Metric:
    """One of them, of one database.

    Args:
        label: Of the environment, in whatever region: the second one has the same namespace.
        name: `MINUTES`, `AGE` or `LEFT`.
        store: `postgres` or `documentdb`.
        region: The second region.
    """
    return Metric(
        namespace=recovery_namespace(label),
        name=name,
        statistic="Maximum",
        dimensions={DIMENSION: store},
        region=region,
        period_seconds=MEASURE_MINUTES * 60,
    )
