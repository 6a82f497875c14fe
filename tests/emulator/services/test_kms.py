from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_replica_key_has_its_own_settings_and_leaves_the_primary_alone(client: Client) -> None:
    kms = client("kms")
    primary = kms.create_key(MultiRegion=True, Description="primary")["KeyMetadata"]["KeyId"]
    tags = [{"TagKey": "a", "TagValue": "1"}]
    kms.replicate_key(KeyId=primary, ReplicaRegion="us-west-2", Description="replica", Tags=tags)

    there = client("kms", region="us-west-2")
    replica = there.describe_key(KeyId=primary)["KeyMetadata"]
    assert replica["Description"] == "replica"
    assert replica["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"
    assert there.list_resource_tags(KeyId=primary)["Tags"] == tags
    again = kms.describe_key(KeyId=primary)["KeyMetadata"]
    assert again["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY"
    assert again["Description"] == "primary"
