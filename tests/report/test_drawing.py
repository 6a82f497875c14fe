from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.boxes import Map, together
from report.deployment import deployment_flow
from report.drawing import HEIGHT, TITLE_CHARACTERS, WIDTH, Drawing, draw_flow, draw_map, wrapped
from report.flow import Flow
from report.request import request_flow


def drawings(found: Map) -> list[Drawing]:
    request = request_flow(found)
    drawn = together(found, alone=request.boxes)
    return [
        draw_map(drawn, request, home="us-east-1"),
        draw_flow(request, drawn),
        draw_flow(deployment_flow(found), drawn),
    ]


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_no_box_covers_another_one_or_leaves_the_drawing(name: str, maps: dict[str, Map]) -> None:
    for drawing in drawings(maps[name]):
        assert len(drawing.shapes) > 5
        for shape in drawing.shapes:
            assert 0 <= shape.x <= drawing.width - WIDTH, shape.id
            assert 0 <= shape.y <= drawing.height - HEIGHT, shape.id
        for one, other in combinations(drawing.shapes, 2):
            assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT, (one.id, other.id)


def test_each_box_is_inside_its_lane(maps: dict[str, Map]) -> None:
    drawing = drawings(maps["prod"])[0]
    for shape in drawing.shapes:
        assert any(lane.y < shape.y and shape.y + HEIGHT < lane.y + lane.height for lane in drawing.lanes), shape.id


def test_lines_lead_from_box_to_box(maps: dict[str, Map]) -> None:
    for drawing in drawings(maps["prod"]):
        ids = {shape.id for shape in drawing.shapes}
        assert drawing.lines
        assert {id_ for line in drawing.lines for id_ in (line.start, line.end)} <= ids


def test_what_many_refer_to_is_quiet_but_not_what_security_groups_allow(maps: dict[str, Map]) -> None:
    lines = drawings(maps["prod"])[0].lines
    assert any(line.is_quiet for line in lines)
    network = {(line.start, line.end) for line in lines if line.is_network and not line.is_quiet}
    assert ("prod-service-load-balancer", "prod-service-backend-service") in network
    assert ("prod-edge-distribution", "prod-service-load-balancer") in network


def test_texts_of_passages_do_not_cover_each_other(maps: dict[str, Map]) -> None:
    for name in maps:
        for drawing in drawings(maps[name])[1:]:
            texts = [line for line in drawing.lines if line.text]
            for one, other in combinations(texts, 2):
                room = 3.2 * (len(one.text) + len(other.text))
                assert one.text_y != other.text_y or abs(one.text_x - other.text_x) >= room, (one.text, other.text)


def test_nothing_has_a_drawing_without_boxes(maps: dict[str, Map]) -> None:
    assert draw_flow(Flow(), maps["dev"]).shapes == ()


@given(st.text(alphabet="ab -/.", max_size=90))
def test_a_title_fits_into_two_lines(title: str) -> None:
    lines = wrapped(title)
    assert 1 <= len(lines) <= 2
    assert all(len(line) <= TITLE_CHARACTERS for line in lines)


def test_only_a_title_that_is_too_long_ends_with_an_ellipsis() -> None:
    assert wrapped("Parameter mirror function") == ("Parameter mirror", "function")
    assert wrapped("users-staging.example.com") == ("users-staging.", "example.com")
    assert wrapped("acme/user-management") == ("acme/user-", "management")
    assert wrapped("one two three four five six seven eight nine ten eleven")[1].endswith("…")


def test_a_step_leads_to_the_box_that_stands_for_its_own(maps: dict[str, Map]) -> None:
    found = maps["staging"]
    drawn = together(found, alone=())
    ids = {box.id for box in drawn.boxes}
    shapes = draw_flow(deployment_flow(found), drawn).shapes
    assert {shape.box for shape in shapes if shape.box} <= ids
    assert any(shape.box.endswith("-and-others") for shape in shapes)
