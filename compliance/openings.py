"""What security groups and network ACLs open, in every form in which it can be written.

A rule of a group is a resource of its own (three types), or a block of the group; its peer is a block of addresses, a
list of such, or a prefix list. The world can be written in parts: `0.0.0.0/1` and `128.0.0.0/1`, or hundreds of blocks
of a prefix list. So what counts is how many addresses of the internet all rules of a group let in by one port.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import TYPE_CHECKING, Any, Final

from compliance.references import Place, referred
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from synthesis.manifest import Stack
    from synthesis.template import Resource

Network = IPv4Network | IPv6Network
_SEPARATE: Final = {
    "aws_vpc_security_group_ingress_rule": "ingress",
    "aws_vpc_security_group_egress_rule": "egress",
}
_OLD: Final = "aws_security_group_rule"
GROUPS: Final = ("aws_security_group", "aws_default_security_group")
ACLS: Final = ("aws_network_acl", "aws_default_network_acl")
_LIST, _ENTRY = "aws_ec2_managed_prefix_list", "aws_ec2_managed_prefix_list_entry"
_PROTOCOLS: Final = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1", "": "-1"}
"""Numbers of protocols: https://www.iana.org/assignments/protocol-numbers"""
_LAST_PORT: Final = 65_535
_LEAST_IPV4: Final = 2**25
"""Addresses of the internet that are the world: two of its 256 largest parts; no network of one owner is as large."""
_LEAST_IPV6: Final = 2 ** (128 - 12)
"""The same: a registry of addresses gets 4096 times less than all at once, a provider far less."""
_INTERNET_IPV6: Final = IPv6Network("2000::/3")
"""https://www.iana.org/assignments/ipv6-address-space"""
_NOT_INTERNET: Final = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/3",
    )
)
"""https://www.iana.org/assignments/iana-ipv4-special-registry"""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Ports that a rule opens to addresses."""

    resource: Resource
    """The rule, or the group or ACL that has it as a block."""
    group: str
    """The place of the group or ACL, or its id as it is written."""
    is_ingress: bool
    protocol: str
    """`tcp`, `udp`, another name or number of AWS, or `-1` for all."""
    first: int
    last: int
    networks: tuple[Network, ...]
    allows: bool = True
    """False for a rule of an ACL that denies."""

    def includes(self, port: int, protocol: str = "tcp") -> bool:
        """Whether it opens a port."""
        return self.protocol in {"-1", protocol} and self.first <= port <= self.last

    @property
    def ports(self) -> str:
        """As messages say it."""
        if self.protocol == "-1":
            return "every port of every protocol"
        return f"{self.protocol} ports {self.first} to {self.last}"


def openings(stack: Stack, stacks: Mapping[str, Stack]) -> list[Opening]:
    """What the rules of security groups that a stack has open; without the peers that are groups."""
    reader = _Reader(stack=stack, stacks=stacks, owner="security_group_id")
    found: list[Opening] = []
    for kind, direction in _SEPARATE.items():
        for rule in stack.all(kind):
            cidrs = [rule.get("cidr_ipv4"), rule.get("cidr_ipv6")]
            found.append(reader.opening(rule, rule.arguments, direction, cidrs, rule.get("prefix_list_id")))
    found += [reader.old_form(rule, rule.arguments, str(rule.get("type"))) for rule in stack.all(_OLD)]
    for group in stack.all(*GROUPS):
        for direction in ("ingress", "egress"):
            for block in blocks(group.get(direction)):
                named = {**block, "security_group_id": str(Place.of(stack, group))}
                found.append(reader.old_form(group, named, direction))
    return found


def acl_openings(stack: Stack, stacks: Mapping[str, Stack]) -> list[Opening]:
    """What the rules of network ACLs that a stack has allow or deny."""
    reader = _Reader(stack=stack, stacks=stacks, owner="network_acl_id")
    found: list[Opening] = []
    for rule in stack.all("aws_network_acl_rule"):
        direction = "egress" if rule.is_on("egress") else "ingress"
        found.append(reader.of_acl(rule, rule.arguments, direction, "rule_action"))
    for acl in stack.all(*ACLS):
        for direction in ("ingress", "egress"):
            for block in blocks(acl.get(direction)):
                named = {**block, "network_acl_id": str(Place.of(stack, acl))}
                found.append(reader.of_acl(acl, named, direction, "action"))
    return found


def open_to_world(found: Sequence[Opening]) -> list[Opening]:
    """The openings of one direction that together with others of their group let in the world by one port."""
    by_group: dict[str, list[Opening]] = {}
    for one in found:
        if one.networks and one.allows:
            by_group.setdefault(one.group, []).append(one)
    result: dict[int, Opening] = {}
    for group in by_group.values():
        for start in group:
            together = [one for one in group if _meet(start, one)]
            if is_world(network for one in together for network in one.networks):
                # One that has only private addresses beside them opens nothing.
                for one in together:
                    if any(is_of_internet(network) for network in one.networks):
                        result[id(one)] = one
    return list(result.values())


def is_world(networks: Iterable[Network]) -> bool:
    """Whether networks together have so many addresses of the internet that no single owner has them."""
    all_of_them = list(networks)
    four = collapse_addresses([one for one in all_of_them if isinstance(one, IPv4Network)])
    six = collapse_addresses([one for one in all_of_them if isinstance(one, IPv6Network)])
    if sum(map(_internet_ipv4, four)) >= _LEAST_IPV4:
        return True
    return sum(map(_internet_ipv6, six)) >= _LEAST_IPV6


def networks_of(value: object) -> list[Network]:
    """The blocks of addresses in a value or a list; what is not a literal block is left out."""
    found: list[Network] = []
    for one in value if isinstance(value, list) else [value]:
        try:
            found.append(ip_network(str(one).strip(), strict=False))
        except ValueError:
            continue
    return found


@dataclass(frozen=True, kw_only=True)
class _Reader:
    stack: Stack
    stacks: Mapping[str, Stack]
    owner: str
    """The argument with the group or ACL of a rule."""

    def opening(
        self, resource: Resource, arguments: Mapping[str, Any], direction: str, cidrs: list[object], lists: object
    ) -> Opening:
        written = arguments.get("ip_protocol") if "ip_protocol" in arguments else arguments.get("protocol")
        protocol = str("-1" if written is None else written).strip().lower()
        protocol = _PROTOCOLS.get(protocol, protocol)
        first, last = _port(arguments.get("from_port")), _port(arguments.get("to_port"))
        if protocol == "-1" or first is None or first < 0:
            first, last = 0, _LAST_PORT
        reference = str(arguments.get(self.owner))
        owners = (str(Place.of(one, group)) for one, group in referred(reference, self.stack, self.stacks))
        return Opening(
            resource=resource,
            group=next(owners, reference),
            is_ingress=direction != "egress",
            protocol=protocol,
            first=first,
            last=first if last is None else last,
            networks=(*networks_of(cidrs), *self._of_lists(lists)),
        )

    def old_form(self, resource: Resource, arguments: Mapping[str, Any], direction: str) -> Opening:
        cidrs = [*_listed(arguments.get("cidr_blocks")), *_listed(arguments.get("ipv6_cidr_blocks"))]
        return self.opening(resource, arguments, direction, cidrs, arguments.get("prefix_list_ids"))

    def of_acl(self, resource: Resource, arguments: Mapping[str, Any], direction: str, action: str) -> Opening:
        cidrs = [arguments.get("cidr_block"), arguments.get("ipv6_cidr_block")]
        found = self.opening(resource, arguments, direction, cidrs, None)
        return replace(found, allows=str(arguments.get(action)).lower() == "allow")

    def _of_lists(self, lists: object) -> list[Network]:
        """The addresses of prefix lists that the stacks have; those of AWS are not the world."""
        found: list[Network] = []
        for owner, one in referred(lists, self.stack, self.stacks) if lists else ():
            if one.kind == _LIST:
                separate = (each.arguments for each in owner.attached(one, _ENTRY, by="prefix_list_id"))
                found += networks_of([each.get("cidr") for each in (*blocks(one.get("entry")), *separate)])
        return found


def _meet(start: Opening, other: Opening) -> bool:
    """Whether another one opens the first port of one."""
    if start.is_ingress != other.is_ingress:
        return False
    if other.protocol not in {"-1", start.protocol}:
        return False
    return other.first <= start.first <= other.last


def is_of_internet(network: Network) -> bool:
    """Whether a network has addresses of the internet."""
    return (_internet_ipv4(network) if isinstance(network, IPv4Network) else _internet_ipv6(network)) > 0


def _internet_ipv4(network: IPv4Network) -> int:
    inside = sum(one.num_addresses for one in _NOT_INTERNET if one.subnet_of(network))
    if any(network.subnet_of(one) for one in _NOT_INTERNET):
        return 0
    return network.num_addresses - inside


def _internet_ipv6(network: IPv6Network) -> int:
    if network.subnet_of(_INTERNET_IPV6):
        return network.num_addresses
    return _INTERNET_IPV6.num_addresses if _INTERNET_IPV6.subnet_of(network) else 0


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _port(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
