"""Finds what is missing between the internet and a listener of a load balancer, link by link.

There are three ways: a public load balancer that the internet reaches, CloudFront with a VPC origin to an internal one,
and CloudFront with the name of a public one that only CloudFront's addresses reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from compliance.graph import is_among
from compliance.references import data_sources
from compliance.request import (
    DISTRIBUTION,
    behaviors,
    certificate_holders,
    certificates,
    certified_names,
    covers,
    forwards_host,
    is_in_its_zone,
    listener_certificates,
    origin_balancers,
    origin_named,
    records,
    records_to,
    vpc_origin,
)
from config.edge import VIEWER_REGION
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance.graph import Graph, Node

    Block = Mapping[str, Any]

_ANYWHERE: Final = "0.0.0.0/0"
_INGRESS: Final = "aws_vpc_security_group_ingress_rule"
_EGRESS: Final = "aws_vpc_security_group_egress_rule"
_ORIGIN_GROUP: Final = "CloudFront-VPCOrigins-Service-SG"
_ORIGIN_ADDRESSES: Final = "com.amazonaws.global.cloudfront.origin-facing"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
_HOW_TO_OPEN: Final = (
    f'add one from the prefix list "{_ORIGIN_ADDRESSES}" or, with a VPC origin, from the group "{_ORIGIN_GROUP}" '
    "of its VPC: a rule for addresses does not apply to CloudFront"
)


@dataclass(frozen=True)
class Entrance:
    """A load balancer and one of its listeners, as the internet sees them."""

    graph: Graph
    balancer: Node
    listener: Node

    def missing_links(self) -> Iterator[str]:
        """What is missing on the way from the internet to the listener; nothing if a name leads to it."""
        yield from self._problems_of_certificate()
        is_internal = self.balancer.get("internal") is True
        if not is_internal:
            yield from _subnets_without_internet(self.graph, self.balancer)
            yield from _closed_subnets(self.graph, self.balancer, self._port)
        if is_internal or (not self._is_open() and any(True for _ in self.graph.all(DISTRIBUTION))):
            yield from self._by_cloudfront()
        else:
            yield from self._by_internet()

    @property
    def _port(self) -> int:
        return int(self.listener.get("port"))

    @cached_property
    def _names(self) -> list[str]:
        """The names of the listener's certificates."""
        return certified_names(listener_certificates(self.graph, self.listener))

    @cached_property
    def _ingress(self) -> list[Node]:
        return openings(self.graph, self.graph.targets(self.balancer, "security_groups"), self._port)

    def _problems_of_certificate(self) -> Iterator[str]:
        for holder in certificate_holders(self.graph, self.listener):
            if not certificates(self.graph, holder, holder.get("certificate_arn")):
                yield (
                    f"{holder.place}: certificate_arn refers to no aws_acm_certificate_validation: use the ARN of a "
                    "validated certificate"
                )
        for certificate in listener_certificates(self.graph, self.listener):
            if certificate.stack.region != self.listener.stack.region:
                yield f"{certificate.place} is in {certificate.stack.region}: make it in {self.listener.stack.region}"

    def _is_open(self) -> bool:
        """Whether everybody can connect."""
        return any(rule.get("cidr_ipv4") == _ANYWHERE for rule in self._ingress)

    def _by_internet(self) -> Iterator[str]:
        where = self.balancer.place
        if not self._is_open():
            yield f"no ingress rule of {where} is for {_ANYWHERE} and port {self._port}: add one"
        leading = records_to(self.graph, self.balancer, "A")
        if not leading:
            yield f"no A record is an alias for {where}: add one with a name of the certificate"
        for record in leading:
            yield from _problems_of_record(self.graph, record)
            name = record.get("name")
            if not covers(self._names, name):
                yield f'{record.place}: "{name}" is not a name of the listener\'s certificate: add it there'

    def _by_cloudfront(self) -> Iterator[str]:
        """What is missing with the distribution that leads here, or with the best of several."""
        results = [
            [*_problems_of_viewers(self.graph, distribution), *self._problems_of_distribution(distribution, origins)]
            for distribution in self.graph.all(DISTRIBUTION)
            if (origins := self._origins(distribution))
        ]
        if results:
            yield from min(results, key=len)
        else:
            yield (
                f"no distribution has an origin that leads to {self.balancer.place}: add an origin with an "
                "aws_cloudfront_vpc_origin for its ARN, or with a name whose A record is an alias for it"
            )

    def _origins(self, distribution: Node) -> list[Block]:
        """The origins of a distribution that lead to the load balancer."""
        origins = blocks(distribution.get("origin"))
        behind = ((origin, origin_balancers(self.graph, distribution, origin)) for origin in origins)
        return [origin for origin, nodes in behind if any(node.place == self.balancer.place for node in nodes)]

    def _problems_of_distribution(self, distribution: Node, origins: list[Block]) -> Iterator[str]:
        where = distribution.place
        for behavior in behaviors(distribution):
            if not origin_named(distribution, behavior.get("target_origin_id")):
                yield f"{where}: its origin {behavior.get('target_origin_id')} does not exist: use the id of an origin"
        for origin in origins:
            used = [one for one in behaviors(distribution) if one.get("target_origin_id") == origin.get("origin_id")]
            if not used:
                yield f"{where}: no cache behavior uses the origin {origin.get('origin_id')}: add one"
            host = str(origin.get("domain_name"))
            if not covers(self._names, host) and not self._covers_forwarded(distribution, used):
                yield (
                    f"{where}: the origin's name \"{host}\" is not a name of the listener's certificate, nor is the "
                    "Host that it gets: add one of them there"
                )
            yield from self._problems_of_origin(distribution, origin)

    def _covers_forwarded(self, distribution: Node, used: list[Block]) -> bool:
        """Whether the listener's certificate is for the Host that the behaviors of an origin forward.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
        """
        names = _viewer_names(self.graph, distribution)
        return bool(names and used) and all(
            forwards_host(behavior) and covers(self._names, name) for behavior in used for name in names
        )

    def _problems_of_origin(self, distribution: Node, origin: Block) -> Iterator[str]:
        found = vpc_origin(self.graph, distribution, origin)
        if found:
            where, endpoint = found.place, found.resource.block("vpc_origin_endpoint_config")
            networks = _networks(self.graph, self.balancer)
            if not any(self.graph.sources(vpc, "aws_internet_gateway", by="vpc_id") for vpc in networks):
                yield f"{where} needs an internet gateway in the VPC of {self.balancer.place}: attach one"
        else:
            where = f"{distribution.place}: the origin {origin.get('origin_id')}"
            endpoint = next(iter(blocks(origin.get("custom_origin_config"))), {})
            if self.balancer.get("internal") is True:
                yield f"{where} has the name of an internal load balancer: use an aws_cloudfront_vpc_origin"
            for record in records(self.graph, str(origin.get("domain_name")), "A"):
                yield from _problems_of_record(self.graph, record)
        if endpoint.get("origin_protocol_policy") != "https-only":
            yield f"{where}: origin_protocol_policy is {endpoint.get('origin_protocol_policy')}: use https-only"
        if endpoint.get("https_port") != self._port:
            yield f"{where}: https_port is {endpoint.get('https_port')}: use the listener's port, {self._port}"
        if not any(self._is_for_cloudfront(rule, found) for rule in self._ingress):
            yield f"no ingress rule of {self.balancer.place} lets CloudFront reach port {self._port}: {_HOW_TO_OPEN}"

    def _is_for_cloudfront(self, rule: Node, found: Node | None) -> bool:
        """Whether an ingress rule is for the prefix list, or for AWS's group of a VPC origin in the balancer's VPC."""
        lists = data_sources(rule.get("prefix_list_id"), rule.stack, "aws_ec2_managed_prefix_list")
        if any(one.get("name") == _ORIGIN_ADDRESSES for one in lists):
            return True
        networks = _networks(self.graph, self.balancer)
        return found is not None and any(
            group.get("name") == _ORIGIN_GROUP
            and any(is_among(vpc, networks) for vpc in self.graph.follow(rule.stack, group.get("vpc_id"), "aws_vpc"))
            # AWS makes the group with the first origin of a VPC: read before, it is not there.
            and found.resource.address in (group.get("depends_on") or ())
            for group in data_sources(rule.get("referenced_security_group_id"), rule.stack, "aws_security_group")
        )


