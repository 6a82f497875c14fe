"""What AWS documents of its metrics: which dimensions they are published with, and which statistics mean something."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_EXTENDED: Final = re.compile(
    r"(p|tm|wm|tc|ts)(100|\d{1,2}(\.\d{1,10})?)|(TM|WM|TC|TS)\([\d.]*%?:[\d.]*%?\)|PR\([\d.]*:[\d.]*\)|IQM"
)
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html"""

COUNTED: Final = ("Sum",)
"""Statistics that mean something of a number of events."""
SAMPLED: Final = ("Average", "Maximum", "Minimum")
"""Those of a level that is read now and then."""
TIMED: Final = (*SAMPLED, "SampleCount", "Sum")
"""Those of durations."""
GLOBAL_REGION: Final = "us-east-1"
"""The region of the metrics of a service that is in no region: the page of each such metric says so."""


@dataclass(frozen=True, kw_only=True)
class MetricFamily:
    """Metrics of one namespace with the same dimensions and statistics."""

    namespace: str
    names: tuple[str, ...]
    dimensions: tuple[tuple[str, ...], ...]
    """The sets of dimensions under which each is published: CloudWatch adds nothing up."""
    statistics: tuple[str, ...]
    """The statistics that mean something."""
    source: str
    """The page of the documentation."""
    is_distribution: bool = False
    """Whether percentiles and other extended statistics mean something too."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Dimensions that have always the same value."""
    region: str | None = None
    """The one region in which a service that is in no region publishes it."""

    def problem_of(self, dimensions: Mapping[str, object], statistic: str) -> str | None:
        """What is wrong with the dimensions or the statistic; None if nothing is."""
        if sorted(dimensions) not in [sorted(one) for one in self.dimensions]:
            allowed = " or ".join(f"{{{', '.join(one)}}}" for one in self.dimensions)
            return f"has the dimensions {{{', '.join(sorted(dimensions))}}}; AWS publishes it with {allowed}"
        for name, value in self.values.items():
            if dimensions.get(name, value) != value:
                return f'has {name} = "{dimensions[name]}"; its value must be "{value}"'
        if statistic in self.statistics or (self.is_distribution and _EXTENDED.fullmatch(statistic)):
            return None
        extended = ", a percentile like p95" if self.is_distribution else ""
        return f"has the statistic {statistic}; only {', '.join(self.statistics)}{extended} mean something"
