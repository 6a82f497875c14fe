"""CloudWatch metrics as values: who owns a thing says how it is measured, who watches it sets the alarm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One series of numbers."""

    namespace: str
    name: str
    statistic: str
    """`Sum`, `Average`, `Minimum`, `Maximum`, or a percentile like `p95`."""
    dimensions: Mapping[str, str]
    region: str
    """Where CloudWatch has it; an alarm must be there too."""
