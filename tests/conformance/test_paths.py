"""Paths into arguments: blocks, items of lists, JSON inside a text."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.paths import REMOVED, changed, item, read, text_of

CONTAINERS = [{"name": "a", "environment": [{"name": "X", "value": "1"}]}, {"name": "b"}]
TASK = {"container_definitions": json.dumps(CONTAINERS)}
PATH = ("container_definitions", item(name="a"), "environment", item(name="X"), "value")

_names = st.text("abc", min_size=1, max_size=2)
_arguments = st.dictionaries(
    _names,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text("xyz", max_size=3),
        lambda inner: st.dictionaries(_names, inner, max_size=2) | st.lists(st.dictionaries(_names, inner, max_size=2)),
        max_leaves=4,
    ),
    max_size=2,
)
"""As in Terraform's JSON: blocks are objects, or lists of objects."""


def test_it_reads_through_blocks_items_and_json() -> None:
    assert read(TASK, PATH) == "1"
    assert read({"rule": [{"days": 7}, {"days": 9}]}, ("rule", "days")) == 7
    assert read({"queries": [{"metric": {"name": "x"}, "id": 1}]}, ("queries", item({"metric.name": "x"}), "id")) == 1
    assert read({"text": "{not json"}, ("text", "x")) is None
    assert read(TASK, ("container_definitions", item(name="c"), "environment")) is None


def test_it_changes_a_copy() -> None:
    new = changed(TASK, PATH, lambda old: f"{old}2")
    assert (read(new, PATH), read(TASK, PATH)) == ("12", "1")


def test_it_removes_arguments_and_items() -> None:
    assert read(changed(TASK, PATH, lambda _: REMOVED), PATH[:-1]) == {"name": "X"}
    assert read(changed(TASK, PATH[:-1], lambda _: REMOVED), PATH[:-2]) == []


def test_a_path_is_shown_as_terraform_would_write_it() -> None:
    assert text_of(PATH) == "container_definitions[name=a].environment[name=X].value"


@settings(max_examples=50)
@given(_arguments, st.lists(_names, min_size=1, max_size=3), st.integers())
def test_what_was_written_is_read(value: object, path: list[str], new: int) -> None:
    before = json.dumps(value)
    assert read(changed(value, path, lambda _: new), path) == new
    assert json.dumps(value) == before


@settings(max_examples=50)
@given(_arguments, st.lists(_names, min_size=1, max_size=3))
def test_what_was_removed_is_read_as_none(value: object, path: list[str]) -> None:
    assert read(changed(value, path, lambda _: REMOVED), path) is None
