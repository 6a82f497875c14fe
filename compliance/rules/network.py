"""The network: nothing is public by default, databases have no route out, all traffic is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.arguments import is_off, is_set
from compliance.openings import acl_openings, open_to_world
from compliance.rule import Finding, rule, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

WORLD: Final = frozenset({"0.0.0.0/0", "::/0"})
ADMIN_PORTS: Final = {20: "FTP", 21: "FTP", 22: "SSH", 3389: "RDP"}
EPHEMERAL: Final = (1024, 65_535)
"""The ports that answers come to: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports"""
_DATABASE: Final = "database"


@rule
def vpc_has_flow_logs(stack: Stack) -> Iterator[Finding]:
    """Every VPC has flow logs of all traffic, accepted and rejected."""
    for vpc in stack.all("aws_vpc"):
        logs = stack.attached(vpc, "aws_flow_log", by="vpc_id")
        if not any(log.get("traffic_type") == "ALL" for log in logs):
            yield Finding.about(vpc, 'no aws_flow_log with traffic_type "ALL" on it')


@rule
def vpc_defaults_allow_nothing(stack: Stack) -> Iterator[Finding]:
    """The default security group and default network ACL of a VPC allow nothing."""
    for vpc in stack.all("aws_vpc"):
        for kind, argument in (
            ("aws_default_security_group", "vpc_id"),
            ("aws_default_network_acl", "default_network_acl_id"),
        ):
            adopted = stack.attached(vpc, kind, by=argument)
            if not adopted:
                yield Finding.about(vpc, f"AWS's default is unchanged: no {kind}")
            for default in adopted:
                if default.get("ingress") or default.get("egress"):
                    yield Finding.about(default, "has rules; leave it empty and create your own")


@rule
def vpc_is_not_the_default(stack: Stack) -> Iterator[Finding]:
    """The account's default VPC, which is public, is not used."""
    for resource in stack.all("aws_default_vpc", "aws_default_subnet"):
        yield Finding.about(resource, "is public by design; use the VPC of the layer network")


@rule
def subnet_gives_no_public_addresses(stack: Stack) -> Iterator[Finding]:
    """No subnet, not even a public one, assigns public addresses by default."""
    for subnet in stack.all("aws_subnet"):
        for argument in ("map_public_ip_on_launch", "assign_ipv6_address_on_creation"):
            if is_set(subnet.get(argument)) and not is_off(subnet.get(argument)):
                yield Finding.about(subnet, f"{argument} is on")


@rule
def database_subnet_has_no_route_out(stack: Stack) -> Iterator[Finding]:
    """A database subnet has its own route table, without routes out of the VPC."""
    associations = list(stack.all("aws_route_table_association"))
    tables = {table.address: table for table in stack.all("aws_route_table")}
    for subnet in stack.all("aws_subnet"):
        if not is_for_databases(subnet):
            continue
        own = [
            table
            for association in associations
            if subnet.is_referred_to_by(association.get("subnet_id"))
            for table in tables.values()
            if table.is_referred_to_by(association.get("route_table_id"))
        ]
        if not own:
            yield Finding.about(subnet, "has no route table of its own, so the VPC's main one applies")
        for table in own:
            if table.get("route") or stack.attached(table, "aws_route", by="route_table_id"):
                yield Finding.about(subnet, f"{table.address} has a route out")


@rule_with_others
def network_acl_blocks_remote_administration(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No network ACL allows the internet to reach the ports of SSH, RDP and FTP (CIS AWS 5.1)."""
    inbound = [one for one in acl_openings(stack, stacks) if one.is_ingress]
    for opening in open_to_world(inbound):
        if (opening.first, opening.last) == EPHEMERAL:
            continue  # answers, which a network ACL cannot tell from requests
        for port, name in ADMIN_PORTS.items():
            if opening.includes(port) or opening.includes(port, "udp"):  # RDP uses both
                yield Finding.about(opening.resource, f"allows the internet to reach port {port} ({name})")
    for acl in stack.all("aws_network_acl"):
        if acl.get("ingress") or acl.get("egress"):
            yield Finding.about(acl, "has inline rules; make each an aws_network_acl_rule")


def is_for_databases(subnet: Resource) -> bool:
    """Whether a subnet is one of the tier of databases."""
    name = str((subnet.get("tags") or {}).get("Name", ""))
    return _DATABASE in name or _DATABASE in subnet.name
