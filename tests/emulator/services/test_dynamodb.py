"""Global tables: a replica is a table of its region with the items of all, and what DynamoDB refuses of it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models import dynamodb_backends

from emulator.outages import control
from emulator.registry import REGISTRY
from tests.emulator.conftest import PER_TEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.emulator.conftest import Client

HOME, WEST = "us-east-1", "us-west-2"
LOCK = {"LockID": {"S": "bucket/network/terraform.tfstate"}}
NO_KEY = "KMSMasterKeyId must be specified for each replica."


class Tables:
    """A table in an account of its own, seen from each region."""

    def __init__(self, client: Client, account: str) -> None:
        self._client, self.account = client, account

    def at(self, region: str) -> Any:
        return self._client("dynamodb", account=self.account, region=region)

    def key(self, region: str) -> str:
        arn: str = self._client("kms", account=self.account, region=region).create_key()["KeyMetadata"]["Arn"]
        return arn

    def create(self, *, region: str = HOME, key: str | None = None, **settings: Any) -> None:
        if key:
            settings["SSESpecification"] = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
        self.at(region).create_table(
            TableName="lock",
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            **({"BillingMode": "PAY_PER_REQUEST"} | settings),
        )

    def update(self, *updates: dict[str, Any], region: str = HOME) -> None:
        self.at(region).update_table(TableName="lock", ReplicaUpdates=list(updates))

    def replicate(self, region: str = WEST, *, start: str = HOME, **settings: str) -> None:
        self.update({"Create": {"RegionName": region, **settings}}, region=start)

    def describe(self, region: str) -> dict[str, Any]:
        table: dict[str, Any] = self.at(region).describe_table(TableName="lock")["Table"]
        return table

    def item(self, region: str) -> Any:
        return self.at(region).get_item(TableName="lock", Key=LOCK).get("Item")


ACCOUNTS = itertools.count(int(PER_TEST.ljust(12, "0")) + 8_800_000)


@pytest.fixture
def tables(client: Client) -> Tables:
    return Tables(client, str(next(ACCOUNTS)))


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    return str(caught.value.response["Error"]["Message"])


def test_each_region_sees_the_others(tables: Tables) -> None:
    tables.create()
    assert "Replicas" not in tables.describe(HOME)
    tables.replicate()
    tables.replicate("eu-west-1", start=WEST)
    seen = {region: [one["RegionName"] for one in tables.describe(region)["Replicas"]] for region in (HOME, WEST)}
    assert seen == {HOME: [WEST, "eu-west-1"], WEST: [HOME, "eu-west-1"]}
    west = tables.describe(WEST)
    assert west["GlobalTableVersion"] == "2019.11.21"
    assert west["TableArn"] == f"arn:aws:dynamodb:{WEST}:{tables.account}:table/lock"


def test_a_stream_that_is_off_is_switched_on(tables: Tables) -> None:
    tables.create()
    tables.replicate()
    for region in (HOME, WEST):
        assert tables.describe(region)["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"


def test_items_from_before_and_after_are_in_both_regions(tables: Tables) -> None:
    tables.create()
    tables.at(HOME).put_item(TableName="lock", Item={**LOCK, "Info": {"S": "before"}})
    tables.replicate()
    assert tables.item(WEST)["Info"] == {"S": "before"}
    tables.at(WEST).put_item(TableName="lock", Item={**LOCK, "Info": {"S": "after"}})
    assert tables.item(HOME)["Info"] == {"S": "after"}
    tables.at(HOME).delete_item(TableName="lock", Key=LOCK)
    assert tables.item(WEST) is None


def test_a_batch_an_update_and_a_transaction_are_copied_too(tables: Tables) -> None:
    tables.create()
    tables.replicate()
    home = tables.at(HOME)
    home.batch_write_item(RequestItems={"lock": [{"PutRequest": {"Item": LOCK}}]})
    assert tables.item(WEST) == LOCK
    change = {"UpdateExpression": "SET Info = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}
    home.update_item(TableName="lock", Key=LOCK, **change)
    assert tables.item(WEST)["Info"] == {"S": "a"}
    home.transact_write_items(TransactItems=[{"Delete": {"TableName": "lock", "Key": LOCK}}])
    assert tables.item(WEST) is None


def test_a_refused_write_changes_no_region(tables: Tables) -> None:
    tables.create()
    tables.replicate()
    tables.at(HOME).put_item(TableName="lock", Item={**LOCK, "Info": {"S": "mine"}})
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        tables.at(WEST).put_item(TableName="lock", Item=LOCK, ConditionExpression="attribute_not_exists(LockID)")
    assert tables.item(HOME)["Info"] == tables.item(WEST)["Info"] == {"S": "mine"}


def test_a_replica_has_the_key_of_its_region(tables: Tables) -> None:
    west = tables.key(WEST)
    tables.create(key=tables.key(HOME))
    tables.replicate(KMSMasterKeyId=west)
    assert tables.describe(HOME)["Replicas"][0]["KMSMasterKeyId"] == west
    assert tables.describe(WEST)["SSEDescription"]["KMSMasterKeyArn"] == west


def test_protection_recovery_and_tags_are_each_regions_own(tables: Tables) -> None:
    tables.create(DeletionProtectionEnabled=True, Tags=[{"Key": "Layer", "Value": "state"}])
    tables.replicate()
    west = tables.describe(WEST)
    assert west["DeletionProtectionEnabled"] is False
    assert tables.at(WEST).list_tags_of_resource(ResourceArn=west["TableArn"])["Tags"] == []


def test_a_table_with_a_customers_key_needs_one_in_the_other_region(tables: Tables) -> None:
    home = tables.key(HOME)
    tables.create(key=home)
    assert NO_KEY in refusal(tables.replicate)
    assert "Customer Managed CMK or AWS" in refusal(lambda: tables.replicate(KMSMasterKeyId="alias/aws/dynamodb"))
    assert f"Invalid arn {HOME}" in refusal(lambda: tables.replicate(KMSMasterKeyId=home))
    unknown = home.replace(HOME, WEST)
    assert "does not exist" in refusal(lambda: tables.replicate(KMSMasterKeyId=unknown))


def test_a_table_without_a_customers_key_takes_none(tables: Tables) -> None:
    west = tables.key(WEST)
    tables.create()
    assert NO_KEY in refusal(lambda: tables.replicate(KMSMasterKeyId=west))


def test_a_region_with_a_table_of_that_name_is_refused(tables: Tables) -> None:
    tables.create()
    tables.create(region=WEST)
    assert "one or more replicas already existed as tables" in refusal(tables.replicate)


def test_provisioned_capacity_is_refused(tables: Tables) -> None:
    throughput = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    tables.create(BillingMode="PROVISIONED", ProvisionedThroughput=throughput)
    assert "Pay-Per-Request or AutoScaled" in refusal(tables.replicate)


@pytest.mark.parametrize(
    ("update", "says"),
    [
        ({"Create": {"RegionName": HOME}}, "Cannot add or delete the local region"),
        ({"Delete": {"RegionName": WEST}}, "Replica Delete action of the request was not found"),
        ({"Update": {"RegionName": WEST}}, "no actions specified"),
        ({"Create": {"RegionName": WEST}, "Delete": {"RegionName": WEST}}, "more than one type of replica actions"),
    ],
)
def test_an_update_that_makes_no_sense_is_refused(tables: Tables, update: dict[str, Any], says: str) -> None:
    tables.create()
    assert says in refusal(lambda: tables.update(update))


def test_a_region_without_a_replica_cannot_be_removed(tables: Tables) -> None:
    tables.create()
    tables.replicate()
    says = refusal(lambda: tables.update({"Delete": {"RegionName": "eu-west-1"}}))
    assert "not part of the global table" in says
    assert "[eu-west-1]" in says


def test_no_other_change_goes_with_it(tables: Tables) -> None:
    tables.create()
    mixed = {"ReplicaUpdates": [{"Create": {"RegionName": WEST}}], "DeletionProtectionEnabled": True}
    assert "must be the only operation" in refusal(lambda: tables.at(HOME).update_table(TableName="lock", **mixed))


def test_two_replicas_at_once_are_refused(tables: Tables) -> None:
    tables.create()
    both = [{"Create": {"RegionName": region}} for region in (WEST, "eu-west-1")]
    assert "more than one create or delete" in refusal(lambda: tables.update(*both))


def test_the_stream_of_a_global_table_stays_on(tables: Tables) -> None:
    tables.create()
    tables.replicate()
    off = {"StreamEnabled": False}
    said = refusal(lambda: tables.at(HOME).update_table(TableName="lock", StreamSpecification=off))
    assert "Disabling Stream is not allowed" in said


def test_a_replica_is_removed_before_the_table_that_it_was_made_from(tables: Tables) -> None:
    tables.create()
    tables.replicate()
    assert "acted as a source region" in refusal(lambda: tables.at(HOME).delete_table(TableName="lock"))
    tables.update({"Delete": {"RegionName": WEST}})
    assert tables.at(WEST).list_tables()["TableNames"] == []
    assert "Replicas" not in tables.describe(HOME)
    tables.at(HOME).delete_table(TableName="lock")
    assert tables.at(HOME).list_tables()["TableNames"] == []


def test_a_protected_replica_is_not_removed(tables: Tables) -> None:
    tables.create()
    tables.replicate()
    tables.at(WEST).update_table(TableName="lock", DeletionProtectionEnabled=True)
    said = refusal(lambda: tables.update({"Delete": {"RegionName": WEST}}))
    assert "currently protected against deletion" in said


def test_a_replica_can_be_deleted_in_its_own_region(tables: Tables) -> None:
    tables.create()
    tables.replicate()
    tables.at(WEST).delete_table(TableName="lock")
    assert "Replicas" not in tables.describe(HOME)
    tables.replicate()
    assert tables.describe(HOME)["Replicas"][0]["RegionName"] == WEST


def test_a_lost_region_gets_what_it_missed_when_it_is_back(tables: Tables) -> None:
    tables.create()
    tables.replicate()
    with REGISTRY.lock:
        control.lose(WEST)
    tables.at(HOME).put_item(TableName="lock", Item=LOCK)
    expiry = {"Enabled": True, "AttributeName": "until"}
    tables.at(HOME).update_time_to_live(TableName="lock", TimeToLiveSpecification=expiry)
    there = dynamodb_backends[tables.account][WEST].tables["lock"]
    assert (list(there.all_items()), there.ttl["TimeToLiveStatus"]) == ([], "DISABLED")
    with REGISTRY.lock:
        control.give_back(WEST)

    assert tables.item(WEST) == LOCK
    assert tables.at(WEST).describe_time_to_live(TableName="lock")["TimeToLiveDescription"]["AttributeName"] == "until"