def openings(graph: Graph, groups: Sequence[Node], port: int, *, egress: bool = False) -> list[Node]:
    """The rules of security groups that are for a TCP port."""
    return [
        rule
        for group in groups
        for rule in graph.sources(group, _EGRESS if egress else _INGRESS, by="security_group_id")
        if _includes(rule, port)
    ]


def _viewer_names(graph: Graph, distribution: Node) -> list[str]:
    """The names by which viewers can come: those of the distribution, and those of records that lead to it."""
    recorded = [record.get("name") for kind in ("A", "AAAA") for record in records_to(graph, distribution, kind)]
    return sorted({*(distribution.get("aliases") or ()), *recorded})


def _problems_of_viewers(graph: Graph, distribution: Node) -> Iterator[str]:
    """What keeps viewers from a distribution."""
    where = distribution.place
    names = _viewer_names(graph, distribution)
    if not distribution.resource.is_on("enabled"):
        yield f"{where} is switched off: set enabled to true"
    if not distribution.resource.is_on("is_ipv6_enabled"):
        yield f"{where} does not answer by IPv6: set is_ipv6_enabled to true"
    if not names:
        yield f"{where} has no name: add one to aliases, with an A and an AAAA record"
    yield from _problems_of_viewer_certificate(graph, distribution, names)
    for name in names:
        if name not in (distribution.get("aliases") or ()):
            yield f'{where}: "{name}" leads to it and is not in its aliases: add it there'
        yield from _problems_of_name(graph, distribution, name)


