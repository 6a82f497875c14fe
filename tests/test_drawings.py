"""The drawings in the documents are those of the synthesized JSON: `make snapshot` writes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from main import ROOT
from synthesis.manifest import Stack, read_stacks
from tests.drawings import connections, connections_out, layer_order
from tests.markdown import README, check_written

if TYPE_CHECKING:
    from pathlib import Path

ARCHITECTURE = ROOT / "docs" / "architecture.md"


@pytest.fixture(scope="module")
def emitted(output: Path) -> dict[str, Stack]:
    """What was synthesized of the environments of the tests."""
    return read_stacks(output)


def test_the_readme_has_the_order_of_the_layers(emitted: dict[str, Stack]) -> None:
    check_written(README, "layers", layer_order(emitted))


def test_the_architecture_has_the_connections_of_prod(emitted: dict[str, Stack]) -> None:
    check_written(ARCHITECTURE, "connections", connections(emitted, "prod"))
    check_written(ARCHITECTURE, "connections out", connections_out(emitted, "prod"))


def test_an_arrow_that_follows_from_others_is_left_out() -> None:
    needs: dict[str, tuple[str, ...]] = {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("c", "a")}
    stacks = {name: _stack(name, before) for name, before in needs.items()}
    assert layer_order(stacks).splitlines()[2:-1] == ["  a --> b", "  b --> c", "  c --> d"]


def test_a_rule_becomes_an_arrow(emitted: dict[str, Stack]) -> None:
    assert "  backend-service -->|5432| postgres-proxy" in connections(emitted, "prod").splitlines()
    assert "  users -->|443, 80| load-balancer" in connections(emitted, "dev").splitlines()


def test_a_rule_that_lets_in_what_has_no_name_is_refused(emitted: dict[str, Stack]) -> None:
    stack = emitted["dev-service"]
    (name,) = (name for name in stack.document["resource"]["aws_security_group"] if name.startswith("load-balancer"))
    rule = {"security_group_id": f"${{aws_security_group.{name}.id}}", "cidr_ipv4": "10.0.0.0/8"}
    planted = {**stack.document["resource"], "aws_vpc_security_group_ingress_rule": {"planted": rule}}
    broken = replace(stack, document={**stack.document, "resource": planted})
    with pytest.raises(ValueError, match="planted lets in what this drawing does not know"):
        connections({**emitted, "dev-service": broken}, "dev")


def _stack(name: str, needs: tuple[str, ...]) -> Stack:
    document = {"//": {"metadata": {"environment": "x", "layer": name, "name": name, "region": "y", "project": "z"}}}
    return Stack(id=name, folder=ROOT, document=document, dependencies=needs)
