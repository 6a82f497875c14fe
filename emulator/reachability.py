"""Decides from subnets, route tables, security groups and endpoints what something in a VPC reaches.

Network ACLs, IPv6, transit gateways and peering are left out: a rule or a route by one of them does not count.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from moto.ec2.models import ec2_backends

if TYPE_CHECKING:
    from collections.abc import Iterable

HTTPS: Final = 443
_ANYWHERE: Final = "0.0.0.0/0"
_ANY_PROTOCOL: Final = "-1"


@dataclass(frozen=True)
class Place:
    """Where something is in a VPC."""

    account: str
    region: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def backend(self) -> Any:
        """The backend of moto with the subnets and groups."""
        return ec2_backends[self.account][self.region]

    @property
    def blocks(self) -> list[str]:
        """The address blocks of its subnets."""
        found = self.backend.describe_subnets(subnet_ids=list(self.subnets)) if self.subnets else []
        return [str(subnet.cidr_block) for subnet in found]

    @property
    def vpc(self) -> str | None:
        """The id of its VPC."""
        found = self.backend.describe_subnets(subnet_ids=list(self.subnets)) if self.subnets else []
        return str(found[0].vpc_id) if found else None

    def rules(self, *, egress: bool) -> Iterable[Any]:
        """The rules of its groups in one direction."""
        for group in filter(None, map(self.backend.get_security_group_from_id, self.groups)):
            yield from group.egress_rules if egress else group.ingress_rules


def refusal(source: Place, target: Place, port: int) -> str | None:
    """Return why packets from one to the other do not arrive, or None if they do."""
    if source.vpc != target.vpc:
        return f"it is in {target.vpc}, not in {source.vpc}"
    if not _admits(source.rules(egress=True), target, port):
        return f"no group of {', '.join(source.groups)} allows port {port} out to it"
    if not _admits(target.rules(egress=False), source, port):
        return f"no group of {', '.join(target.groups)} allows port {port} in from {', '.join(source.groups)}"
    return None


def reaches_internet(source: Place) -> bool:
    """Whether each of its subnets has a route to a NAT gateway, and a group allows HTTPS to everywhere.

    A function has no public address, so an internet gateway does not help it:
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
    """
    opened = any(_has_port(rule, HTTPS) and rule.cidr_ipv4 == _ANYWHERE for rule in source.rules(egress=True))
    return opened and all(
        any(route.nat_gateway and route.destination_cidr_block == _ANYWHERE for route in table.routes)
        for table in _route_tables(source)
    )


def endpoint_services(source: Place) -> dict[str, bool]:
    """Return for each AWS service with an endpoint in the VPC, by the end of its name, whether it is reached that way.

    An interface endpoint with private DNS takes the service's name over, so that no other way leads there; a gateway
    endpoint is one more way.
    https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
    """
    prefix = f"com.amazonaws.{source.region}."
    found = {}
    for endpoint in source.backend.vpc_end_points.values():
        if endpoint.vpc_id != source.vpc or not endpoint.service_name.startswith(prefix):
            continue
        name = endpoint.service_name.removeprefix(prefix)
        if endpoint.vpc_endpoint_type in {None, "Gateway"}:  # moto stores no default
            found[name] = reaches_internet(source) or _reaches_gateway(source, endpoint)
        elif endpoint.private_dns_enabled:
            place = replace(source, subnets=tuple(endpoint.subnet_ids or ()), groups=tuple(endpoint.security_group_ids))
            found[name] = refusal(source, place, HTTPS) is None
    return found


def _admits(rules: Iterable[Any], other: Place, port: int) -> bool:
    blocks = [ipaddress.ip_network(block) for block in other.blocks]
    for rule in rules:
        if not _has_port(rule, port):
            continue
        if rule.source_group.get("GroupId") in other.groups:
            return True
        if rule.cidr_ipv4 and blocks:
            allowed = ipaddress.ip_network(rule.cidr_ipv4, strict=False)
            if all(isinstance(block, ipaddress.IPv4Network) and block.subnet_of(allowed) for block in blocks):  # type: ignore[arg-type]
                return True
    return False


def _has_port(rule: Any, port: int) -> bool:
    if rule.ip_protocol == _ANY_PROTOCOL:
        return True
    return bool(rule.ip_protocol == "tcp" and rule.from_port <= port <= rule.to_port)


def _route_tables(source: Place) -> list[Any]:
    """Return the route table of each of its subnets."""
    tables = [table for table in source.backend.route_tables.values() if table.vpc_id == source.vpc]
    main = [table for table in tables if table.main_association_id is not None]
    found = []
    for subnet in source.subnets:
        own = [table for table in tables if any(each.get("SubnetId") == subnet for each in table.associations)]
        found += (own or main)[:1]
    return found


def _reaches_gateway(source: Place, endpoint: Any) -> bool:
    opened = any(
        _has_port(rule, HTTPS) and (rule.cidr_ipv4 == _ANYWHERE or rule.prefix_list)
        for rule in source.rules(egress=True)
    )
    return opened and {table.id for table in _route_tables(source)} <= set(endpoint.route_table_ids)
