"""The metric of the ages of copies, which the function copy-ages publishes in the second region: lambdas/copy_ages/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.copies import MEASURE_MINUTES
from modules.metric import Metric

if TYPE_CHECKING:
    from config.copies import CopiedStore
    from modules.label import Label

METRIC: Final = "CopyAgeMinutes"
DIMENSION: Final = "Store"


def recovery_namespace(label: Label) -> str:
    """Namespace of the metric."""
    return f"{label.prefix}/recovery"


def copy_age_minutes(label: Label, store: CopiedStore, *, region: str) -> Metric:
    """The age of the newest copy of a store, in minutes.

    Args:
        label: Of the environment, in whatever region: the second one has the same namespace.
        store: What the copy is of.
        region: The second region.
    """
    return Metric(
        namespace=recovery_namespace(label),
        name=METRIC,
        statistic="Maximum",
        dimensions={DIMENSION: store.name},
        region=region,
        period_seconds=MEASURE_MINUTES * 60,
    )
