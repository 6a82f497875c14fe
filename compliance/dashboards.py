"""Reads the body of a dashboard: where its widgets are, and which metrics they show.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.template import Resource

_COLUMNS: Final = 24
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
_SEARCH: Final = re.compile(
    r"""SEARCH\('\{(?P<schema>[^{}]+)\} MetricName="(?P<name>[^"]+)"', '(?P<statistic>[^']+)', \d+\)"""
)
_FOUND: Final = "${found}"
"""In the place of a dimension's value that a search finds: a reference, which counts as any value."""


@dataclass(frozen=True, kw_only=True)
class ShownMetric:
    """A metric of a widget."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str
    region: str
    is_search: bool = False
    """Whether a search finds it, so that its dimensions have no values."""


@dataclass(frozen=True, kw_only=True)
class Widget:
    """A widget of a dashboard."""

    title: str
    x: int
    y: int
    width: int
    height: int
    properties: Mapping[str, Any]

    def overlaps(self, other: Widget) -> bool:
        """Whether both cover a cell of the grid."""
        columns = self.x < other.x + other.width and other.x < self.x + self.width
        return columns and self.y < other.y + other.height and other.y < self.y + self.height

    @property
    def is_on_the_grid(self) -> bool:
        """Whether it is within the columns of a dashboard."""
        return min(self.x, self.y) >= 0 and min(self.width, self.height) > 0 and self.x + self.width <= _COLUMNS

    def metrics(self) -> Iterator[ShownMetric]:
        """The metrics that it reads, hidden ones and those of a search included."""
        region = str(self.properties.get("region"))
        for row in self.properties.get("metrics", ()):
            options = row[-1] if isinstance(row[-1], dict) else {}
            words = [part for part in row if isinstance(part, str)]
            if words:
                namespace, name, *pairs = words
                yield ShownMetric(
                    namespace=namespace,
                    name=name,
                    dimensions=dict(zip(pairs[::2], pairs[1::2], strict=False)),
                    statistic=str(options.get("stat") or self.properties.get("stat") or "Average"),
                    region=region,
                )
            for match in _SEARCH.finditer(str(options.get("expression", ""))):
                namespace, *names = match["schema"].split(",")
                yield ShownMetric(
                    namespace=namespace,
                    name=match["name"],
                    dimensions=dict.fromkeys(names, _FOUND),
                    statistic=match["statistic"],
                    region=region,
                    is_search=True,
                )


def widgets_of(dashboard: Resource) -> list[Widget]:
    """The widgets of a dashboard, in their order."""
    return [
        Widget(
            title=str(one["properties"].get("title") or one["type"]),
            **{name: int(one[name]) for name in ("x", "y", "width", "height")},
            properties=one["properties"],
        )
        for one in json.loads(str(dashboard.get("dashboard_body")))["widgets"]
    ]
