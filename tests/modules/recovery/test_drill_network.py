"""The network of drills: nothing leads into it or out of it, and its reader alone reaches the databases."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.modules.recovery.drills import drills_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.template import Template


PORTS = {"postgres": 5432, "documentdb": 27017}
DATABASE, READER = ("10.9.0.0/26", "10.9.0.64/26"), ("10.9.0.128/26", "10.9.0.192/26")


@pytest.fixture(scope="module")
def made() -> Template:
    return drills_of()


def test_the_network_has_four_subnets_and_nothing_that_leads_out(made: Template) -> None:
    blocks = [subnet["cidr_block"] for subnet in made.all("aws_subnet").values()]
    assert sorted(blocks) == ["10.9.0.0/26", "10.9.0.128/26", "10.9.0.192/26", "10.9.0.64/26"]
    for kind in ("aws_internet_gateway", "aws_nat_gateway", "aws_route", "aws_vpc_endpoint"):
        assert not made.all(kind)


def rules(made: Template) -> Iterator[tuple[str, int]]:
    for kind in ("ingress", "egress"):
        for rule in made.all(f"aws_vpc_security_group_{kind}_rule").values():
            assert rule["referenced_security_group_id"]
            yield kind, rule["from_port"]


def test_the_reader_alone_reaches_the_databases_on_their_ports(made: Template) -> None:
    assert sorted(rules(made)) == [("egress", 5432), ("egress", 27017), ("ingress", 5432), ("ingress", 27017)]


def test_only_the_ports_of_what_is_restored_are_open() -> None:
    assert sorted(rules(drills_of(documentdb=False))) == [("egress", 5432), ("ingress", 5432)]


def acl_ports(made: Template, tier: str, *, egress: bool) -> set[tuple[str, int, int]]:
    """The blocks and ports of TCP that an ACL lets through."""
    return {
        (rule["cidr_block"], rule["from_port"], rule["to_port"])
        for name, rule in made.all("aws_network_acl_rule").items()
        if f"_{tier}-acl_" in name and rule["egress"] is egress and rule["protocol"] == "tcp"
    }


def test_the_acls_let_the_reader_ask_and_get_its_answers(made: Template) -> None:
    responses = (1024, 65535)
    among_databases = {(cidr, *responses) for cidr in DATABASE}
    requests = {
        side: {(cidr, port, port) for cidr, port in product(blocks, PORTS.values())}
        for side, blocks in (("reader", READER), ("database", DATABASE))
    }
    assert acl_ports(made, "reader", egress=True) == requests["database"]
    assert acl_ports(made, "reader", egress=False) == among_databases
    assert acl_ports(made, "database", egress=False) == requests["reader"] | among_databases
    assert acl_ports(made, "database", egress=True) == {(cidr, *responses) for cidr in READER} | among_databases


def test_the_acls_let_nothing_through_from_outside(made: Template) -> None:
    blocks = {rule["cidr_block"] for rule in made.all("aws_network_acl_rule").values()}
    assert blocks == {*DATABASE, *READER, "10.9.0.0/24"}


def test_the_subnets_of_a_tier_are_in_both_zones_and_give_nobody_a_public_address(made: Template) -> None:
    subnets = list(made.all("aws_subnet").values())
    for tier in (DATABASE, READER):
        zones = [one["availability_zone_id"] for one in subnets if one["cidr_block"] in tier]
        assert sorted(zones) == ["usw2-az1", "usw2-az2"]
    assert not any(one["map_public_ip_on_launch"] for one in subnets)


def test_what_is_restored_is_put_into_the_subnets_of_databases(made: Template) -> None:
    blocks = {f"${{aws_subnet.{name}.id}}": one["cidr_block"] for name, one in made.all("aws_subnet").items()}
    for kind in ("aws_db_subnet_group", "aws_docdb_subnet_group"):
        assert sorted(blocks[id_] for id_ in made.only(kind)["subnet_ids"]) == sorted(DATABASE)


def test_what_aws_puts_into_each_vpc_allows_nothing(made: Template) -> None:
    for kind in ("aws_default_security_group", "aws_default_network_acl"):
        assert not {"ingress", "egress"} & made.only(kind).keys()
