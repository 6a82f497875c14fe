"""Security groups: every rule is described, has one peer, and opens nothing to the internet by mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.arguments import walk
from compliance.openings import GROUPS, open_to_world, openings
from compliance.references import of_same_environment, places
from compliance.rule import Finding, rule, rule_with_others
from synthesis.template import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.openings import Opening
    from synthesis.manifest import Stack

_INGRESS: Final = "aws_vpc_security_group_ingress_rule"
_EGRESS: Final = "aws_vpc_security_group_egress_rule"
_PEERS: Final = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
_HTTP, _HTTPS = 80, 443
_WITH_RULES: Final = (_INGRESS, _EGRESS, "aws_security_group_rule", *GROUPS)
_ACL_KINDS: Final = ("aws_default_network_acl", "aws_network_acl", "aws_network_acl_rule")
_ADDRESSES: Final = re.compile(r"cidr_ipv4|cidr_ipv6|cidr_blocks?|ipv6_cidr_blocks?")
_ONE_REFERENCE: Final = re.compile(r"\$\{(?:data\.)?(?:aws|terraform)_[a-z0-9_]+\.[\w.\-\[\]\"*]+\}")
_BALANCERS: Final = ("aws_lb", "aws_elb")
_SECURITY_GROUPS: Final = re.compile(r"security_?groups?(_?ids?)?$|^SecurityGroups$", re.IGNORECASE)
"""Arguments by which a resource is a member of groups."""


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
def addresses_can_be_read(stack: Stack) -> Iterator[Finding]:
    """The addresses in rules of security groups and network ACLs are known, or those of one resource.

    A function, a condition or a variable without a default can be the whole internet.
    """
    for resource in stack.all(*_WITH_RULES, *_ACL_KINDS):
        for path, name, value in walk(dict(resource.arguments)):
            if _ADDRESSES.fullmatch(name):
                for one in value if isinstance(value, list) else [value]:
                    if "${" in _ONE_REFERENCE.sub("", str(one)):
                        yield Finding.about(resource, f"{path} is {one}, which is not known; write the block itself")


@rule_with_others
def internet_ingress_is_https_only(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Only TCP port 443 is open to the internet, by IPv4 or IPv6."""
    for opening in _to_world(stack, stacks, is_ingress=True):
        if not _is_only(opening, _HTTPS):
            yield Finding.about(opening.resource, f"allows the internet to reach {opening.ports}")


@rule_with_others
def internet_ingress_is_listed(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Port 443 is open to the internet only where an exception says why."""
    for opening in _to_world(stack, stacks, is_ingress=True):
        if _is_only(opening, _HTTPS):
            yield Finding.about(opening.resource, "allows the internet to reach port 443, and no exception lists it")


@rule_with_others
def world_enters_by_load_balancers_only(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The internet reaches nothing but TCP ports 80 and 443 of public load balancers."""
    for opening in _to_world(stack, stacks, is_ingress=True):
        if not (_is_only(opening, _HTTP) or _is_only(opening, _HTTPS)):
            yield Finding.about(opening.resource, f"opens {opening.ports} to the internet; only 80 and 443 may be open")
            continue
        balancers, others = _members(opening.group, stack, stacks)
        if others:
            yield Finding.about(opening.resource, f"opens {', '.join(others)} to the internet, besides a load balancer")
        elif not balancers:
            says = "opens a group to the internet that no public load balancer has"
            yield Finding.about(opening.resource, says)


@rule_with_others
def internet_egress_is_https_only(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Connections to the whole internet use only TCP port 443, and 80 where an exception says why."""
    for opening in _to_world(stack, stacks, is_ingress=False):
        if not _is_only(opening, _HTTPS) and not _is_only(opening, _HTTP):
            yield Finding.about(opening.resource, f"may connect to the internet on {opening.ports}")


@rule_with_others
def internet_egress_by_http_is_listed(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Connections to port 80 of the whole internet are open only where an exception says why."""
    for opening in _to_world(stack, stacks, is_ingress=False):
        if _is_only(opening, _HTTP):
            yield Finding.about(opening.resource, "may connect to port 80 of the internet, and no exception lists it")


def _to_world(stack: Stack, stacks: Mapping[str, Stack], *, is_ingress: bool) -> list[Opening]:
    """What the rules of a stack open to the world, also together with those of other stacks for the same group."""
    if not any(True for _ in stack.all(*_WITH_RULES)):
        return []
    own = [one for one in openings(stack, stacks) if one.is_ingress == is_ingress and one.networks]
    groups = {one.group for one in own}
    beside = [
        one
        for other in of_same_environment(stack, stacks)
        if other.id != stack.id and any(True for _ in other.all(*_WITH_RULES))
        for one in openings(other, stacks)
        if one.is_ingress == is_ingress and one.group in groups
    ]
    mine = {id(one) for one in own}
    return [one for one in open_to_world([*own, *beside]) if id(one) in mine]


def _members(group: str, stack: Stack, stacks: Mapping[str, Stack]) -> tuple[list[str], list[str]]:
    """The public load balancers, and what else, that a group is of."""
    balancers: list[str] = []
    others: list[str] = []
    for other in of_same_environment(stack, stacks):
        for resource in other.all():
            if resource.kind in _WITH_RULES:
                continue
            if not any(_SECURITY_GROUPS.search(name) for name, _ in texts(dict(resource.arguments))):
                continue
            named = [text for name, text in texts(dict(resource.arguments)) if _SECURITY_GROUPS.search(name)]
            if group in named or any(str(place) == group for place in places(named, other, stacks)):
                is_entrance = resource.kind in _BALANCERS and not resource.is_on("internal")
                (balancers if is_entrance else others).append(f"{other.id}/{resource.address}")
    return balancers, others


def _is_only(opening: Opening, port: int) -> bool:
    return (opening.protocol, opening.first, opening.last) == ("tcp", port, port)
