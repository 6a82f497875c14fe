from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def rule(port: int, **peer: Any) -> list[dict[str, Any]]:
    return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}]


def test_a_rule_that_is_there_is_refused_whatever_its_description(client: Client) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    one, two = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("one", "two")
    )

    def of_group(text: str) -> dict[str, Any]:
        return {"UserIdGroupPairs": [{"GroupId": two, "Description": text}]}

    block = {"IpRanges": [{"CidrIp": "10.7.0.0/24"}]}
    for permissions in (rule(5432, **of_group("first")), rule(5433, **of_group("first")), rule(5432, **block)):
        ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=permissions)
    for permissions in (rule(5432, **of_group("second")), rule(5432, **block)):
        with pytest.raises(ClientError, match=r"InvalidPermission\.Duplicate.*already exists"):
            ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=permissions)
