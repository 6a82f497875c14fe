"""Security groups: every rule is described, has one peer, and opens nothing to the internet by mistake."""

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
            yield Finding.about(group, "has no description")


@rule
def security_group_is_not_replaced(stack: Stack) -> Iterator[Finding]:
    """A new description does not replace a group: the new one would be without the rules that other stacks add."""
    for group in stack.all("aws_security_group"):
        ignored = group.block("lifecycle").get("ignore_changes") or []
        if ignored != "all" and "description" not in ignored:
            yield Finding.about(group, "a change of description replaces it; add description to ignore_changes")


@rule
def security_group_has_no_inline_rules(stack: Stack) -> Iterator[Finding]:
    """Rules are separate resources: inline rules conflict with those that other stacks add."""
    for group in stack.all("aws_security_group"):
        for argument in ("ingress", "egress"):
            if group.get(argument):
                yield Finding.about(group, f"{argument} is written inline; use aws_vpc_security_group_{argument}_rule")
    for old in stack.all("aws_security_group_rule"):
        yield Finding.about(old, "is the old type; use aws_vpc_security_group_ingress_rule or _egress_rule")


@rule
def security_group_rule_is_described(stack: Stack) -> Iterator[Finding]:
    """Every rule has a description."""
    for group_rule in stack.all(_INGRESS, _EGRESS):
        if not group_rule.get("description"):
            yield Finding.about(group_rule, "has no description")


@rule
def security_group_rule_has_one_peer(stack: Stack) -> Iterator[Finding]:
    """Every rule names exactly one peer."""
    for group_rule in stack.all(_INGRESS, _EGRESS):
        named = [peer for peer in _PEERS if group_rule.get(peer) is not None]
        if len(named) != 1:
            yield Finding.about(group_rule, f"names {', '.join(named) or 'no peer'}; name one of {', '.join(_PEERS)}")


@rule
def internet_ingress_is_https_only(stack: Stack) -> Iterator[Finding]:
    """Only TCP port 443 is open to the internet, by IPv4 or IPv6."""
    for ingress in stack.all(_INGRESS):
        if _is_internet(ingress) and not _is_https(ingress):
            yield Finding.about(ingress, f"allows the internet to reach {_ports(ingress)}")


@rule
def internet_ingress_is_listed(stack: Stack) -> Iterator[Finding]:
    """Port 443 is open to the internet only where an exception says why."""
    for ingress in stack.all(_INGRESS):
        if _is_internet(ingress) and _is_https(ingress):
            yield Finding.about(ingress, "allows the internet to reach port 443, and no exception lists it")


@rule
def internet_egress_is_https_only(stack: Stack) -> Iterator[Finding]:
    """Connections to the whole internet use only TCP port 443."""
    for egress in stack.all(_EGRESS):
        if _is_internet(egress) and not _is_https(egress):
            yield Finding.about(egress, f"may connect to the internet on {_ports(egress)}")


def _is_internet(group_rule: Resource) -> bool:
    return group_rule.get("cidr_ipv4") in WORLD or group_rule.get("cidr_ipv6") in WORLD


def _is_https(group_rule: Resource) -> bool:
    ports = (group_rule.get("from_port"), group_rule.get("to_port"))
    return group_rule.get("ip_protocol") in {"tcp", "6"} and ports == (_HTTPS, _HTTPS)


def _ports(group_rule: Resource) -> str:
    protocol = str(group_rule.get("ip_protocol"))
    if protocol == "-1":
        return "every port of every protocol"
    return f"{protocol} ports {group_rule.get('from_port')} to {group_rule.get('to_port')}"
