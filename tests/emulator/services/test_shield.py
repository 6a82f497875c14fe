from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.emulator.edge import make_distribution

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_protection_needs_a_subscription(client: Client) -> None:
    account = "900000000091"
    shield = client("shield", account=account)
    _, arn = make_distribution(client, "protected", account=account)
    with pytest.raises(ClientError, match=r"ResourceNotFoundException.*The subscription does not exist"):
        shield.create_protection(Name="edge", ResourceArn=arn)
    shield.create_subscription()

    made = shield.create_protection(Name="edge", ResourceArn=arn)["ProtectionId"]
    assert shield.describe_protection(ProtectionId=made)["Protection"]["ResourceArn"] == arn
