"""The dashboards as they are laid out, with what each widget shows, but without data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from compliance.dashboards import widgets_of
from report.markdown import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from compliance.dashboards import Widget
    from compliance.graph import Graph
    from synthesis.template import Resource

_SHOWN: Final = 5
"""So many metrics of a widget are named."""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A widget with its place on the 24 columns of a dashboard."""

    title: str
    kind: str
    """`text`, `alarm`, or how metrics are shown: `timeSeries`, `singleValue`."""
    x: int
    y: int
    width: int
    height: int
    metrics: Sequence[str]
    more: int
    """How many metrics are not named."""
    body: Markup
    """The text of a text widget."""


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """One dashboard."""

    name: str
    tiles: Sequence[Tile]


def read_dashboards(graph: Graph) -> list[Dashboard]:
    """The dashboards of an environment."""
    return [
        Dashboard(name=str(node.get("dashboard_name")), tiles=list(_tiles(node.resource)))
        for node in graph.all("aws_cloudwatch_dashboard")
    ]


def _tiles(dashboard: Resource) -> Iterator[Tile]:
    kinds = [str(one["type"]) for one in json.loads(str(dashboard.get("dashboard_body")))["widgets"]]
    for kind, widget in zip(kinds, widgets_of(dashboard), strict=True):
        names = list(dict.fromkeys(_names(widget)))
        yield Tile(
            title="" if kind == "text" else widget.title,
            kind=str(widget.properties.get("view") or kind),
            x=widget.x,
            y=widget.y,
            width=widget.width,
            height=widget.height,
            metrics=names[:_SHOWN],
            more=max(len(names) - _SHOWN, 0),
            body=text(str(widget.properties.get("markdown", ""))) if kind == "text" else Markup(),
        )


def _names(widget: Widget) -> Iterator[str]:
    """What a widget shows, as its legend names it."""
    if alarms := widget.properties.get("alarms"):
        yield f"{len(alarms)} alarms"
    for row in widget.properties.get("metrics", ()):
        options = row[-1] if isinstance(row[-1], dict) else {}
        if options.get("visible") is False:
            continue
        label = str(options.get("label") or "")
        metric = next((part for part in row[1:2] if isinstance(part, str)), "")
        name = label if label and "${" not in label else metric
        if not name and (found := next((one for one in widget.metrics() if one.is_search), None)):
            name = f"each {found.name}"
        if name:
            yield name
