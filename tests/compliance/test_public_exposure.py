"""No path leads from the internet to a database, and every kind of path would be found."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from compliance.public_exposure import databases, public_exposures
from synthesis.manifest import Stack, read_stacks

Document = dict[str, Any]


@pytest.fixture(scope="module")
def committed(output: Path) -> list[Stack]:
    return list(read_stacks(output).values())


@pytest.fixture
def prod(committed: list[Stack]) -> dict[str, Document]:
    """Production's JSON, which the test may change."""
    return {s.id: copy.deepcopy(dict(s.document)) for s in committed if s.environment == "prod"}


def exposures(documents: dict[str, Document]) -> set[str]:
    stacks = [Stack(id=id_, folder=Path(id_), document=document) for id_, document in documents.items()]
    return {path.reason for path in public_exposures(stacks)}


def backend(documents: dict[str, Document], layer: str) -> Document:
    found: Document = documents[f"prod-{layer}"]["terraform"]["backend"]["s3"]
    return found


def resource(documents: dict[str, Document], address: str) -> Document:
    kind, _, name = address.partition(".")
    for document in documents.values():
        for found, arguments in document.get("resource", {}).get(kind, {}).items():
            if found == name or found.rpartition("_")[0] == name:
                result: Document = arguments
                return result
    message = f"no {address}"
    raise LookupError(message)


def test_no_committed_environment_has_a_public_path_to_a_database(committed: list[Stack]) -> None:
    assert [str(path) for path in public_exposures(committed)] == []


@pytest.mark.parametrize(("environment", "count"), [("dev", 2), ("staging", 3), ("prod", 3)])
def test_every_database_and_proxy_is_checked(committed: list[Stack], environment: str, count: int) -> None:
    assert len(databases([s for s in committed if s.environment == environment])) == count


def test_a_public_address_is_a_path(prod: dict[str, Document]) -> None:
    resource(prod, "aws_db_instance.postgres")["publicly_accessible"] = True
    assert exposures(prod) == {"publicly_accessible gives it a public address"}


def test_a_route_to_the_internet_is_a_path_in_another_stack(prod: dict[str, Document]) -> None:
    route = resource(prod, "aws_route.vpc_public-to-internet")
    table = resource(prod, "aws_route_table_association.vpc_database-az1-routes-association")
    prod["prod-network"]["resource"]["aws_route"]["bad"] = {**route, "route_table_id": table["route_table_id"]}
    assert {reason.partition("database-")[2].partition("_")[0] for reason in exposures(prod)} == {"az1", "az2"}
    assert all(reason.endswith("has a route to 0.0.0.0/0") for reason in exposures(prod))


def test_a_subnet_without_a_route_table_is_a_path(prod: dict[str, Document]) -> None:
    associations = prod["prod-network"]["resource"]["aws_route_table_association"]
    for name in [name for name in associations if "database-az2" in name]:
        del associations[name]
    assert [reason.partition(" ")[2] for reason in exposures(prod)] == ["has no route table of its own"]


def test_a_public_subnet_of_a_proxy_is_a_path(prod: dict[str, Document]) -> None:
    network = prod["prod-network"]
    name = next(name for name in network["resource"]["aws_subnet"] if "public-az1" in name)
    network["output"]["public"] = {"value": f"${{aws_subnet.{name}.id}}"}
    reference = "${data.terraform_remote_state.cross-stack-reference-input-prod-network.outputs.public}"
    resource(prod, "aws_db_proxy.postgres_proxy")["vpc_subnet_ids"] = [reference]
    found = exposures(prod)
    assert any("has a route to 0.0.0.0/0" in reason for reason in found)
    assert any("allows 0.0.0.0/0" in reason for reason in found)  # the public tier's network ACL


@pytest.mark.parametrize(
    ("peer", "says"),
    [
        ({"cidr_ipv4": "0.0.0.0/0"}, "allows 0.0.0.0/0"),
        ({"cidr_ipv4": "203.0.113.0/24"}, "allows 203.0.113.0/24"),
        ({"cidr_ipv6": "::/0"}, "allows ::/0"),
        ({"prefix_list_id": "pl-1"}, "allows a prefix list"),
    ],
)
def test_a_rule_for_public_addresses_is_a_path_from_any_stack(
    prod: dict[str, Document], peer: Document, says: str
) -> None:
    group = next(iter(prod["prod-data"]["output"].values()), None)
    assert group is not None
    name = next(
        n for n in prod["prod-data"]["resource"]["aws_security_group"] if n.startswith("documentdb_security-group")
    )
    prod["prod-data"]["output"]["group"] = {"value": f"${{aws_security_group.{name}.id}}"}
    source = "cross-stack-reference-input-prod-data"
    reference = f"${{data.terraform_remote_state.{source}.outputs.group}}"
    prod["prod-service"] = {
        "data": {
            "terraform_remote_state": {"cross-stack-reference-input-prod-data": {"config": backend(prod, "data")}}
        },
        "resource": {"aws_vpc_security_group_ingress_rule": {"bad": {"security_group_id": reference, **peer}}},
    }
    assert exposures(prod) == {f"prod-service/aws_vpc_security_group_ingress_rule.bad {says}"}


def test_an_allowed_public_load_balancer_is_a_path(prod: dict[str, Document]) -> None:
    resources = prod["prod-data"]["resource"]
    name = next(n for n in resources["aws_security_group"] if n.startswith("documentdb_security-group"))
    resources["aws_security_group"]["balancer"] = {"description": "x"}
    rules = resources["aws_vpc_security_group_ingress_rule"]
    rules["world"] = {"security_group_id": "${aws_security_group.balancer.id}", "cidr_ipv4": "0.0.0.0/0"}
    rules["in"] = {
        "security_group_id": f"${{aws_security_group.{name}.id}}",
        "referenced_security_group_id": "${aws_security_group.balancer.id}",
    }
    assert exposures(prod) == {
        (
            "allows prod-data/aws_security_group.balancer, "
            "and prod-data/aws_vpc_security_group_ingress_rule.world allows 0.0.0.0/0"
        )
    }


def test_a_private_block_is_not_a_path(prod: dict[str, Document]) -> None:
    resources = prod["prod-data"]["resource"]
    name = next(n for n in resources["aws_security_group"] if n.startswith("documentdb_security-group"))
    resources["aws_vpc_security_group_ingress_rule"]["in"] = {
        "security_group_id": f"${{aws_security_group.{name}.id}}",
        "cidr_ipv4": "10.0.10.0/24",
    }
    assert exposures(prod) == set()


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("db_subnet_group_name", "names no subnet of these stacks, so it is in the account's default VPC"),
        ("vpc_security_group_ids", "names no security group of these stacks"),
    ],
)
def test_a_database_in_the_default_network_is_a_path(prod: dict[str, Document], argument: str, says: str) -> None:
    del resource(prod, "aws_docdb_cluster.documentdb")[argument]
    assert [reason.startswith(says) for reason in exposures(prod)] == [True]
