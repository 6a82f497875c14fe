"""A group is open to the internet if its rules are together, however many networks that is written as."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.finding import Finding, Level
from review.rules.network import opened_groups
from review.rules.openings import Opening, widened
from tests.review.plan_json import changes, entry

INGRESS = "aws_vpc_security_group_ingress_rule"


def rule(name: str, kind: str, *networks: str, port: int = 5432, **others: Any) -> dict[str, Any]:
    """An ingress rule of an existing group; the second network is the one of afterwards."""
    values = [
        {"security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": port, "to_port": port, "cidr_ipv4": each}
        for each in networks
    ]
    before, after = (values * 2)[:2] if kind != "create" else (None, values[0])
    return entry(f"{INGRESS}.{name}", kind, before, after, **others)


def found(*entries: dict[str, Any]) -> list[Finding]:
    return list(opened_groups(changes(*entries)))


def test_a_rule_for_the_internet_blocks_and_for_the_web_needs_an_approval() -> None:
    (database,) = found(rule("a", "create", "0.0.0.0/0"))
    (web,) = found(rule("a", "create", "0.0.0.0/0", port=443))
    assert (database.level, web.level) == (Level.BLOCK, Level.APPROVAL)
    assert database.text == "opens port 5432 tcp to the internet"


def test_two_halves_are_the_internet() -> None:
    (one,) = found(rule("a", "create", "0.0.0.0/1"), rule("b", "create", "128.0.0.0/1"))
    assert one.text == "opens port 5432 tcp to the internet"


@given(st.integers(min_value=1, max_value=6), st.integers(min_value=0, max_value=2**16 - 1))
def test_any_parts_of_everything_are_the_internet(bits: int, port: int) -> None:
    parts = list(ip_network("0.0.0.0/0").subnets(prefixlen_diff=bits))
    (wider,) = widened([], [Opening("tcp", port, port, str(part)) for part in parts])
    assert wider.is_world
    assert widened([Opening("tcp", port, port, "0.0.0.0/0")], [Opening("tcp", 0, 65535, "10.0.0.0/8")])


def test_what_was_open_before_is_no_finding_however_it_is_written() -> None:
    whole = [Opening("tcp", 1, 9, "10.0.0.0/8")]
    halves = [Opening("6", 1, 9, "10.0.0.0/9"), Opening("6", 1, 9, "10.128.0.0/9")]
    split = [Opening("tcp", 1, 4, "10.0.0.0/8"), Opening("tcp", 5, 9, "10.0.0.0/8")]
    everything = [Opening("-1", 0, 65535, "10.0.0.0/8")]
    assert widened(whole, split) == widened(split, whole) == []
    assert widened(everything, whole) == []
    assert len(widened(whole, everything)) == 1
    assert widened(halves, [Opening("6", 1, 9, "10.0.0.0/8")]) == []


def test_a_wider_network_and_more_ports_are_findings() -> None:
    (network,) = found(rule("a", "change", "10.0.1.0/24", "10.0.0.0/16"))
    assert network.text == "opens port 5432 tcp to 10.0.0.0/16"
    assert network.level is Level.APPROVAL
    assert found(rule("a", "change", "10.0.0.0/16", "10.0.1.0/24")) == []
    (ports,) = widened([Opening("tcp", 80, 80, "10.0.0.0/8")], [Opening("tcp", 80, 90, "10.0.0.0/8")])
    assert str(ports) == "ports 81-90 tcp to 10.0.0.0/8"


def test_a_rule_that_moves_to_another_address_opens_nothing() -> None:
    assert found(rule("old", "destroy", "10.0.0.0/16"), rule("new", "create", "10.0.0.0/16")) == []


def test_a_new_group_may_have_rules_for_its_network_and_not_for_the_internet() -> None:
    def group(network: str) -> dict[str, Any]:
        block = {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": [network]}
        return entry("aws_security_group.a", "create", None, {"ingress": [block]}, unknown={"id": True})

    assert found(group("10.0.0.0/16")) == []
    (open_,) = found(group("0.0.0.0/0"))
    assert open_.level is Level.BLOCK


def test_what_is_not_known_is_said() -> None:
    unknown = rule("a", "change", "10.0.0.0/16", "x", unknown={"cidr_ipv4": True})
    (one,) = found(unknown)
    assert one.text == "opens port 5432 tcp to a peer that is known after apply"


def test_another_group_and_the_way_out() -> None:
    group = {"type": "ingress", "security_group_id": "sg-1", "protocol": "tcp", "from_port": 1, "to_port": 1}
    (peer,) = found(entry("aws_security_group_rule.a", "create", None, {**group, "source_security_group_id": "sg-2"}))
    assert peer.text == "opens port 1 tcp to group sg-2"
    out = {"security_group_id": "sg-1", "ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}
    (way_out,) = found(entry("aws_vpc_security_group_egress_rule.a", "change", {**out, "cidr_ipv4": "10.0.0.0/8"}, out))
    assert way_out.text == "lets out everything to the internet"


@pytest.mark.parametrize("network", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"])
def test_a_private_network_is_not_the_internet(network: str) -> None:
    (one,) = widened([], [Opening("tcp", 1, 1, network)])
    assert not one.is_world
