"""The network's shape: nothing is public by itself, databases have no way out, all traffic is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource

WORLD: Final = frozenset({"0.0.0.0/0", "::/0"})
ADMIN_PORTS: Final = {22: "SSH", 3389: "RDP"}
_ALL_PROTOCOLS: Final = frozenset({"-1", "all"})
_DATABASE: Final = "database"


@rule
def vpc_has_flow_logs(stack: Stack) -> Iterator[Finding]:
    """Every VPC records all of its traffic, accepted or not."""
    for vpc in stack.all("aws_vpc"):
        logs = stack.attached(vpc, "aws_flow_log", by="vpc_id")
        if not any(log.get("traffic_type") == "ALL" for log in logs):
            yield Finding.of(vpc, 'no aws_flow_log with traffic_type "ALL" on it')


@rule
def vpc_locks_its_defaults(stack: Stack) -> Iterator[Finding]:
    """A VPC's default security group and default network ACL allow nothing, so that what is forgotten is closed."""
    for vpc in stack.all("aws_vpc"):
        for kind, argument in (
            ("aws_default_security_group", "vpc_id"),
            ("aws_default_network_acl", "default_network_acl_id"),
        ):
            adopted = stack.attached(vpc, kind, by=argument)
            if not adopted:
                yield Finding.of(vpc, f"its default is left as AWS made it: no {kind}")
            for default in adopted:
                if default.get("ingress") or default.get("egress"):
                    yield Finding.of(default, "has rules; leave it empty and use one of your own")


@rule
def vpc_is_not_the_default(stack: Stack) -> Iterator[Finding]:
    """The account's default VPC, which is public, is not used."""
    for resource in stack.all("aws_default_vpc", "aws_default_subnet"):
        yield Finding.of(resource, "is public by design; use the VPC of the layer network")


@rule
def subnet_gives_no_public_addresses(stack: Stack) -> Iterator[Finding]:
    """No subnet gives public addresses to what starts in it, the public ones included."""
    for subnet in stack.all("aws_subnet"):
        for argument in ("map_public_ip_on_launch", "assign_ipv6_address_on_creation"):
            if subnet.get(argument) not in (None, False):
                yield Finding.of(subnet, f"{argument} is on")


@rule
def database_subnets_have_no_way_out(stack: Stack) -> Iterator[Finding]:
    """A database subnet has a route table of its own, and no route in it but the VPC's own."""
    associations = list(stack.all("aws_route_table_association"))
    tables = {table.address: table for table in stack.all("aws_route_table")}
    for subnet in stack.all("aws_subnet"):
        if not _is_for_databases(subnet):
            continue
        own = [
            table
            for association in associations
            if subnet.is_referred_to_by(association.get("subnet_id"))
            for table in tables.values()
            if table.is_referred_to_by(association.get("route_table_id"))
        ]
        if not own:
            yield Finding.of(subnet, "has no route table of its own, so the VPC's main one decides")
        for table in own:
            if table.get("route") or stack.attached(table, "aws_route", by="route_table_id"):
                yield Finding.of(subnet, f"{table.address} has a route out")


@rule
def network_acl_closes_remote_administration(stack: Stack) -> Iterator[Finding]:
    """No network ACL lets the world in to the ports of SSH and RDP (CIS AWS 5.1)."""
    for acl_rule in stack.all("aws_network_acl_rule"):
        if acl_rule.get("rule_action") != "allow" or acl_rule.is_on("egress"):
            continue
        if acl_rule.get("cidr_block") not in WORLD and acl_rule.get("ipv6_cidr_block") not in WORLD:
            continue
        for port, name in ADMIN_PORTS.items():
            if _lets_in(acl_rule, port):
                yield Finding.of(acl_rule, f"lets the world in to port {port} ({name})")
    for acl in stack.all("aws_network_acl"):
        if acl.get("ingress") or acl.get("egress"):
            yield Finding.of(acl, "has rules of its own; write each as an aws_network_acl_rule")


def _is_for_databases(subnet: Resource) -> bool:
    name = str((subnet.get("tags") or {}).get("Name", ""))
    return _DATABASE in name or _DATABASE in subnet.name


def _lets_in(acl_rule: Resource, port: int) -> bool:
    protocol = str(acl_rule.get("protocol"))
    if protocol in _ALL_PROTOCOLS:
        return True
    first, last = acl_rule.get("from_port"), acl_rule.get("to_port")
    return protocol in {"tcp", "6"} and first is not None and last is not None and int(first) <= port <= int(last)
