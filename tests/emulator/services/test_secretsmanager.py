from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "900000000204"


@pytest.mark.parametrize("stage", [None, "AWSCURRENT", "AWSPREVIOUS"])
def test_a_secret_without_a_value_is_read_in_vain(client: Client, stage: str | None) -> None:
    secrets = client("secretsmanager", account=ACCOUNT)
    secrets.create_secret(Name=f"empty-{stage}")

    with pytest.raises(ClientError, match="can't find the specified secret value for staging label") as refused:
        secrets.get_secret_value(SecretId=f"empty-{stage}", **({"VersionStage": stage} if stage else {}))

    error = refused.value.response["Error"]
    assert error["Code"] == "ResourceNotFoundException"
    assert error["Message"].endswith(f"staging label: {stage or 'AWSCURRENT'}")


def test_a_secret_that_is_replaced_keeps_its_value_before(client: Client) -> None:
    secrets = client("secretsmanager", account=ACCOUNT)
    secrets.create_secret(Name="twice", SecretString="first")
    secrets.put_secret_value(SecretId="twice", SecretString="second")

    assert secrets.get_secret_value(SecretId="twice")["SecretString"] == "second"
    assert secrets.get_secret_value(SecretId="twice", VersionStage="AWSPREVIOUS")["SecretString"] == "first"


def test_only_a_function_can_rotate_an_ordinary_secret(client: Client) -> None:
    secrets = client("secretsmanager", account=ACCOUNT)
    secrets.create_secret(Name="fixed", SecretString="value")

    with pytest.raises(ClientError, match="doesn't already have a Lambda function ARN configured"):
        secrets.rotate_secret(SecretId="fixed", RotationRules={"AutomaticallyAfterDays": 30})

    assert secrets.get_secret_value(SecretId="fixed")["SecretString"] == "value"
