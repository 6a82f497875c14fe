"""Rules of security groups: moto takes a rule twice if only its description differs, and AWS does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

_Rule = tuple[str, int | None, int | None, str]


@guard("ec2", "AuthorizeSecurityGroupIngress")
def refuse_same_rule(params: Shape, context: Context) -> None:
    """Refuse a rule that the group has already: same protocol, ports and peer, whatever the description.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (InvalidPermission.Duplicate)
    """
    group = context.backend(ec2_backends).get_security_group_from_id(params.get("GroupId"))
    if group is None:
        return
    present = set(map(_of_moto, group.ingress_rules))
    for protocol, first, last, peer in _asked(params):
        if (protocol, first, last, peer) in present:
            ports = f"from port: {first}, to port: {last}"
            raise AwsError(
                code="InvalidPermission.Duplicate",
                message=(f'the specified rule "peer: {peer}, {protocol.upper()}, {ports}, ALLOW" already exists'),
            )


def _asked(params: Shape) -> Iterator[_Rule]:
    for permission in params.get("IpPermissions") or ():
        protocol, first, last = (permission.get(name) for name in ("IpProtocol", "FromPort", "ToPort"))
        for pair in permission.get("UserIdGroupPairs") or ():
            yield str(protocol), first, last, str(pair.get("GroupId"))
        for block in permission.get("IpRanges") or ():
            yield str(protocol), first, last, str(block.get("CidrIp"))


def _of_moto(rule: Any) -> _Rule:
    peer = rule.source_group.get("GroupId") or rule.cidr_ipv4
    return str(rule.ip_protocol), rule.from_port, rule.to_port, str(peer)
