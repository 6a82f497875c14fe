"""A version that goes backwards is a finding, however it is written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules.versions import goes_back, versions_that_go_back
from tests.review.plan_json import changes, entry


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("16.4", "15.2"),
        ("16.4", "15"),
        ("16", "15.9"),
        ("python3.12", "python3.9"),
        ("nodejs22.x", "nodejs20.x"),
        ("1.4.0", "1.3.0"),
        ("release-42", "release-9"),
        ("5.7.mysql_aurora.2.11.3", "5.7.mysql_aurora.2.11.2"),
    ],
)
def test_backwards_is_seen_and_forwards_is_not(old: str, new: str) -> None:
    assert goes_back(old, new)
    assert not goes_back(new, old)


@pytest.mark.parametrize(
    ("old", "new"), [("16.4", "16"), ("LATEST", "1.4.0"), ("python3.12", "nodejs20.x"), ("a", "b")]
)
def test_what_cannot_be_compared_is_no_finding(old: str, new: str) -> None:
    assert not goes_back(old, new)
    assert not goes_back(new, old)


VERSIONS = st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=4)


@given(VERSIONS, VERSIONS)
def test_at_most_one_direction_goes_back(one: list[int], other: list[int]) -> None:
    texts = [".".join(map(str, numbers)) for numbers in (one, other)]
    assert not (goes_back(*texts) and goes_back(*reversed(texts)))
    if len(one) == len(other):
        assert goes_back(*texts) == (other < one)


def test_the_finding_names_both() -> None:
    (found,) = versions_that_go_back(
        changes(entry("aws_db_instance.a", "change", {"engine_version": "16.4"}, {"engine_version": "15.2"}))
    )
    assert (found.action, found.text) == ("go-back", 'engine_version "16.4" -> "15.2"')


def task(*images: str) -> dict[str, str]:
    listed = [{"name": f"c{number}", "image": image} for number, image in enumerate(images)]
    return {"container_definitions": json.dumps(listed)}


def test_the_image_of_each_container_is_compared_by_its_release() -> None:
    before = task("r.example:5000/api:release-42", "r.example/proxy:release-2")
    after = task("r.example:5000/api:release-41", "r.example/proxy:release-3")
    (found,) = versions_that_go_back(changes(entry("aws_ecs_task_definition.a", "replace", before, after)))
    assert found.text == 'image of the container "c0": "release-42" -> "release-41"'


@pytest.mark.parametrize("text", ["not json", "{}", "[1]", "null"])
def test_containers_that_cannot_be_read_are_no_error(text: str) -> None:
    values = {"container_definitions": text}
    assert not list(versions_that_go_back(changes(entry("aws_ecs_task_definition.a", "replace", values, task("a:1")))))
