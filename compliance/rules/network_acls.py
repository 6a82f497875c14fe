"""Network ACLs: no more open than their subnets need, and within AWS's quota."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from compliance.openings import is_of_internet, networks_of
from compliance.references import of_same_environment
from compliance.rule import Finding, rule, rule_with_others
from compliance.rules.network import WORLD, is_for_databases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_RULE: Final = "aws_network_acl_rule"
_QUOTA: Final = 20
"""Rules of a direction, the last one included that AWS adds:
https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-nacls"""
_TCP: Final = frozenset({"tcp", "6"})
_ICMP: Final = frozenset({"icmp", "1", "icmpv6", "58"})
_FIRST_EPHEMERAL: Final = 1024


@rule
def network_acl_fits_the_quota(stack: Stack) -> Iterator[Finding]:
    """A network ACL has no more rules than AWS allows without a request."""
    for acl in stack.all("aws_network_acl"):
        rules = stack.attached(acl, _RULE, by="network_acl_id")
        for egress, count in sorted(Counter(one.is_on("egress") for one in rules).items()):
            if count >= _QUOTA:
                direction = "outbound" if egress else "inbound"
                yield Finding.about(
                    acl, f"has {count} {direction} rules; AWS allows {_QUOTA}, its own last one included"
                )


@rule
def network_acl_has_subnets(stack: Stack) -> Iterator[Finding]:
    """Every network ACL is of a subnet: its subnets would else have the VPC's default one."""
    for acl in stack.all("aws_network_acl"):
        if not stack.attached(acl, "aws_network_acl_association", by="network_acl_id") and not acl.get("subnet_ids"):
            yield Finding.about(acl, "has no aws_network_acl_association and no subnet_ids")


@rule
def database_network_acl_names_its_ports(stack: Stack) -> Iterator[Finding]:
    """The network ACL of database subnets allows single ports and responses, and nothing of the internet."""
    subnets = [subnet for subnet in stack.all("aws_subnet") if is_for_databases(subnet)]
    associations = [
        one
        for one in stack.all("aws_network_acl_association")
        if any(subnet.is_referred_to_by(one.get("subnet_id")) for subnet in subnets)
    ]
    for acl in stack.all("aws_network_acl"):
        if any(acl.is_referred_to_by(one.get("network_acl_id")) for one in associations):
            for acl_rule in stack.attached(acl, _RULE, by="network_acl_id"):
                if _is_allowed(acl_rule) and not _names_ports(acl_rule):
                    yield Finding.about(acl_rule, "allows more than tcp on one port or from port 1024")
                if _is_allowed(acl_rule) and any(map(is_of_internet, networks_of(_addresses(acl_rule)))):
                    yield Finding.about(acl_rule, "allows addresses of the internet, which no database talks to")


@rule_with_others
def network_acl_takes_requests_for_a_load_balancer_only(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Requests of the internet enter a subnet only where the environment has a public load balancer."""
    balancers = (balancer for other in of_same_environment(stack, stacks) for balancer in other.all("aws_lb"))
    if any(not balancer.is_on("internal") for balancer in balancers):
        return
    for acl_rule in stack.all(_RULE):
        if not _is_allowed(acl_rule) or acl_rule.is_on("egress") or str(acl_rule.get("protocol")) in _ICMP:
            continue
        from_world = {acl_rule.get("cidr_block"), acl_rule.get("ipv6_cidr_block")} & WORLD
        if from_world and _first_port(acl_rule) < _FIRST_EPHEMERAL:
            yield Finding.about(acl_rule, "lets requests of the internet in, and no load balancer is public")


def _is_allowed(acl_rule: Resource) -> bool:
    return str(acl_rule.get("rule_action")) == "allow"


def _addresses(acl_rule: Resource) -> list[object]:
    return [acl_rule.get("cidr_block"), acl_rule.get("ipv6_cidr_block")]


def _first_port(acl_rule: Resource) -> int:
    return int(acl_rule.get("from_port") or 0)


def _names_ports(acl_rule: Resource) -> bool:
    protocol = str(acl_rule.get("protocol"))
    first, last = _first_port(acl_rule), int(acl_rule.get("to_port") or 0)
    return protocol in _ICMP or (protocol in _TCP and first > 0 and (first == last or first >= _FIRST_EPHEMERAL))
