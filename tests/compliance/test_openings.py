"""The world is found in every form in which a rule can be written."""

from __future__ import annotations

from ipaddress import ip_network
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from compliance.effective import effective
from compliance.openings import is_world, open_to_world, openings
from tests.compliance.samples import stack

if TYPE_CHECKING:
    from collections.abc import Callable

Resources = dict[str, dict[str, Any]]
GROUP = "${aws_security_group.one.id}"


def _separate(cidrs: list[str], protocol: str, ports: tuple[object, object]) -> Resources:
    return {
        f"aws_vpc_security_group_ingress_rule.r{index}": {
            "security_group_id": GROUP,
            "cidr_ipv6" if ":" in cidr else "cidr_ipv4": cidr,
            "ip_protocol": protocol,
            "from_port": ports[0],
            "to_port": ports[1],
        }
        for index, cidr in enumerate(cidrs)
    }


def _block(cidrs: list[str], protocol: str, ports: tuple[object, object]) -> dict[str, Any]:
    return {
        "protocol": protocol,
        "from_port": ports[0],
        "to_port": ports[1],
        "cidr_blocks": [one for one in cidrs if ":" not in one],
        "ipv6_cidr_blocks": [one for one in cidrs if ":" in one],
    }


def _old(cidrs: list[str], protocol: str, ports: tuple[object, object]) -> Resources:
    return {
        "aws_security_group_rule.r": {"type": "ingress", "security_group_id": GROUP, **_block(cidrs, protocol, ports)}
    }


def _inline(cidrs: list[str], protocol: str, ports: tuple[object, object]) -> Resources:
    return {"aws_security_group.one": {"ingress": [_block(cidrs, protocol, ports)]}}


def _one_block(cidrs: list[str], protocol: str, ports: tuple[object, object]) -> Resources:
    return {"aws_security_group.one": {"ingress": _block(cidrs, protocol, ports)}}


def _default(cidrs: list[str], protocol: str, ports: tuple[object, object]) -> Resources:
    return {"aws_default_security_group.one": {"ingress": [_block(cidrs, protocol, ports)]}}


def _dynamic(cidrs: list[str], protocol: str, ports: tuple[object, object]) -> Resources:
    content = {
        "protocol": protocol,
        "from_port": ports[0],
        "to_port": ports[1],
        "cidr_blocks": ["${ingress.value}"],
    }
    return {"aws_security_group.one": {"dynamic": {"ingress": {"for_each": cidrs, "content": content}}}}


def _prefix_list(cidrs: list[str], protocol: str, ports: tuple[object, object]) -> Resources:
    rule = _separate(["0"], protocol, ports)["aws_vpc_security_group_ingress_rule.r0"]
    rule["cidr_ipv4"] = None
    return {
        "aws_ec2_managed_prefix_list.list": {"entry": [{"cidr": one} for one in cidrs]},
        "aws_vpc_security_group_ingress_rule.r": {**rule, "prefix_list_id": "${aws_ec2_managed_prefix_list.list.id}"},
    }


def _for_each(cidrs: list[str], protocol: str, ports: tuple[object, object]) -> Resources:
    rule = _separate(["0"], protocol, ports)["aws_vpc_security_group_ingress_rule.r0"]
    return {
        "aws_vpc_security_group_ingress_rule.r": {
            **rule,
            "for_each": {str(n): one for n, one in enumerate(cidrs)},
            "cidr_ipv4": "${each.value}",
        }
    }


FORMS = (_separate, _old, _inline, _one_block, _default, _dynamic, _prefix_list, _for_each)
WORLDS = (
    ["0.0.0.0/0"],
    ["::/0"],
    ["0.0.0.0/1", "128.0.0.0/1"],
    ["::/1", "8000::/1"],
    ["2000::/3"],
    [str(one) for one in ip_network("0.0.0.0/0").subnets(new_prefix=4)],
    [str(one) for one in ip_network("0.0.0.0/0").subnets(new_prefix=6)],
    ["1.2.3.4/0"],
    ["10.0.0.0/8", "0.0.0.0/2"],
)
PORTS: tuple[tuple[str, tuple[object, object]], ...] = (
    ("tcp", (22, 22)),
    ("6", ("20", "25")),
    ("tcp", (0, 65535)),
    ("-1", (None, None)),
    ("all", (0, 0)),
    ("-1", (-1, -1)),
)


def found(resources: Resources) -> list[Any]:
    """The openings to the world that include port 22."""
    one = {"aws_security_group.one": {}, **resources}
    (read,) = effective([stack(one)])
    return [opening for opening in open_to_world(openings(read, {read.id: read})) if opening.includes(22)]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_the_world_is_found(form: Callable[..., Resources]) -> None:
    missed = [(cidrs[:2], ports) for cidrs, ports in product(WORLDS, PORTS) if not found(form(cidrs, *ports))]
    assert missed == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_what_is_not_the_world_is_silent(form: Callable[..., Resources]) -> None:
    inside: tuple[list[str], ...] = (
        ["10.0.0.0/8"],
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
        ["fd00::/8"],
        ["203.0.114.0/24"],
    )
    inside = (*inside, ["2001:db8::/32"], ["${aws_vpc.one.cidr_block}"], ["17.0.0.0/8"])
    wrong = [(cidrs, ports) for cidrs, ports in product(inside, PORTS) if found(form(cidrs, *ports))]
    assert wrong == []


def test_halves_on_two_ports_are_not_the_world() -> None:
    one = _separate(["0.0.0.0/9"], "tcp", (22, 22))
    other = {f"{address}-b": arguments for address, arguments in _separate(["5.0.0.0/8"], "tcp", (23, 23)).items()}
    assert found({**one, **other}) == []


def test_ports_that_meet_in_one_are_counted_together() -> None:
    one = _separate(["0.0.0.0/1"], "tcp", (20, 22))
    other = {f"{address}-b": arguments for address, arguments in _separate(["128.0.0.0/1"], "tcp", (22, 30)).items()}
    assert len(found({**one, **other})) == 2


def test_private_networks_are_not_the_world_however_large() -> None:
    assert not is_world([ip_network("10.0.0.0/8"), ip_network("100.64.0.0/10"), ip_network("224.0.0.0/4")])
    assert is_world([ip_network("1.0.0.0/8"), ip_network("2.0.0.0/8")])
