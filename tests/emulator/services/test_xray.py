from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

RULE = {
    "RuleName": "half",
    "Priority": 1,
    "FixedRate": 0.5,
    "ReservoirSize": 1,
    "ServiceName": "*",
    "ServiceType": "*",
    "Host": "*",
    "HTTPMethod": "*",
    "URLPath": "*",
    "Version": 1,
    "ResourceARN": "*",
}


def test_a_group_is_stored_changed_tagged_and_deleted(client: Client) -> None:
    xray = client("xray")
    arn = xray.create_group(GroupName="slow", Tags=[{"Key": "a", "Value": "1"}])["Group"]["GroupARN"]
    xray.update_group(GroupARN=arn, FilterExpression="responsetime > 5")
    xray.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    xray.untag_resource(ResourceARN=arn, TagKeys=["a"])

    assert xray.get_group(GroupName="slow")["Group"]["FilterExpression"] == "responsetime > 5"
    assert "slow" in {group["GroupName"] for group in xray.get_groups()["Groups"]}
    assert xray.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    xray.delete_group(GroupARN=arn)
    with pytest.raises(ClientError, match="Group not found"):
        xray.get_group(GroupName="slow")


def test_a_second_group_of_the_same_name_is_refused(client: Client) -> None:
    client("xray").create_group(GroupName="twice")

    with pytest.raises(ClientError, match="Group already exists: twice"):
        client("xray").create_group(GroupName="twice")


def test_a_sampling_rule_is_stored_changed_and_deleted(client: Client) -> None:
    xray = client("xray")
    xray.create_sampling_rule(SamplingRule=RULE)
    xray.update_sampling_rule(SamplingRuleUpdate={"RuleName": "half", "FixedRate": 0.1})

    rule = xray.get_sampling_rules()["SamplingRuleRecords"][0]["SamplingRule"]
    assert (rule["FixedRate"], rule["Priority"]) == (0.1, 1)
    xray.delete_sampling_rule(RuleName="half")
    with pytest.raises(ClientError, match="Sampling rule half does not exist"):
        xray.delete_sampling_rule(RuleName="half")


def test_encryption_is_off_until_it_is_set(client: Client) -> None:
    xray = client("xray", region="us-west-2")

    assert xray.get_encryption_config()["EncryptionConfig"]["Type"] == "NONE"
    xray.put_encryption_config(Type="KMS", KeyId="alias/aws/xray")
    assert xray.get_encryption_config()["EncryptionConfig"]["KeyId"] == "alias/aws/xray"


@pytest.mark.parametrize(
    "change", [{"FixedRate": 1.5}, {"FixedRate": -0.1}, {"Priority": 0}, {"Priority": 10_000}, {"RuleName": "x" * 33}]
)
def test_a_sampling_rule_beyond_the_limits_is_refused(client: Client, change: dict[str, object]) -> None:
    with pytest.raises(ClientError, match="InvalidRequestException"):
        client("xray", checked=False).create_sampling_rule(SamplingRule=RULE | change)


def test_a_group_of_a_reserved_or_a_long_name_is_refused(client: Client) -> None:
    xray = client("xray", checked=False)
    with pytest.raises(ClientError, match="reserved"):
        xray.create_group(GroupName="Default")
    with pytest.raises(ClientError, match="InvalidRequestException"):
        xray.create_group(GroupName="x" * 33)


def test_more_than_the_quota_is_refused(client: Client) -> None:
    xray = client("xray", region="eu-west-1")
    for number in range(25):
        xray.create_sampling_rule(SamplingRule=RULE | {"RuleName": f"rule-{number}"})
        xray.create_group(GroupName=f"group-{number}")
    with pytest.raises(ClientError, match="maximum of 25 sampling rules"):
        xray.create_sampling_rule(SamplingRule=RULE | {"RuleName": "one-more"})
    with pytest.raises(ClientError, match="maximum of 25 groups"):
        xray.create_group(GroupName="one-more")
