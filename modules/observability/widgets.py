"""The widgets of a dashboard: each makes its part of the dashboard's JSON.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from modules.metric import Metric, MetricExpression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Properties = dict[str, Any]

_ID: Final = re.compile(r"(?<![\w.])[a-z]\w*(?!\w|\s*\()", re.ASCII)
"""An id in an expression: functions are uppercase, and a parenthesis follows them."""


class Widget(Protocol):
    """A rectangle of a dashboard."""

    @property
    def width(self) -> int:
        """Columns, of 24."""

    @property
    def height(self) -> int:
        """Rows."""

    @property
    def kind(self) -> str:
        """The `type` of the widget."""

    def properties(self) -> Properties:
        """The `properties` of the widget."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """Words in Markdown."""

    markdown: str
    width: int = 24
    height: int = 2
    kind: str = "text"

    def properties(self) -> Properties:
        """The text."""
        return {"markdown": self.markdown}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A horizontal line: the threshold of an alarm or an objective."""

    value: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Metrics over time, or the newest value of each as a number."""

    title: str
    series: Mapping[str, Metric | MetricExpression]
    """The metrics by the label that the graph shows."""
    width: int = 8
    height: int = 6
    view: Literal["timeSeries", "singleValue"] = "timeSeries"
    lines: Sequence[Line] = ()
    unit: str = ""
    """The label of the axis."""
    start: str = ""
    """How far back it goes, like `-P30D`, whatever the dashboard shows; empty for as far as that."""
    kind: str = "metric"

    def properties(self) -> Properties:
        """The metrics, in the region in which all of them are."""
        (region,) = {metric.region for metric in self.series.values()}
        found: Properties = {
            "title": self.title,
            "view": self.view,
            "region": region,
            "metrics": list(self._rows()),
        }
        if self.view == "timeSeries":
            found["yAxis"] = {"left": {"min": 0, "showUnits": False, **({"label": self.unit} if self.unit else {})}}
        if self.start:
            found["start"] = self.start
        if self.lines:
            found["annotations"] = {"horizontal": [{"value": line.value, "label": line.label} for line in self.lines]}
        return found

    def _rows(self) -> Iterator[list[object]]:
        for number, (label, metric) in enumerate(self.series.items(), start=1):
            if isinstance(metric, Metric):
                yield _metric_row(metric, label=label)
                continue
            # Ids are unique in a widget, and two series can have the same expression.
            prefix = f"s{number}_"
            for id_, part in metric.metrics.items():
                yield _metric_row(part, id=f"{prefix}{id_}", visible=False)
            expression = _ID.sub(lambda found, prefix=prefix: f"{prefix}{found[0]}", metric.expression)  # type: ignore[misc]
            yield [{"expression": expression, "id": f"s{number}", "label": label, "period": metric.period_seconds}]


@dataclass(frozen=True, kw_only=True)
class Search:
    """A line for each metric that CloudWatch finds, where their dimensions are not known here.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
    """

    title: str
    namespace: str
    name: str
    dimensions: Sequence[str]
    """The names of the dimensions; their values are what is found."""
    statistic: str
    region: str
    period_seconds: int
    width: int = 8
    height: int = 6
    kind: str = "metric"

    def properties(self) -> Properties:
        """The search, whose lines have the values of the dimensions as their labels."""
        schema = ",".join((self.namespace, *self.dimensions))
        search = f"SEARCH('{{{schema}}} MetricName=\"{self.name}\"', '{self.statistic}', {self.period_seconds})"
        return {
            "title": self.title,
            "view": "timeSeries",
            "region": self.region,
            "metrics": [[{"expression": search, "id": "s1", "label": "", "period": self.period_seconds}]],
            "yAxis": {"left": {"min": 0, "showUnits": False}},
        }


@dataclass(frozen=True, kw_only=True)
class AlarmStates:
    """A colored field for each alarm, those whose state changed last first."""

    title: str
    alarm_arns: Sequence[str]
    width: int = 24
    height: int = 3
    kind: str = "alarm"

    def properties(self) -> Properties:
        """The ARNs of the alarms."""
        return {"title": self.title, "alarms": list(self.alarm_arns), "sortBy": "stateUpdatedTimestamp"}


def _metric_row(metric: Metric, **options: object) -> list[object]:
    dimensions = [part for pair in metric.dimensions.items() for part in pair]
    return [
        metric.namespace,
        metric.name,
        *dimensions,
        {"stat": metric.statistic, "period": metric.period_seconds, **options},
    ]
