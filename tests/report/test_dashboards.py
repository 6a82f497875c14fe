from __future__ import annotations

import json
from typing import TYPE_CHECKING

from report.dashboards import read_dashboards

if TYPE_CHECKING:
    from report.boxes import Map


def test_each_widget_is_a_tile_at_its_place(maps: dict[str, Map]) -> None:
    graph = maps["prod"].graph
    bodies = [json.loads(str(node.get("dashboard_body"))) for node in graph.all("aws_cloudwatch_dashboard")]
    for body, dashboard in zip(bodies, read_dashboards(graph), strict=True):
        places = [(one["x"], one["y"], one["width"], one["height"]) for one in body["widgets"]]
        assert places == [(one.x, one.y, one.width, one.height) for one in dashboard.tiles]


def test_a_tile_says_what_it_shows(maps: dict[str, Map]) -> None:
    tiles = [tile for one in read_dashboards(maps["prod"].graph) for tile in one.tiles]
    assert [tile.title for tile in tiles if not tile.metrics and not tile.body] == []
    assert not any("${" in metric for tile in tiles for metric in tile.metrics)
    assert {"text", "timeSeries", "singleValue", "alarm"} <= {tile.kind for tile in tiles}


def test_the_text_of_a_tile_is_rendered(maps: dict[str, Map]) -> None:
    tile = next(tile for one in read_dashboards(maps["prod"].graph) for tile in one.tiles if tile.kind == "text")
    assert tile.body.startswith('<p class="title">')
    assert tile.title == ""
