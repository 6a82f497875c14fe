"""Network ACLs: stateless rules per subnet tier, in addition to the security groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from cdktf_cdktf_provider_aws.network_acl import NetworkAcl as AwsNetworkAcl
from cdktf_cdktf_provider_aws.network_acl_association import NetworkAclAssociation
from cdktf_cdktf_provider_aws.network_acl_rule import NetworkAclRule
from constructs import Construct

if TYPE_CHECKING:
    from modules.label import Label

_ANYWHERE: Final = "0.0.0.0/0"
_HTTP, _HTTPS = 80, 443
# A NAT gateway and a load balancer receive responses on any of these ports:
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
_EPHEMERAL: Final = (1024, 65_535)
_STEP: Final = 10


class NetworkAcl(Construct):
    """A network ACL and its subnets; it drops all traffic that no rule allows, in both directions."""

    @dataclass(frozen=True, kw_only=True)
    class Rule:
        """One allow rule; `protocol` "-1" means every protocol, and has no ports."""

        direction: Literal["in", "out"]
        cidr: str
        protocol: Literal["-1", "tcp", "udp", "icmp"] = "-1"
        ports: tuple[int, int] | None = None

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        name: str,
        vpc_id: str,
        subnet_ids: dict[str, str],
        rules: list[Rule],
    ) -> None:
        super().__init__(scope, id_)
        acl = AwsNetworkAcl(self, "Default", vpc_id=vpc_id, tags=label.name_tag(name))
        numbers = {"in": 0, "out": 0}
        for rule in rules:
            numbers[rule.direction] += _STEP
            number = numbers[rule.direction]
            NetworkAclRule(
                self,
                f"{rule.direction}-{number}",
                network_acl_id=acl.id,
                egress=rule.direction == "out",
                rule_number=number,
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


def public_rules(vpc_cidr: str) -> list[NetworkAcl.Rule]:
    """Inbound web traffic, responses, and all outbound traffic."""
    rule = NetworkAcl.Rule
    return [
        rule(direction="in", cidr=vpc_cidr),
        rule(direction="in", cidr=_ANYWHERE, protocol="tcp", ports=(_HTTP, _HTTP)),
        rule(direction="in", cidr=_ANYWHERE, protocol="tcp", ports=(_HTTPS, _HTTPS)),
        *_response_rules(),
        rule(direction="out", cidr=_ANYWHERE),
    ]


def private_rules(vpc_cidr: str) -> list[NetworkAcl.Rule]:
    """Traffic of the VPC, responses, and all outbound traffic (routes and security groups restrict it further)."""
    rule = NetworkAcl.Rule
    return [rule(direction="in", cidr=vpc_cidr), *_response_rules(), rule(direction="out", cidr=_ANYWHERE)]


def database_rules(neighbours: list[str]) -> list[NetworkAcl.Rule]:
    """Only traffic of the workloads and the other databases of this VPC."""
    rule = NetworkAcl.Rule
    return [
        *(rule(direction="in", cidr=cidr) for cidr in neighbours),
        *(rule(direction="out", cidr=cidr) for cidr in neighbours),
    ]


def _response_rules() -> list[NetworkAcl.Rule]:
    rule = NetworkAcl.Rule
    return [
        rule(direction="in", cidr=_ANYWHERE, protocol="tcp", ports=_EPHEMERAL),
        rule(direction="in", cidr=_ANYWHERE, protocol="udp", ports=_EPHEMERAL),
        rule(direction="in", cidr=_ANYWHERE, protocol="icmp"),
    ]
