from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from report.boxes import Map, construct, together

if TYPE_CHECKING:
    from synthesis.manifest import Stack


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_each_resource_is_in_one_box_or_among_the_others(
    name: str, maps: dict[str, Map], of_name: dict[str, list[Stack]]
) -> None:
    found = maps[name]
    boxes = [node.place for box in found.boxes for node in box.nodes]
    others = [node.place for nodes in found.others.values() for node in nodes]
    every = [f"{stack.id}/{one.address}" for stack in of_name[name] for one in stack.all()]
    assert Counter(boxes + others) == Counter(every)


def test_a_resource_is_of_the_box_of_the_nearest_construct(maps: dict[str, Map]) -> None:
    found = maps["prod"]
    proxy = next(box for box in found.boxes if box.kind == "aws_db_proxy")
    database = next(box for box in found.boxes if box.kind == "aws_db_instance")
    assert (proxy.title, database.title) == ("PostgreSQL proxy", "PostgreSQL")
    assert {"aws_db_proxy", "aws_db_proxy_target"} <= {node.resource.kind for node in proxy.nodes}
    assert "aws_db_parameter_group" in {node.resource.kind for node in database.nodes}
    assert not {node.place for node in proxy.nodes} & {node.place for node in database.nodes}
    assert all(construct(node)[:2] == ("prod-data", "postgres") for node in (*proxy.nodes, *database.nodes))


def test_ids_are_unique_and_can_be_anchors(maps: dict[str, Map]) -> None:
    ids = [box.id for found in maps.values() for box in found.boxes]
    assert len(ids) == len(set(ids)) > 100
    assert all(id_.replace("-", "").isalnum() and id_.islower() for id_ in ids)


def test_a_reference_to_another_stack_connects_boxes(maps: dict[str, Map]) -> None:
    assert ("prod-service-backend-service", "prod-data-postgres-proxy") in maps["prod"].references
    assert all(one != other for one, other in maps["prod"].references)


def test_each_security_group_has_its_box(maps: dict[str, Map]) -> None:
    found = maps["prod"]
    assert found.box(found.groups["backend"]).title == "Backend service"
    assert found.box(found.groups["load-balancer"]).kind == "aws_lb"


def test_several_of_a_type_are_drawn_as_one_but_for_those_that_stand_alone(maps: dict[str, Map]) -> None:
    found = maps["prod"]
    assets = next(box for box in found.boxes if box.title == "Assets")
    drawn = together(found, alone={assets.id})
    assert assets in drawn.boxes
    merged = next(box for box in drawn.boxes if box.members and box.kind == "aws_s3_bucket" and box.lane == "Data")
    assert merged.title == f"{len(merged.members)} buckets"
    assert len(merged.nodes) == sum(len(one.nodes) for one in merged.members)
    assert drawn.box(merged.members[1].id) is merged
    assert drawn.owner(merged.members[1].main) is merged.members[1]
    ids = {box.id for box in drawn.boxes}
    assert {id_ for pair in drawn.references for id_ in pair} <= ids
    assert Counter(node.place for box in drawn.boxes for node in box.nodes) == Counter(
        node.place for box in found.boxes for node in box.nodes
    )


def test_a_box_says_what_its_instances_are(maps: dict[str, Map]) -> None:
    (cluster,) = maps["prod"].of_kind("aws_docdb_cluster")
    assert cluster.facts == ("3 x db.t3.medium",)
