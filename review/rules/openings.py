"""What the rules of a security group let in, as sets of addresses and ports: how they are written does not matter."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from console.mask import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Network = IPv4Network | IPv6Network

_LAST_PORT: Final = 65535
_WITHOUT_PORTS: Final = ("-1", "all", "icmp", "icmpv6", "1", "58")
_NUMBERS: Final = {"6": "tcp", "17": "udp", "all": "-1"}
_MANY_IPV4: Final = 8
_MANY_IPV6: Final = 32
"""A network of this length, or a shorter one, is more than anybody owns: with it a group is open to the internet."""
_PRIVATE: Final = tuple(map(ip_network, ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))


@dataclass(frozen=True)
class Opening:
    """Ports of a protocol that some peer may reach."""

    protocol: str
    """`tcp`, `udp`, a number, or `-1` for every one."""
    first: int
    last: int
    peer: str
    """A network, or a group, or a prefix list; `UNKNOWN_PEER` if it is not known before the apply."""


UNKNOWN_PEER: Final = "?"


def openings(rule: Mapping[str, object]) -> Iterator[Opening]:
    """What one rule lets in: a block `ingress`, or a resource of its own of either kind.

    Args:
        rule: Its arguments, with `UNKNOWN` for what is not known.
    """
    protocol = rule.get("protocol") if rule.get("protocol") is not None else rule.get("ip_protocol")
    name = UNKNOWN_PEER if protocol is UNKNOWN else str(protocol if protocol is not None else "-1").lower()
    name = _NUMBERS.get(name, name)
    first, last = rule.get("from_port"), rule.get("to_port")
    if name in _WITHOUT_PORTS or not isinstance(first, int) or not isinstance(last, int) or first < 0 or last < 0:
        first, last = 0, _LAST_PORT
    for peer in _peers(rule):
        yield Opening(name, first, last, peer)


def _peers(rule: Mapping[str, object]) -> Iterator[str]:
    for key in ("cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks"):
        yield from _texts(rule.get(key))
    for key in ("security_groups", "referenced_security_group_id", "source_security_group_id"):
        yield from (f"group {one}" if one != UNKNOWN_PEER else one for one in _texts(rule.get(key)))
    for key in ("prefix_list_ids", "prefix_list_id"):
        yield from (f"prefix list {one}" if one != UNKNOWN_PEER else one for one in _texts(rule.get(key)))
    if rule.get("self") is True:
        yield "group itself"


def _texts(value: object) -> Iterator[str]:
    if value is UNKNOWN:
        yield UNKNOWN_PEER
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str) and value:
        yield value


@dataclass(frozen=True)
class Wider:
    """Ports that a peer may reach afterwards, and not before."""

    protocol: str
    first: int
    last: int
    peer: str
    is_world: bool
    """Whether the peers of these ports are together most of the internet."""

    def __str__(self) -> str:
        ports = "every port" if (self.first, self.last) == (0, _LAST_PORT) else f"port {self.first}"
        if self.first != self.last and ports != "every port":
            ports = f"ports {self.first}-{self.last}"
        protocol = "" if self.protocol == "-1" else f" {self.protocol}"
        if self.protocol == "-1":
            ports = "everything"
        peer = "a peer that is known after apply" if self.peer == UNKNOWN_PEER else self.peer
        return f"{ports}{protocol} to {'the internet' if self.is_world else peer}"


def widened(before: Iterable[Opening], after: Iterable[Opening]) -> list[Wider]:
    """What is let in afterwards and was not before; neighbouring ports with the same peer are one entry."""
    old, new = list(before), list(after)
    found: list[Wider] = []
    for protocol in sorted({one.protocol for one in new}):
        mine = [one for one in new if one.protocol == protocol]
        theirs = [one for one in old if one.protocol in {protocol, "-1"}]
        edges = sorted({edge for one in (*mine, *theirs) for edge in (one.first, one.last + 1)})
        parts = []
        for first, end in pairwise(edges):
            peers = {one.peer for one in mine if one.first <= first <= one.last}
            known = {one.peer for one in theirs if one.first <= first <= one.last}
            parts += [Wider(protocol, first, end - 1, *peer) for peer in _wider_peers(known, peers)]
        found += _joined(parts)
    return found


def _wider_peers(before: set[str], after: set[str]) -> Iterator[tuple[str, bool]]:
    networks, groups = _split(after)
    old_networks, old_groups = _split(before)
    for group in sorted(groups - old_groups):
        yield group, False
    added = [one for one in networks if not any(_contains(other, one) for other in old_networks)]
    world = [one for one in networks if is_world(one)]
    if world and not any(is_world(one) for one in old_networks):
        yield "the internet", True
        added = [one for one in added if not is_world(one)]
    yield from ((str(one), False) for one in added)


def _split(peers: set[str]) -> tuple[list[Network], set[str]]:
    """The networks, each as large as possible (two halves are one), and what is none."""
    networks: dict[int, list[Network]] = defaultdict(list)
    others = set()
    for peer in peers:
        try:
            network = ip_network(peer, strict=False)
        except ValueError:
            others.add(peer)
        else:
            networks[network.version].append(network)
    return [one for family in networks.values() for one in _collapsed(family)], others


def _collapsed(family: Sequence[Network]) -> list[Network]:
    first = family[0]
    if isinstance(first, IPv4Network):
        return list(collapse_addresses(one for one in family if isinstance(one, IPv4Network)))
    return list(collapse_addresses(one for one in family if isinstance(one, IPv6Network)))


def _contains(outer: Network, inner: Network) -> bool:
    if isinstance(outer, IPv4Network):
        return isinstance(inner, IPv4Network) and inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and inner.subnet_of(outer)


def is_world(network: Network) -> bool:
    """Whether a network is so large that it can only mean the internet; 10.0.0.0/8 is private."""
    most = _MANY_IPV4 if isinstance(network, IPv4Network) else _MANY_IPV6
    return network.prefixlen <= most and not any(_contains(one, network) for one in _PRIVATE)


def _joined(parts: Sequence[Wider]) -> list[Wider]:
    joined: list[Wider] = []
    for part in sorted(parts, key=lambda one: (one.peer, one.first)):
        last = joined[-1] if joined else None
        if last and (last.peer, last.is_world, last.last + 1) == (part.peer, part.is_world, part.first):
            joined[-1] = Wider(part.protocol, last.first, part.last, part.peer, part.is_world)
        else:
            joined.append(part)
    return joined