def _problems_of_viewer_certificate(graph: Graph, distribution: Node, names: list[str]) -> Iterator[str]:
    where = distribution.place
    certificate = distribution.resource.block("viewer_certificate").get("acm_certificate_arn")
    found = certificates(graph, distribution, certificate)
    if not found:
        yield f"{where}: its viewer_certificate is not a validated one: use an aws_acm_certificate_validation"
    for one in found:
        if one.stack.region != VIEWER_REGION:
            yield f"{one.place} is in {one.stack.region}: CloudFront takes those of {VIEWER_REGION}"
        for name in names:
            if not covers(certified_names(found), name):
                yield f'{where}: "{name}" is not a name of its certificate: add it to {one.place}'


def _problems_of_name(graph: Graph, distribution: Node, name: str) -> Iterator[str]:
    for kind in ("A", "AAAA"):
        leading = [record for record in records_to(graph, distribution, kind) if record.get("name") == name]
        if not leading:
            yield f'no {kind} record of "{name}" is an alias for {distribution.place}: add one'
        for record in leading:
            yield from _problems_of_record(graph, record)


def _networks(graph: Graph, balancer: Node) -> list[Node]:
    """The VPC of a load balancer, once for each of its subnets."""
    subnets = graph.targets(balancer, "subnets", "aws_subnet")
    return [vpc for subnet in subnets for vpc in graph.targets(subnet, "vpc_id", "aws_vpc")]


def _subnets_without_internet(graph: Graph, balancer: Node) -> Iterator[str]:
    """What keeps the subnets of a public load balancer from the internet."""
    subnets = graph.targets(balancer, "subnets", "aws_subnet")
    if not subnets:
        yield f"{balancer.place} is in no subnet of these stacks: use the public subnets"
    for subnet in subnets:
        routes = [
            route
            for association in graph.sources(subnet, "aws_route_table_association", by="subnet_id")
            for table in graph.targets(association, "route_table_id", "aws_route_table")
            for route in graph.sources(table, "aws_route", by="route_table_id")
            if route.get("destination_cidr_block") == _ANYWHERE
        ]
        gateways = [node for route in routes for node in graph.targets(route, "gateway_id", "aws_internet_gateway")]
        if not any(graph.targets(gateway, "vpc_id", "aws_vpc") for gateway in gateways):
            yield f"{subnet.place} has no route to an internet gateway: add one, or use a subnet that has one"


def _closed_subnets(graph: Graph, balancer: Node, port: int) -> Iterator[str]:
    """The network ACLs of the subnets that keep requests out: the rule with the lowest number decides."""
    for subnet in graph.targets(balancer, "subnets", "aws_subnet"):
        for association in graph.sources(subnet, "aws_network_acl_association", by="subnet_id"):
            for acl in graph.targets(association, "network_acl_id", "aws_network_acl"):
                rules = [
                    rule
                    for rule in graph.sources(acl, "aws_network_acl_rule", by="network_acl_id")
                    if not rule.get("egress") and rule.get("cidr_block") == _ANYWHERE and _includes(rule, port)
                ]
                first = min(rules, key=lambda rule: int(rule.get("rule_number")), default=None)
                if first is None or first.get("rule_action") != "allow":
                    yield f"{acl.place} of {subnet.place} keeps port {port} closed: allow it from {_ANYWHERE}"


def _problems_of_record(graph: Graph, record: Node) -> Iterator[str]:
    if not is_in_its_zone(graph, record):
        yield f'{record.place}: "{record.get("name")}" is not in a public zone for that name: use its zone_id'


def _includes(rule: Node, port: int) -> bool:
    protocol = rule.get("ip_protocol") or rule.get("protocol")
    first, last = rule.get("from_port"), rule.get("to_port")
    return protocol == "-1" or (protocol in {"tcp", "6"} and int(first) <= port <= int(last))
