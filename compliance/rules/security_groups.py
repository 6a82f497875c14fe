"""Security groups: every rule says why it is there, has one peer, and opens nothing to the world by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule
from compliance.rules.network import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_INGRESS: Final = "aws_vpc_security_group_ingress_rule"
_EGRESS: Final = "aws_vpc_security_group_egress_rule"
_PEERS: Final = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
_HTTPS: Final = 443


@rule
def security_group_is_described(stack: Stack) -> Iterator[Finding]:
    """Every security group says what it is for."""
    for group in stack.all("aws_security_group"):
        if group.get("description") in (None, "", "Managed by Terraform"):
            yield Finding.of(group, "has no description")


@rule
def security_group_has_no_inline_rules(stack: Stack) -> Iterator[Finding]:
    """Rules are resources of their own: inline ones fight with those that other stacks add."""
    for group in stack.all("aws_security_group"):
        for argument in ("ingress", "egress"):
            if group.get(argument):
                yield Finding.of(group, f"{argument} is written inline; use aws_vpc_security_group_{argument}_rule")
    for old in stack.all("aws_security_group_rule"):
        yield Finding.of(old, "is the old type; use aws_vpc_security_group_ingress_rule or _egress_rule")


@rule
def security_group_rule_is_described(stack: Stack) -> Iterator[Finding]:
    """Every rule says who calls whom."""
    for group_rule in stack.all(_INGRESS, _EGRESS):
        if not group_rule.get("description"):
            yield Finding.of(group_rule, "has no description")


@rule
def security_group_rule_has_one_peer(stack: Stack) -> Iterator[Finding]:
    """Every rule names exactly one peer."""
    for group_rule in stack.all(_INGRESS, _EGRESS):
        named = [peer for peer in _PEERS if group_rule.get(peer) is not None]
        if len(named) != 1:
            yield Finding.of(group_rule, f"names {', '.join(named) or 'no peer'}; name one of {', '.join(_PEERS)}")


@rule
def world_comes_in_by_https_only(stack: Stack) -> Iterator[Finding]:
    """Nothing but TCP port 443 is open to the world, by IPv4 or IPv6."""
    for ingress in stack.all(_INGRESS):
        if _is_world(ingress) and not _is_https(ingress):
            yield Finding.of(ingress, f"lets the world in to {_ports(ingress)}")


@rule
def world_comes_in_where_listed(stack: Stack) -> Iterator[Finding]:
    """Port 443 is open to the world only where an exception says why."""
    for ingress in stack.all(_INGRESS):
        if _is_world(ingress) and _is_https(ingress):
            yield Finding.of(ingress, "lets the world in to port 443 and no exception lists it")


@rule
def world_is_called_by_https_only(stack: Stack) -> Iterator[Finding]:
    """What may call the whole internet may do so by TCP port 443 only."""
    for egress in stack.all(_EGRESS):
        if _is_world(egress) and not _is_https(egress):
            yield Finding.of(egress, f"may call the world by {_ports(egress)}")


def _is_world(group_rule: Resource) -> bool:
    return group_rule.get("cidr_ipv4") in WORLD or group_rule.get("cidr_ipv6") in WORLD


def _is_https(group_rule: Resource) -> bool:
    ports = (group_rule.get("from_port"), group_rule.get("to_port"))
    return group_rule.get("ip_protocol") in {"tcp", "6"} and ports == (_HTTPS, _HTTPS)


def _ports(group_rule: Resource) -> str:
    protocol = str(group_rule.get("ip_protocol"))
    if protocol == "-1":
        return "every port of every protocol"
    return f"{protocol} ports {group_rule.get('from_port')} to {group_rule.get('to_port')}"
