"""The KMS keys that services accept, tested with Systems Manager, which refuses a key that it cannot use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

REGION = "arn:aws:kms:us-east-1:123456789012"


def encrypt(client: Client, key: str, region: str = "us-east-1") -> None:
    client("ssm", region=region).put_parameter(Name="/keys", Value="x", Type="SecureString", KeyId=key, Overwrite=True)


def make_key(client: Client, region: str = "us-east-1", **settings: Any) -> dict[str, str]:
    return dict(client("kms", region=region).create_key(**settings)["KeyMetadata"])


def test_a_key_is_found_by_its_id_its_arn_and_its_alias(client: Client) -> None:
    key = make_key(client)
    client("kms").create_alias(AliasName="alias/taken", TargetKeyId=key["KeyId"])

    for name in (key["KeyId"], key["Arn"], "alias/taken", f"{REGION}:alias/taken"):
        encrypt(client, name)


@pytest.mark.parametrize("key", ["alias/aws/ssm", f"{REGION}:alias/aws/ssm"])
def test_an_aws_managed_key_is_created_on_first_use(client: Client, key: str) -> None:
    encrypt(client, key)


@pytest.mark.parametrize(
    "key",
    [
        "arn:none",
        "arn:aws:kms:nowhere-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        "arn:aws:kms:us-west-2:123456789012:alias/aws/ssm",
        "arn:aws:s3:::bucket/alias/aws/ssm",
        f"{REGION}:key/alias/aws/ssm",
        "nothing/alias/aws/ssm",
        "alias/none",
        f"{REGION}:alias/none",
    ],
)
def test_a_key_that_is_not_in_the_region_is_refused(client: Client, key: str) -> None:
    with pytest.raises(ClientError, match="InvalidKeyId"):
        encrypt(client, key)


def test_a_key_of_another_region_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match="InvalidKeyId"):
        encrypt(client, make_key(client, "us-west-2")["Arn"])


def test_a_key_of_another_account_is_found_by_its_arn(client: Client) -> None:
    key = client("kms", account="900000000084").create_key()["KeyMetadata"]

    encrypt(client, key["Arn"])
    with pytest.raises(ClientError, match="InvalidKeyId"):
        encrypt(client, key["KeyId"])


def test_a_multi_region_key_is_found_in_a_region_by_its_replica_there(client: Client) -> None:
    key = make_key(client, MultiRegion=True)
    client("kms").replicate_key(KeyId=key["KeyId"], ReplicaRegion="us-west-2")

    encrypt(client, key["KeyId"], "us-west-2")
    encrypt(client, key["Arn"].replace("us-east-1", "us-west-2"), "us-west-2")
    with pytest.raises(ClientError, match="InvalidKeyId"):
        encrypt(client, key["Arn"], "us-west-2")


def test_a_key_is_found_only_while_it_is_enabled(client: Client) -> None:
    kms, key = client("kms"), make_key(client)["KeyId"]

    kms.disable_key(KeyId=key)
    with pytest.raises(ClientError, match="InvalidKeyId"):
        encrypt(client, key)
    kms.enable_key(KeyId=key)
    encrypt(client, key)
    kms.schedule_key_deletion(KeyId=key)
    with pytest.raises(ClientError, match="InvalidKeyId"):
        encrypt(client, key)
