"""Every way from the internet to a database, over all stacks of an environment at once: there must be none.

Three barriers stand before a database, and each must hold alone: it has no public address; no route leads from its
subnets to anything but the network, and no network ACL allows a public address; no security group of it allows a public
address, or a group that the public reaches. A gap in any of them is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Final

from config.network import PRIVATE_BLOCKS
from synthesis.template import REFERENCE, Resource, blocks, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from synthesis.manifest import Stack

_DATABASES: Final = ("aws_db_instance", "aws_db_proxy", "aws_docdb_cluster", "aws_rds_cluster")
_ADDRESSES: Final = ("cidr_block", "ipv6_cidr_block", "destination_cidr_block", "destination_ipv6_cidr_block")


@dataclass(frozen=True, kw_only=True)
class PublicExposure:
    """One reason: `prod-data/aws_db_instance.postgres: aws_route.x leads to 0.0.0.0/0`."""

    database: str
    reason: str

    def __str__(self) -> str:
        """As a line of a report."""
        return f"{self.database}: {self.reason}"


@dataclass(frozen=True)
class _Node:
    """A resource and the stack that its references are to be read in."""

    stack: Stack
    resource: Resource

    @property
    def place(self) -> str:
        return f"{self.stack.id}/{self.resource.address}"


def databases(stacks: Sequence[Stack]) -> list[str]:
    """What is looked at, as `<stack>/<address>`: to show that something was."""
    return [node.place for node in _Graph(stacks).all(*_DATABASES)]


def public_exposures(stacks: Sequence[Stack]) -> list[PublicExposure]:
    """All gaps in the barriers of all databases of the stacks, which are those of one or more environments."""
    graph = _Graph(stacks)
    return [
        PublicExposure(database=node.place, reason=reason)
        for node in graph.all(*_DATABASES)
        for reason in graph.exposures_of(node)
    ]


class _Graph:
    """Resources of all stacks, with the references between them followed, from stack to stack too."""

    def __init__(self, stacks: Sequence[Stack]) -> None:
        self._stacks = {stack.id: stack for stack in stacks}
        self._nodes = {node.place: node for stack in stacks for node in (_Node(stack, r) for r in stack.all())}

    def all(self, *kinds: str) -> Iterator[_Node]:
        return (node for node in self._nodes.values() if node.resource.kind in kinds)

    def targets(self, node: _Node, argument: str) -> list[_Node]:
        """What an argument refers to."""
        return self._follow(node.stack, node.resource.get(argument))

    def sources(self, target: _Node, kind: str, *, by: str) -> list[_Node]:
        """Resources of a type, in whatever stack, whose argument `by` refers to `target`."""
        return [node for node in self.all(kind) if target in self.targets(node, by)]

    def exposures_of(self, database: _Node) -> Iterator[str]:
        if database.resource.get("publicly_accessible") not in (None, False):
            yield "publicly_accessible gives it a public address"
        subnets = self._subnets_of(database)
        if not subnets:
            yield "names no subnet of ours, so it stands in the account's default network, which is public"
        for subnet in subnets:
            yield from self._subnet_exposures(subnet)
        groups = self._groups_of(database)
        if not groups:
            yield "names no security group of ours"
        for group in groups:
            for opening in self._openings(group):
                yield opening
            for peer in self._peers(group):
                for opening in self._openings(peer):
                    yield f"lets in {peer.place}, and {opening}"

    def _subnets_of(self, database: _Node) -> list[_Node]:
        if database.resource.kind == "aws_db_proxy":
            return self.targets(database, "vpc_subnet_ids")
        primaries = [node for node in self.targets(database, "replicate_source_db") if node != database]
        groups = self.targets(database, "db_subnet_group_name")
        return [
            *(subnet for group in groups for subnet in self.targets(group, "subnet_ids")),
            *(subnet for primary in primaries if not groups for subnet in self._subnets_of(primary)),
        ]

    def _groups_of(self, database: _Node) -> list[_Node]:
        return self.targets(database, "vpc_security_group_ids")

    def _subnet_exposures(self, subnet: _Node) -> Iterator[str]:
        if subnet.resource.get("map_public_ip_on_launch") not in (None, False):
            yield f"{subnet.place} gives public addresses"
        associations = self.sources(subnet, "aws_route_table_association", by="subnet_id")
        if not associations:
            yield f"{subnet.place} has no route table of its own"
        for association in associations:
            for table in self.targets(association, "route_table_id"):
                inline = blocks(table.resource.get("route"))
                routes = [node.resource.arguments for node in self.sources(table, "aws_route", by="route_table_id")]
                for route in (*inline, *routes):
                    for cidr in _public(*(route.get(name) for name in _ADDRESSES)):
                        yield f"{subnet.place} has a route to {cidr}"
        for association in self.sources(subnet, "aws_network_acl_association", by="subnet_id"):
            for acl in self.targets(association, "network_acl_id"):
                yield from self._acl_exposures(acl)

    def _acl_exposures(self, acl: _Node) -> Iterator[str]:
        for node in self.sources(acl, "aws_network_acl_rule", by="network_acl_id"):
            rule = node.resource
            if rule.get("rule_action") != "allow" or rule.is_on("egress"):
                continue
            for cidr in _public(rule.get("cidr_block"), rule.get("ipv6_cidr_block")):
                yield f"{node.place} lets {cidr} in"

    def _openings(self, group: _Node) -> Iterator[str]:
        """Rules that let public addresses into a security group."""
        for node in self.sources(group, "aws_vpc_security_group_ingress_rule", by="security_group_id"):
            rule = node.resource
            if rule.get("prefix_list_id"):
                yield f"{node.place} lets a prefix list in"
            for cidr in _public(rule.get("cidr_ipv4"), rule.get("cidr_ipv6")):
                yield f"{node.place} lets {cidr} in"
        for inline in blocks(group.resource.get("ingress")):
            for cidr in _public(*(inline.get("cidr_blocks") or ()), *(inline.get("ipv6_cidr_blocks") or ())):
                yield f"{group.place} lets {cidr} in"

    def _peers(self, group: _Node) -> list[_Node]:
        """Other security groups that are let in."""
        rules = self.sources(group, "aws_vpc_security_group_ingress_rule", by="security_group_id")
        peers = [peer for rule in rules for peer in self.targets(rule, "referenced_security_group_id")]
        return [peer for peer in peers if peer != group]

    def _follow(self, stack: Stack, value: object) -> list[_Node]:
        found: list[_Node] = []
        for _, text in texts(value):
            for match in REFERENCE.finditer(text):
                if match["address"]:
                    node = self._nodes.get(f"{stack.id}/{match['address']}")
                    found += [node] if node else []
                else:
                    producer = self._stacks[stack.producers(self._stacks)[match["remote"]]]
                    output = producer.document.get("output", {})[match["output"]]["value"]
                    found += self._follow(producer, output)
        return found


def _public(*cidrs: object) -> list[str]:
    """Those of the blocks that have addresses outside private networks; what is no literal counts as one."""
    return [str(cidr) for cidr in cidrs if cidr is not None and not _is_private(str(cidr))]


def _is_private(cidr: str) -> bool:
    try:
        network = ip_network(cidr)
    except ValueError:
        return False
    match network:
        case IPv4Network():
            return any(network.subnet_of(block) for block in PRIVATE_BLOCKS)
        case IPv6Network():
            return network.is_private
