"""Finds every path from the internet to a database, over all stacks of an environment: there must be none.

Three barriers protect a database, and each must hold alone: it has no public address; its subnets have no route out of
the network, and no network ACL allows a public address; none of its security groups allows a public address, or a group
that the public can reach. A gap in any barrier is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any, Final

from compliance.graph import Graph
from config.network import PRIVATE_BLOCKS
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance.graph import Node
    from compliance.references import Place
    from synthesis.manifest import Stack

_DATABASES: Final = ("aws_db_instance", "aws_db_proxy", "aws_docdb_cluster", "aws_rds_cluster")
_GROUPS: Final = ("aws_security_group", "aws_default_security_group")
_ADDRESSES: Final = ("cidr_block", "ipv6_cidr_block", "destination_cidr_block", "destination_ipv6_cidr_block")


@dataclass(frozen=True, kw_only=True)
class PublicExposure:
    """One gap: `prod-data/aws_db_instance.postgres: aws_subnet.x has a route to 0.0.0.0/0`."""

    database: str
    reason: str

    def __str__(self) -> str:
        """As a line of a report."""
        return f"{self.database}: {self.reason}"


def databases(stacks: Sequence[Stack]) -> list[str]:
    """The databases that are checked, as `<stack>/<address>`."""
    return [node.place for node in _Barriers(stacks).all(*_DATABASES)]


def public_exposures(stacks: Sequence[Stack]) -> list[PublicExposure]:
    """All gaps in the barriers of all databases of the stacks, which are those of one or more environments."""
    graph = _Barriers(stacks)
    return [
        PublicExposure(database=node.place, reason=reason)
        for node in graph.all(*_DATABASES)
        for reason in graph.exposures(node)
    ]


class _Barriers(Graph):
    """The resources of all stacks, with what is wrong with the barriers of a database."""

    def exposures(self, database: Node) -> Iterator[str]:
        if database.resource.get("publicly_accessible") not in (None, False):
            yield "publicly_accessible gives it a public address"
        subnets = self._subnets(database)
        if not subnets:
            yield "names no subnet of these stacks, so it is in the account's default VPC, which is public"
        for subnet in subnets:
            yield from self._subnet_exposures(subnet)
        groups = self._security_groups(database)
        if not groups:
            yield "names no security group of these stacks"
        for group in groups:
            for opening in self._openings(group):
                yield opening
            for peer in self._peers(group):
                for opening in self._openings(peer):
                    yield f"allows {peer.place}, and {opening}"

    def _subnets(self, database: Node) -> list[Node]:
        if database.resource.kind == "aws_db_proxy":
            return self.targets(database, "vpc_subnet_ids")
        primaries = [node for node in self.targets(database, "replicate_source_db") if node != database]
        groups = self.targets(database, "db_subnet_group_name")
        return [
            *(subnet for group in groups for subnet in self.targets(group, "subnet_ids")),
            *(subnet for primary in primaries if not groups for subnet in self._subnets(primary)),
        ]

    def _security_groups(self, database: Node) -> list[Node]:
        return self.targets(database, "vpc_security_group_ids")

    def _subnet_exposures(self, subnet: Node) -> Iterator[str]:
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

    def _acl_exposures(self, acl: Node) -> Iterator[str]:
        for node in self.sources(acl, "aws_network_acl_rule", by="network_acl_id"):
            rule = node.resource
            if rule.get("rule_action") != "allow" or rule.is_on("egress"):
                continue
            for cidr in _public(rule.get("cidr_block"), rule.get("ipv6_cidr_block")):
                yield f"{node.place} allows {cidr}"

    def _openings(self, group: Node) -> Iterator[str]:
        """Rules that allow public addresses into a security group."""
        for node, rule in self._ingress(group):
            if rule.get("prefix_list_id") or rule.get("prefix_list_ids"):
                yield f"{node.place} allows a prefix list"
            blocks_of_addresses = (*_listed(rule.get("cidr_blocks")), *_listed(rule.get("ipv6_cidr_blocks")))
            for cidr in _public(rule.get("cidr_ipv4"), rule.get("cidr_ipv6"), *blocks_of_addresses):
                yield f"{node.place} allows {cidr}"

    def _peers(self, group: Node) -> list[Node]:
        """Other security groups that are allowed."""
        named = ("referenced_security_group_id", "source_security_group_id", "security_groups")
        peers = [
            peer
            for node, rule in self._ingress(group)
            for name in named
            for peer in self.follow(node.stack, rule.get(name), *_GROUPS)
        ]
        return [peer for peer in peers if peer != group]

    def _ingress(self, group: Node) -> Iterator[tuple[Node, Mapping[str, Any]]]:
        """The rules of a security group for what comes in, in every form, each with what has it."""
        for kind in ("aws_vpc_security_group_ingress_rule", "aws_security_group_rule"):
            for node in self.sources(group, kind, by="security_group_id"):
                if node.get("type") in {None, "ingress"}:
                    yield node, node.resource.arguments
        for inline in blocks(group.resource.get("ingress")):
            yield group, inline

    def places(self, stack: Stack, value: object) -> list[Place | None]:
        """What a value refers to; all of it must be there, so that no gap stays unseen."""
        places = super().places(stack, value)
        if None in places:
            message = f"{stack.id}: {value} refers to a stack that is not among those to check"
            raise LookupError(message)
        return places


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _public(*cidrs: object) -> list[str]:
    """The blocks that have addresses outside private networks; a value that is not a literal counts as one."""
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
