"""A role reads and writes the value of a parameter only with rights for its key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.sessions import assume
from tests.emulator.functions import TRUST

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "700000000761"
HOME = "us-east-1"
NAME = "/app/key"
ARN = f"arn:aws:ssm:{HOME}:{ACCOUNT}:parameter{NAME}"


@pytest.fixture(scope="module")
def key(client: Client) -> str:
    return str(client("kms", account=ACCOUNT).create_key()["KeyMetadata"]["Arn"])


@pytest.fixture(autouse=True)
def _written(client: Client, key: str) -> None:
    client("ssm", account=ACCOUNT).put_parameter(
        Name=NAME, Value="first", Type="SecureString", KeyId=key, Overwrite=True
    )


def role(client: Client, key: str, *actions: str, condition: dict[str, Any] | None = None) -> Any:
    """Parameter Store, called by a new role with rights for all parameters, and with these for the key."""
    iam, name = client("iam", account=ACCOUNT), f"role-{len(client('iam', account=ACCOUNT).list_roles()['Roles'])}"
    created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    granted = {"Effect": "Allow", "Action": [*actions, "kms:ListKeys"], "Resource": key, "Condition": condition or {}}
    statements = [{"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}, granted]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=document)
    return assume(created, name="test", account=ACCOUNT, region=HOME).client("ssm")


def write(ssm: Any, key: str, **members: Any) -> None:
    ssm.put_parameter(Name=NAME, Value="second", Type="SecureString", KeyId=key, Overwrite=True, **members)


def test_a_role_with_the_right_to_decrypt_reads_and_does_not_write(client: Client, key: str) -> None:
    ssm = role(client, key, "kms:Decrypt")
    assert ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]["Value"] == "first"
    with pytest.raises(ClientError, match=rf"AccessDenied.* kms:Encrypt on resource: {key} for {ARN}"):
        write(ssm, key)


@pytest.mark.parametrize("wanted", [{"Name": NAME}, {"Name": ARN}, {"Name": f"{NAME}:1"}])
def test_a_role_with_the_right_to_encrypt_writes_and_does_not_read(
    client: Client, key: str, wanted: dict[str, str]
) -> None:
    ssm = role(client, key, "kms:Encrypt")
    write(ssm, key)
    with pytest.raises(ClientError, match="kms:Decrypt"):
        ssm.get_parameter(**wanted, WithDecryption=True)
    with pytest.raises(ClientError, match="kms:Decrypt"):
        ssm.get_parameters(Names=list(wanted.values()), WithDecryption=True)
    assert ssm.get_parameter(Name=NAME)["Parameter"]["Type"] == "SecureString"


def test_an_advanced_parameter_needs_a_data_key(client: Client, key: str) -> None:
    client("ssm", account=ACCOUNT).delete_parameter(Name=NAME)
    with pytest.raises(ClientError, match="kms:GenerateDataKey"):
        write(role(client, key, "kms:Encrypt"), key, Tier="Advanced")
    write(role(client, key, "kms:GenerateDataKey"), key, Tier="Advanced")
    client("ssm", account=ACCOUNT).delete_parameter(Name=NAME)  # it cannot become a standard one


@pytest.mark.parametrize(
    ("sent", "other"),
    [
        ({"kms:EncryptionContext:PARAMETER_ARN": ARN}, {"kms:EncryptionContext:PARAMETER_ARN": f"{ARN}s"}),
        ({"kms:ViaService": f"ssm.{HOME}.amazonaws.com"}, {"kms:ViaService": "ssm.us-west-2.amazonaws.com"}),
    ],
)
def test_the_conditions_of_the_right_count(
    client: Client, key: str, sent: dict[str, str], other: dict[str, str]
) -> None:
    write(role(client, key, "kms:Encrypt", condition={"StringEquals": sent}), key)
    with pytest.raises(ClientError, match="kms:Encrypt"):
        write(role(client, key, "kms:Encrypt", condition={"StringEquals": other}), key)


def test_the_key_of_the_account_and_a_person_need_no_right(client: Client, key: str) -> None:
    ssm = role(client, key)
    for own in ("alias/aws/ssm", f"arn:aws:kms:{HOME}:{ACCOUNT}:alias/aws/ssm"):
        write(ssm, own)
        assert ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]["Value"] == "second"
    write(client("ssm", account=ACCOUNT), key)
    ssm.put_parameter(Name="/app/text", Value="text", Type="String", Overwrite=True)
    assert ssm.get_parameter(Name="/app/text", WithDecryption=True)["Parameter"]["Value"] == "text"
