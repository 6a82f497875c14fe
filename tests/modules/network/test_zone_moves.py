"""What an earlier version made under the names of zones keeps its place when the settings have ids."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from main import synthesize
from synthesis.addresses import logical_id
from tests.fixtures import fixture_environment
from tests.upgrade.baseline import BASELINE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.template import Template

LETTERS = "ab"
DATABASE_RULE = "aws_network_acl_rule.vpc_database-acl_"


@cache
def baseline(environment: str) -> set[str]:
    """The addresses of the version that had names of zones."""
    return addresses(json.loads((BASELINE / f"{environment}/stacks/{environment}-network/cdk.tf.json").read_text()))


def addresses(document: dict[str, Any]) -> set[str]:
    return {f"{type_}.{name}" for type_, named in document["resource"].items() for name in named}


def network(folder: Path, environment: str = "prod", *, formerly: bool = True, **settings: Any) -> dict[str, Any]:
    """The layer `network`, after names of zones or as a new one."""
    config = fixture_environment(environment)
    zones = [
        zone.model_copy(update={"formerly": f"us-east-1{letter}" if formerly else None})
        for zone, letter in zip(config.network.zones, LETTERS, strict=True)
    ]
    changed = config.network.model_copy(update={"zones": tuple(zones)})
    synthesize([config.model_copy(update={"network": changed, **settings})], folder / "out")
    path = folder / f"out/stacks/{environment}-network/cdk.tf.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def moves(document: dict[str, Any]) -> dict[str, str]:
    return {move["from"]: move["to"] for move in document.get("moved", [])}


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_all_that_was_keyed_by_the_letter_of_a_zone_moves(environment: str, tmp_path: Path) -> None:
    document = network(tmp_path, environment)
    moved = moves(document)
    before, now = baseline(environment), addresses(document)
    assert moved.keys() <= before
    assert set(moved.values()) <= now
    assert len(set(moved.values())) == len(moved)
    lost = before - now - moved.keys()
    # Behind CloudFront the public subnets take no requests any more.
    assert {address.rpartition("_")[0] for address in lost} == (
        {f"aws_network_acl_rule.vpc_public-acl_in-{number}" for number in (20, 30)} if environment == "prod" else set()
    )


def test_a_zone_without_a_former_name_moves_nothing(tmp_path: Path) -> None:
    document = network(tmp_path, formerly=False)
    assert moves(document) == {}
    assert not any("lifecycle" in subnet for subnet in document["resource"]["aws_subnet"].values())


def test_the_wrong_id_for_a_subnet_that_there_is_stops_the_plan(tmp_path: Path) -> None:
    for subnet in network(tmp_path)["resource"]["aws_subnet"].values():
        assert subnet["lifecycle"] == {"prevent_destroy": True}


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_former_rule_goes_after_all_that_do_its_work_are_there(direction: str, tmp_path: Path) -> None:
    document = network(tmp_path)
    to = set(moves(document).values())
    rules = {
        f"aws_network_acl_rule.{name}": rule
        for name, rule in document["resource"]["aws_network_acl_rule"].items()
        if f"database-acl_{direction}-" in name
    }
    free = rules.keys() - to
    assert free
    for address, rule in rules.items():
        if address in free:
            assert "depends_on" not in rule
        else:
            assert rule["lifecycle"] == {"create_before_destroy": True}
            assert set(rule["depends_on"]) == free


def test_the_numbers_of_former_rules_are_not_used_again(tmp_path: Path) -> None:
    """Six zones had the numbers 10 to 120: a rule is created while another with its old number is there."""
    rules = network(tmp_path)["resource"]["aws_network_acl_rule"]
    assert min(rule["rule_number"] for name, rule in rules.items() if "database-acl" in name) > 120


def test_former_rules_follow_the_database_that_is_left(tmp_path: Path) -> None:
    services = {
        name: service.model_copy(
            update={"postgres_role": None, "documentdb_role": None, "secrets": {}, "parameters": {}}
        )
        for name, service in fixture_environment("prod").services.items()
    }
    moved = moves(network(tmp_path, postgres=None, services=services))
    rules = {now.rpartition("_")[0] for now in moved.values() if now.startswith(DATABASE_RULE)}
    assert {f"{DATABASE_RULE}in-private-az{number}-documentdb" for number in (1, 2)} <= rules
    assert len(rules) == 8


def test_the_name_of_a_resource_follows_from_its_path_as_in_cdktf(stacks: dict[str, Template]) -> None:
    compared = 0
    for stack in stacks.values():
        for named in stack.document["resource"].values():
            for name, arguments in named.items():
                path = arguments["//"]["metadata"]["path"].split("/")[1:]
                assert logical_id(path) == name
                compared += 1
    assert compared > 200
