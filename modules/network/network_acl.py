"""Network ACLs: stateless rules per subnet tier, in addition to the security groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from cdktf_cdktf_provider_aws.network_acl import NetworkAcl as AwsNetworkAcl
from cdktf_cdktf_provider_aws.network_acl_association import NetworkAclAssociation
from cdktf_cdktf_provider_aws.network_acl_rule import NetworkAclRule
from constructs import Construct

from config.zones import zone_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modules.label import Label

_ANYWHERE: Final = "0.0.0.0/0"
_HTTP, _HTTPS = 80, 443
# A NAT gateway, a load balancer and a database proxy receive responses on any of these ports:
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
_EPHEMERAL: Final = (1024, 65_535)

_PATH_MTU: Final = 900
_FIRST_NUMBER: Final[Mapping[str, int]] = {"postgres": 1000, "documentdb": 2000, "private": 1000, "database": 3000}
_NUMBERS_PER_ZONE: Final = 10
"""The numbers of the database rules: those of a peer start at one number, and each zone has its own from there.

They follow from the number of the zone, so that a further zone changes no rule that is there: AWS has no update of a
rule's number, and between the deletion and the creation of a rule its traffic is dropped.
"""


@dataclass(frozen=True, kw_only=True)
class AclRule:
    """One allow rule; `protocol` "-1" means every protocol, and has no ports."""

    direction: Literal["in", "out"]
    number: int
    cidr: str
    protocol: Literal["-1", "tcp", "udp", "icmp"] = "-1"
    ports: tuple[int, int] | None = None
    name: str = ""
    """The end of its id; the default is the number."""

    @property
    def id(self) -> str:
        """Its id in the network ACL."""
        return f"{self.direction}-{self.name or self.number}"


class NetworkAcl(Construct):
    """A network ACL and its subnets; it drops all traffic that no rule allows, in both directions."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        name: str,
        vpc_id: str,
        subnet_ids: dict[str, str],
        rules: list[AclRule],
    ) -> None:
        super().__init__(scope, id_)
        acl = AwsNetworkAcl(self, "Default", vpc_id=vpc_id, tags=label.name_tag(name))
        for rule in rules:
            NetworkAclRule(
                self,
                rule.id,
                network_acl_id=acl.id,
                egress=rule.direction == "out",
                rule_number=rule.number,
                rule_action="allow",
                protocol=rule.protocol,
                cidr_block=rule.cidr,
                from_port=rule.ports[0] if rule.ports else None,
                to_port=rule.ports[1] if rule.ports else None,
                # Destination unreachable, fragmentation needed: without it, large packets are lost (path MTU).
                icmp_type=3 if rule.protocol == "icmp" else None,
                icmp_code=4 if rule.protocol == "icmp" else None,
            )
        for key, subnet_id in subnet_ids.items():
            NetworkAclAssociation(self, key, network_acl_id=acl.id, subnet_id=subnet_id)


def public_rules(vpc_cidr: str, *, web: bool) -> list[AclRule]:
    """Traffic of the VPC, responses, all outbound traffic, and if `web` is set the requests of the internet.

    Without a public load balancer only NAT gateways are in these subnets, and they start every connection.
    """
    requests = [
        AclRule(direction="in", number=20, cidr=_ANYWHERE, protocol="tcp", ports=(_HTTP, _HTTP)),
        AclRule(direction="in", number=30, cidr=_ANYWHERE, protocol="tcp", ports=(_HTTPS, _HTTPS)),
    ]
    return [
        AclRule(direction="in", number=10, cidr=vpc_cidr),
        *(requests if web else ()),
        *_response_rules(40),
        AclRule(direction="out", number=10, cidr=_ANYWHERE),
    ]


def private_rules(vpc_cidr: str) -> list[AclRule]:
    """Traffic of the VPC, responses, and all outbound traffic (routes and security groups restrict it further).

    Traffic of the VPC includes CloudFront's requests by a VPC origin: its network interface is in a private subnet.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    """
    return [
        AclRule(direction="in", number=10, cidr=vpc_cidr),
        *_response_rules(20),
        AclRule(direction="out", number=10, cidr=_ANYWHERE),
    ]


def database_rules(
    vpc_cidr: str, *, private: Mapping[str, str], database: Mapping[str, str], ports: Mapping[str, int]
) -> list[AclRule]:
    """Requests of the workloads to the databases, and what goes between the subnets of the databases.

    A proxy and its database are in different subnets and both have requests and responses, so between these subnets
    all ports from 1024 are open, which includes the ports of the databases.

    Args:
        vpc_cidr: The block of the VPC.
        private: The blocks of the workloads, by the key of their zone.
        database: The blocks of the databases, by the key of their zone.
        ports: The port of each database by its name: `postgres`, `documentdb`.
    """
    if not ports:
        return []
    return [
        AclRule(direction="in", number=_PATH_MTU, name="path-mtu", cidr=vpc_cidr, protocol="icmp"),
        *(
            _zone_rule("in", f"private-{key}-{name}", _number(name, key), cidr, (port, port))
            for name, port in ports.items()
            for key, cidr in private.items()
        ),
        *_between(database, "in"),
        AclRule(direction="out", number=_PATH_MTU, name="path-mtu", cidr=vpc_cidr, protocol="icmp"),
        *(
            _zone_rule("out", f"private-{key}", _number("private", key), cidr, _EPHEMERAL)
            for key, cidr in private.items()
        ),
        *_between(database, "out"),
    ]


def reader_rules(vpc_cidr: str, *, database: Mapping[str, str], ports: Mapping[str, int]) -> list[AclRule]:
    """The requests of what only reads databases, and their responses: the other side of `database_rules`.

    Args:
        vpc_cidr: The block of the VPC.
        database: The blocks of the databases, by the key of their zone.
        ports: The port of each database by its name.
    """
    return [
        AclRule(direction="in", number=_PATH_MTU, name="path-mtu", cidr=vpc_cidr, protocol="icmp"),
        *_between(database, "in"),
        AclRule(direction="out", number=_PATH_MTU, name="path-mtu", cidr=vpc_cidr, protocol="icmp"),
        *(
            _zone_rule("out", f"database-{key}-{name}", _number(name, key), cidr, (port, port))
            for name, port in ports.items()
            for key, cidr in database.items()
        ),
    ]


def _between(database: Mapping[str, str], direction: Literal["in", "out"]) -> Iterator[AclRule]:
    for key, cidr in database.items():
        yield _zone_rule(direction, f"database-{key}", _number("database", key), cidr, _EPHEMERAL)


def _zone_rule(direction: Literal["in", "out"], name: str, number: int, cidr: str, ports: tuple[int, int]) -> AclRule:
    return AclRule(direction=direction, name=name, number=number, cidr=cidr, protocol="tcp", ports=ports)


def _number(peer: str, key: str) -> int:
    return _FIRST_NUMBER[peer] + _NUMBERS_PER_ZONE * zone_number(key)


def _response_rules(first: int) -> list[AclRule]:
    return [
        AclRule(direction="in", number=first, cidr=_ANYWHERE, protocol="tcp", ports=_EPHEMERAL),
        AclRule(direction="in", number=first + 10, cidr=_ANYWHERE, protocol="udp", ports=_EPHEMERAL),
        AclRule(direction="in", number=first + 20, cidr=_ANYWHERE, protocol="icmp"),
    ]
