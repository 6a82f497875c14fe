from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

OTHER = "222222222222"


def test_a_key_of_twelve_digits_is_the_account(client: Client) -> None:
    identity = client("sts", account=OTHER).get_caller_identity()

    assert identity["Account"] == OTHER
    assert f":{OTHER}:" in identity["Arn"]


def test_any_other_key_works_in_the_default_account(client: Client) -> None:
    assert client("sts", account="test").get_caller_identity()["Account"] == "123456789012"


def test_an_assumed_role_works_in_the_account_of_the_role(client: Client, emulator: Emulator) -> None:
    role = client("sts").assume_role(RoleArn="arn:aws:iam::333333333333:role/deploy", RoleSessionName="ci")
    keys = role["Credentials"]

    session = boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        region_name="us-east-1",
    )

    identity = session.client("sts", endpoint_url=emulator.url).get_caller_identity()
    assert identity["Account"] == "333333333333"
    assert identity["Arn"] == "arn:aws:sts::333333333333:assumed-role/deploy/ci"
    group = session.client("xray", endpoint_url=emulator.url).create_group(GroupName="assumed")["Group"]
    assert ":333333333333:" in group["GroupARN"]


def test_arns_of_moto_have_the_account(client: Client) -> None:
    assert client("sns", account=OTHER).create_topic(Name="t")["TopicArn"] == f"arn:aws:sns:us-east-1:{OTHER}:t"
    role = client("iam", account=OTHER).create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{OTHER}:role/r"


def test_added_operations_separate_accounts_and_regions(client: Client) -> None:
    client("xray", account=OTHER).create_group(GroupName="mine")

    with pytest.raises(ClientError, match="Group not found"):
        client("xray", account="444444444444").get_group(GroupName="mine")
    with pytest.raises(ClientError, match="Group not found"):
        client("xray", account=OTHER, region="us-west-2").get_group(GroupName="mine")


@pytest.mark.parametrize(("account", "region"), [("444444444444", "us-east-1"), (OTHER, "us-west-2")])
def test_tags_are_not_visible_in_other_accounts_and_regions(client: Client, account: str, region: str) -> None:
    owner, stranger = client("xray", account=OTHER), client("xray", account=account, region=region)
    name = f"tagged-{account}"
    arn = owner.create_group(GroupName=name, Tags=[{"Key": "a", "Value": "1"}])["Group"]["GroupARN"]

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        stranger.list_tags_for_resource(ResourceARN=arn)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        stranger.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "2"}])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        stranger.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert owner.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "1"}]


def test_tags_of_a_global_resource_are_not_visible_in_other_accounts(client: Client) -> None:
    arn = f"arn:aws:budgets::{OTHER}:budget/all"

    client("budgets", account=OTHER, region="us-west-2").list_tags_for_resource(ResourceARN=arn)
    with pytest.raises(ClientError, match="NotFoundException"):
        client("budgets", account="444444444444").list_tags_for_resource(ResourceARN=arn)


def test_a_bucket_name_is_unique_across_accounts(client: Client) -> None:
    client("s3", account=OTHER).create_bucket(Bucket="only-once")

    with pytest.raises(ClientError, match="BucketAlreadyExists"):
        client("s3", account="444444444444").create_bucket(Bucket="only-once")
