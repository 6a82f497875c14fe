"""A CloudWatch dashboard: rows of widgets on its grid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from modules.errors import LimitError
from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modules.observability.widgets import Widget

COLUMNS: Final = 24
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html"""
_MOST_WIDGETS: Final = 500
_MOST_METRICS_OF_ONE: Final = 500
_MOST_METRICS: Final = 2500
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html (Dashboards)"""


class Dashboard(Construct):
    """A dashboard whose widgets are rows from left to right, so that none overlaps another."""

    def __init__(
        self, scope: Construct, id_: str, *, label: Label, name: str, rows: Sequence[Sequence[Widget]]
    ) -> None:
        """Create the dashboard.

        Args:
            label: Names it.
            name: Component of its name.
            rows: Its widgets; each row starts below the highest widget of the row before.

        Raises:
            LimitError: A row is wider than the grid, or there are more widgets or metrics than CloudWatch allows.
        """
        super().__init__(scope, id_)
        for problem in _problems(rows):
            raise LimitError(self, problem)
        self._dashboard = CloudwatchDashboard(
            self,
            "Default",
            dashboard_name=label.name(name, limit=NameLimit.DASHBOARD),
            dashboard_body=json.dumps({"widgets": list(_placed(rows))}),
        )

    @property
    def name(self) -> str:
        """Its name."""
        return self._dashboard.dashboard_name


def _problems(rows: Sequence[Sequence[Widget]]) -> Iterator[str]:
    for number, row in enumerate(rows, start=1):
        if (width := sum(widget.width for widget in row)) > COLUMNS:
            yield f"row {number} has {width} columns; a dashboard has {COLUMNS}: move a widget to another row"
    widgets = [widget for row in rows for widget in row]
    if len(widgets) > _MOST_WIDGETS:
        yield f"it has {len(widgets)} widgets; CloudWatch allows {_MOST_WIDGETS}: make two dashboards of it"
    counts = [sum(isinstance(first, str) for first, *_ in widget.properties().get("metrics", ())) for widget in widgets]
    if max(counts, default=0) > _MOST_METRICS_OF_ONE:
        yield f"a widget has {max(counts)} metrics; CloudWatch allows {_MOST_METRICS_OF_ONE}: make two widgets of it"
    if sum(counts) > _MOST_METRICS:
        yield f"it has {sum(counts)} metrics; CloudWatch allows {_MOST_METRICS}: make two dashboards of it"


def _placed(rows: Sequence[Sequence[Widget]]) -> Iterator[dict[str, Any]]:
    y = 0
    for row in rows:
        x = 0
        for widget in row:
            yield {
                "type": widget.kind,
                "x": x,
                "y": y,
                "width": widget.width,
                "height": widget.height,
                "properties": widget.properties(),
            }
            x += widget.width
        y += max((widget.height for widget in row), default=0)
