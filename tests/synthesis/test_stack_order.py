from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from synthesis.manifest import APPLIED_AFTER, OutputError, read_stacks
from synthesis.stack_order import consumers, dependencies_within, in_order, reversed_edges, topological, users
from tests.outputs import write_stack

if TYPE_CHECKING:
    from pathlib import Path

    from synthesis.manifest import Stack


@pytest.fixture
def dev(tmp_path: Path) -> dict[str, Stack]:
    """A service on data and a network, and the state of all."""
    write_stack(tmp_path, "dev-service", "dev-network", "dev-data")
    write_stack(tmp_path, "dev-data", "dev-network")
    write_stack(tmp_path, "dev-network")
    write_stack(tmp_path, "dev-state")
    return read_stacks(tmp_path)


def test_producers_come_before_consumers(dev: dict[str, Stack]) -> None:
    assert [stack.layer for stack in in_order(dev)] == ["state", "network", "data", "service"]


def test_consumers_are_found_through_others(dev: dict[str, Stack]) -> None:
    assert consumers(dev, "dev-network") == ["dev-data", "dev-service"]
    assert consumers(dev, "dev-service") == []


def test_a_dependency_cycle_is_reported(tmp_path: Path) -> None:
    write_stack(tmp_path, "dev-a", "dev-b")
    write_stack(tmp_path, "dev-b", "dev-a")
    with pytest.raises(OutputError, match="a dependency cycle: dev-"):
        in_order(read_stacks(tmp_path))


def test_what_only_comes_after_a_stack_does_not_use_it(dev: dict[str, Stack]) -> None:
    service = dev["dev-service"]
    metadata = {**service.document["//"]["metadata"], APPLIED_AFTER: ["network"]}
    document = {**service.document, "//": {"metadata": metadata}, "data": {}}
    later = {**dev, service.id: replace(service, document=document)}
    assert users(dev, "dev-network") == ["dev-data", "dev-service"]
    assert users(later, "dev-data") == ["dev-service"]
    without_data = {id_: stack for id_, stack in later.items() if id_ != "dev-data"}
    assert (consumers(without_data, "dev-network"), users(without_data, "dev-network")) == (["dev-service"], [])


def test_the_order_of_destroy_is_the_other_way_round(dev: dict[str, Stack]) -> None:
    edges = reversed_edges(dependencies_within(dev))
    assert edges == {
        "dev-service": set(),
        "dev-data": {"dev-service"},
        "dev-network": {"dev-service", "dev-data"},
        "dev-state": {"dev-service", "dev-data", "dev-network"},
    }
    assert topological(edges).index("dev-service") < topological(edges).index("dev-network")
