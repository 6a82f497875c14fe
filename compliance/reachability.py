"""Finds which security groups can connect to which, over all stacks of an environment.

A connection needs two rules: an egress rule of the caller's group and an ingress rule of the listener's. A rule for a
block of addresses applies to every group with addresses in it, so a wide rule becomes visible. A group that AWS manages
has egress rules of its own, which no stack shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Final

from compliance.references import Place, data_sources, referred_places
from config.network import PRIVATE_BLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from synthesis.manifest import Stack
    from synthesis.template import Resource

INTERNET: Final = "internet"
_EVERY_PORT: Final = (0, 65_535)


@dataclass(frozen=True, order=True, kw_only=True)
class Connection:
    """`caller` can reach `listener` on these ports."""

    caller: str
    listener: str
    protocol: str
    first_port: int
    last_port: int

    def __str__(self) -> str:
        """As a line of a report: `load-balancer -> backend tcp 8443`."""
        ports = str(self.first_port) if self.first_port == self.last_port else f"{self.first_port}-{self.last_port}"
        return f"{self.caller} -> {self.listener} {self.protocol} {ports}"


@dataclass(frozen=True)
class _GroupOfAws:
    name: str


_Peer = str | _GroupOfAws | IPv4Network | IPv6Network | None


@dataclass(frozen=True, kw_only=True)
class _Rule:
    group: str
    peer: _Peer
    """Another group, a block of addresses, or None for a prefix list: AWS's own services."""
    protocol: str
    ports: tuple[int, int]


def connections(stacks: Sequence[Stack]) -> list[Connection]:
    """Every connection that the security groups of one environment allow; groups are named by their `Name` tag."""
    by_name = {stack.id: stack for stack in stacks}
    names = {
        str(Place.of(stack, group)): group.get("tags")["Name"].removeprefix(f"{stack.project}-{stack.environment}-")
        for stack in stacks
        for group in stack.all("aws_security_group")
    }
    out = list(_rules(by_name, "aws_vpc_security_group_egress_rule"))
    into = list(_rules(by_name, "aws_vpc_security_group_ingress_rule"))
    result = set()
    for rule in into:
        if _is_public(rule.peer):
            result.add(_connection(INTERNET, names[rule.group], rule.protocol, rule.ports))
        if isinstance(rule.peer, _GroupOfAws):
            result.add(_connection(rule.peer.name, names[rule.group], rule.protocol, rule.ports))
        for other in out:
            ports = _common(rule, other)
            if ports and _fits(rule.peer, other.group) and _fits(other.peer, rule.group):
                protocol = other.protocol if rule.protocol == "-1" else rule.protocol
                result.add(_connection(names[other.group], names[rule.group], protocol, ports))
    for rule in out:
        if _is_public(rule.peer):
            result.add(_connection(names[rule.group], INTERNET, rule.protocol, rule.ports))
    return sorted(result)


def _rules(stacks: dict[str, Stack], kind: str) -> Iterator[_Rule]:
    for stack in stacks.values():
        for rule in stack.all(kind):
            protocol = str(rule.get("ip_protocol"))
            every = protocol == "-1"
            yield _Rule(
                group=_group(stacks, stack, rule.get("security_group_id")),
                peer=_peer(stacks, stack, rule),
                protocol=protocol,
                ports=_EVERY_PORT if every else (int(rule.get("from_port")), int(rule.get("to_port"))),
            )


def _peer(stacks: dict[str, Stack], stack: Stack, rule: Resource) -> _Peer:
    if group := rule.get("referenced_security_group_id"):
        if found := next(data_sources(group, stack, "aws_security_group"), None):
            return _GroupOfAws(found["name"])
        return _group(stacks, stack, group)
    cidr = rule.get("cidr_ipv4") or rule.get("cidr_ipv6")
    return ip_network(cidr) if cidr else None


def _group(stacks: dict[str, Stack], stack: Stack, reference: str) -> str:
    """`<stack>/<address>` of the resource that a reference means, in any stack."""
    place = next(referred_places(reference, stack, stacks), None)
    if place is None:
        message = f"{stack.id}: {reference} is not a reference to a resource of these stacks"
        raise ValueError(message)
    return str(place)


def _fits(peer: _Peer, group: str) -> bool:
    """Whether a rule for `peer` can apply to a member of `group`; a block of addresses always can."""
    return peer == group if isinstance(peer, str) else isinstance(peer, IPv4Network | IPv6Network)


def _is_public(peer: _Peer) -> bool:
    if isinstance(peer, IPv4Network):
        return not any(peer.subnet_of(block) for block in PRIVATE_BLOCKS)
    return isinstance(peer, IPv6Network)


def _common(one: _Rule, other: _Rule) -> tuple[int, int] | None:
    if "-1" not in {one.protocol, other.protocol} and one.protocol != other.protocol:
        return None
    first, last = max(one.ports[0], other.ports[0]), min(one.ports[1], other.ports[1])
    return (first, last) if first <= last else None


def _connection(caller: str, listener: str, protocol: str, ports: tuple[int, int]) -> Connection:
    return Connection(caller=caller, listener=listener, protocol=protocol, first_port=ports[0], last_port=ports[1])
