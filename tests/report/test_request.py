from __future__ import annotations

from typing import TYPE_CHECKING

from report.boxes import Map, read_map
from report.request import request_flow

if TYPE_CHECKING:
    from synthesis.manifest import Stack


def titles(found: Map) -> list[list[str]]:
    return [sorted(step.title for step in row) for row in request_flow(found).rows()]


def test_a_request_to_prod_passes_cloudfront_its_firewall_and_the_load_balancer(maps: dict[str, Map]) -> None:
    name, *rest = titles(maps["prod"])[1:]
    assert len(name) == 1
    assert "." in name[0]
    assert rest == [
        ["Distribution"],
        ["Assets", "Firewall", "Load balancer"],
        ["Backend service", "Frontend service"],
        ["DocumentDB", "PostgreSQL proxy"],
        ["PostgreSQL"],
    ]


def test_passages_say_paths_and_ports(maps: dict[str, Map]) -> None:
    flow = request_flow(maps["prod"])
    said = {(flow.steps[one.start].title, flow.steps[one.end].title): one.text for one in flow.passages.values()}
    assert "/static/*" in said["Distribution", "Assets"]
    assert said["Load balancer", "Backend service"].startswith("/api/*, port ")
    assert said["PostgreSQL proxy", "PostgreSQL"] == "tcp 5432"


def test_without_cloudfront_the_load_balancer_is_the_entrance(maps: dict[str, Map]) -> None:
    assert titles(maps["dev"])[2] == ["Load balancer"]


def test_the_internet_reaches_nothing_where_no_name_leads(of_name: dict[str, list[Stack]]) -> None:
    assert request_flow(read_map([one for one in of_name["dev"] if one.layer in {"network", "data"}])).steps == {}
