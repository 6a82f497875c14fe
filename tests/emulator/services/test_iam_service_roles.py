from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_the_role_of_aws_config_has_its_name(client: Client) -> None:
    iam = client("iam", account="900000000094")

    role = iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]

    assert role["RoleName"] == "AWSServiceRoleForConfig"
