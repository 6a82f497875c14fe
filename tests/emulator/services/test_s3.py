from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


@pytest.fixture
def bucket(client: Client, request: pytest.FixtureRequest) -> str:
    name = request.node.name.replace("_", "-").split("[")[0][:60].strip("-")
    client("s3").create_bucket(Bucket=name)
    return str(name)


def set_policy(client: Client, bucket: str, *statements: dict[str, Any]) -> None:
    client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": list(statements)}))


def test_a_policy_without_principal_is_refused(client: Client, bucket: str) -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}

    with pytest.raises(ClientError, match=r"MalformedPolicy.*Missing required field Principal"):
        set_policy(client, bucket, statement)


def test_a_policy_that_is_not_json_is_refused(client: Client, bucket: str) -> None:
    with pytest.raises(ClientError, match=r"MalformedPolicy.*Policies must be valid JSON"):
        client("s3").put_bucket_policy(Bucket=bucket, Policy="{")


INVALID_PRINCIPALS: list[Any] = [
    None,
    "",
    [],
    {},
    {"AWS": []},
    {"AWS": ""},
    {"AWS": None},
    {"Foo": "x"},
    {"AWS": "*", "Foo": "x"},
    "a-name",
]


@pytest.mark.parametrize("member", ["Principal", "NotPrincipal"])
@pytest.mark.parametrize("principal", INVALID_PRINCIPALS)
def test_an_empty_principal_is_refused(client: Client, bucket: str, principal: Any, member: str) -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}

    with pytest.raises(ClientError, match=r"MalformedPolicy.*Invalid principal in policy"):
        set_policy(client, bucket, {**statement, member: principal})


@pytest.mark.parametrize(
    "principal",
    ["*", {"AWS": "*"}, {"AWS": ["123456789012", "arn:aws:iam::123456789012:root"]}, {"Service": "logs.amazonaws.com"}],
)
def test_a_valid_principal_is_accepted(client: Client, bucket: str, principal: Any) -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    set_policy(client, bucket, {**statement, "Principal": principal})

    assert json.loads(client("s3").get_bucket_policy(Bucket=bucket)["Policy"])["Statement"][0]["Principal"] == principal


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ('{"Statement": [1]}', "Invalid policy syntax"),
        ('{"Statement": null}', "Invalid policy syntax"),
        ('{"Version": "2012-10-17"}', "Missing required field Statement"),
        ("[]", "Policies must be valid JSON and the first byte must be"),
    ],
)
def test_a_policy_of_another_shape_is_refused(client: Client, bucket: str, policy: str, message: str) -> None:
    with pytest.raises(ClientError, match=f"MalformedPolicy.*{message}"):
        client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)


def test_a_policy_that_requires_tls_denies_nothing_else(client: Client, bucket: str) -> None:
    set_policy(client, bucket, TLS_ONLY)

    client("s3").put_object(Bucket=bucket, Key="a", Body=b"1")
    assert client("s3").get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"


ROLE = "arn:aws:iam::123456789012:role/other"


@pytest.mark.parametrize(
    "who",
    [{"Principal": {"AWS": ROLE}}, {"Principal": {"Service": "logs.amazonaws.com"}}, {"NotPrincipal": {"AWS": ROLE}}],
)
def test_a_deny_for_some_principals_does_not_deny_all(client: Client, bucket: str, who: Any) -> None:
    set_policy(client, bucket, {"Effect": "Deny", "Action": "s3:*", "Resource": "*", **who})

    client("s3").put_object(Bucket=bucket, Key="a", Body=b"1")
    assert client("s3").get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"


@pytest.mark.parametrize("everybody", ["*", {"AWS": "*"}, {"AWS": ["*"]}])
def test_a_deny_for_everybody_denies(client: Client, bucket: str, everybody: Any) -> None:
    client("s3").put_object(Bucket=bucket, Key="a", Body=b"1")
    deny = {"Effect": "Deny", "Principal": everybody, "Action": "s3:GetObject", "Resource": "*"}
    set_policy(client, bucket, deny)

    with pytest.raises(ClientError, match="403"):
        client("s3").get_object(Bucket=bucket, Key="a")


def test_an_empty_object_is_put_at_once(client: Client, bucket: str) -> None:
    # The SDK sends "Expect: 100-continue" even with an empty body.
    client("s3").put_object(Bucket=bucket, Key="folder/", Body=b"")
    assert client("s3").head_object(Bucket=bucket, Key="folder/")["ContentLength"] == 0


def test_deleting_an_inventory_does_not_delete_its_bucket(client: Client, bucket: str) -> None:
    s3 = client("s3")
    configuration = {
        "Id": "daily",
        "IsEnabled": True,
        "IncludedObjectVersions": "Current",
        "Schedule": {"Frequency": "Daily"},
        "Destination": {"S3BucketDestination": {"Bucket": f"arn:aws:s3:::{bucket}", "Format": "CSV"}},
    }
    s3.put_bucket_inventory_configuration(Bucket=bucket, Id="daily", InventoryConfiguration=configuration)
    s3.delete_bucket_inventory_configuration(Bucket=bucket, Id="daily")

    assert "InventoryConfigurationList" not in s3.list_bucket_inventory_configurations(Bucket=bucket)
    with pytest.raises(ClientError, match="NoSuchConfiguration"):
        s3.delete_bucket_inventory_configuration(Bucket=bucket, Id="daily")
    s3.head_bucket(Bucket=bucket)


def test_logging_needs_permission_on_the_target(client: Client, bucket: str) -> None:
    s3 = client("s3")
    logging = {"LoggingEnabled": {"TargetBucket": bucket, "TargetPrefix": "s3/"}}
    set_policy(client, bucket, TLS_ONLY)
    with pytest.raises(ClientError, match="InvalidTargetBucketForLogging"):
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=logging)
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/s3/*",
    }
    set_policy(client, bucket, TLS_ONLY, allow)
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=logging)

    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetPrefix"] == "s3/"


def test_intelligent_tiering_is_stored_and_deleted(client: Client, bucket: str) -> None:
    s3 = client("s3")
    named = {"Bucket": bucket, "Id": "all"}
    tiering = {"Id": "all", "Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]}
    s3.put_bucket_intelligent_tiering_configuration(**named, IntelligentTieringConfiguration=tiering)

    found = s3.get_bucket_intelligent_tiering_configuration(**named)["IntelligentTieringConfiguration"]
    assert found == tiering
    s3.delete_bucket_intelligent_tiering_configuration(**named)
    with pytest.raises(ClientError, match="NoSuchConfiguration"):
        s3.get_bucket_intelligent_tiering_configuration(**named)


def test_intelligent_tierings_are_listed_by_bucket(client: Client, bucket: str) -> None:
    s3 = client("s3")
    assert "IntelligentTieringConfigurationList" not in s3.list_bucket_intelligent_tiering_configurations(Bucket=bucket)
    for name in ("a", "b"):
        tiering = {"Id": name, "Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]}
        s3.put_bucket_intelligent_tiering_configuration(Bucket=bucket, Id=name, IntelligentTieringConfiguration=tiering)

    listed = s3.list_bucket_intelligent_tiering_configurations(Bucket=bucket)
    assert [one["Id"] for one in listed["IntelligentTieringConfigurationList"]] == ["a", "b"]
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.list_bucket_intelligent_tiering_configurations(Bucket="none-of-this-name")


def test_the_owner_pays_unless_the_requester_is_to(client: Client, bucket: str) -> None:
    s3 = client("s3")
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})

    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "Requester"
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.put_bucket_request_payment(Bucket="never-made", RequestPaymentConfiguration={"Payer": "Requester"})


def test_event_bridge_is_stored_and_deleted_with_the_bucket(client: Client, bucket: str) -> None:
    s3 = client("s3")
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})

    assert s3.get_bucket_notification_configuration(Bucket=bucket)["EventBridgeConfiguration"] == {}
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    assert "EventBridgeConfiguration" not in s3.get_bucket_notification_configuration(Bucket=bucket)


def test_a_conditional_put_succeeds_once(client: Client, bucket: str) -> None:
    client("s3").put_object(Bucket=bucket, Key="lock", Body=b"1", IfNoneMatch="*")

    with pytest.raises(ClientError, match="PreconditionFailed"):
        client("s3").put_object(Bucket=bucket, Key="lock", Body=b"2", IfNoneMatch="*")


def test_a_conditional_write_to_dynamodb_succeeds_once(client: Client) -> None:
    table = client("dynamodb")
    table.create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    lock = {
        "TableName": "locks",
        "Item": {"LockID": {"S": "state"}},
        "ConditionExpression": "attribute_not_exists(LockID)",
    }
    table.put_item(**lock)

    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        table.put_item(**lock)


def test_a_delete_marker_can_be_deleted_by_its_version(client: Client) -> None:
    s3 = client("s3", account="900000000077")
    s3.create_bucket(Bucket="marked")
    s3.put_bucket_versioning(Bucket="marked", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="marked", Key="lock", Body=b"held")
    s3.delete_object(Bucket="marked", Key="lock")
    listed = s3.list_object_versions(Bucket="marked")
    held = [*listed["Versions"], *listed["DeleteMarkers"]]
    s3.delete_objects(
        Bucket="marked", Delete={"Objects": [{"Key": "lock", "VersionId": one["VersionId"]} for one in held]}
    )

    assert "DeleteMarkers" not in s3.list_object_versions(Bucket="marked")
    s3.delete_bucket(Bucket="marked")


def test_a_bucket_of_another_account_is_not_shown_unless_a_policy_may_allow_it(client: Client) -> None:
    owner, other = client("s3", account="900000000090"), client("s3", account="900000000091")
    owner.create_bucket(Bucket="taken-by-another-account")

    with pytest.raises(ClientError) as refused:
        other.head_bucket(Bucket="taken-by-another-account")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    with pytest.raises(ClientError) as missing:
        other.head_bucket(Bucket="not-taken")
    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    owner.head_bucket(Bucket="taken-by-another-account")

    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    owner.put_bucket_policy(Bucket="taken-by-another-account", Policy=document)
    other.head_bucket(Bucket="taken-by-another-account")


def test_object_lock_is_enabled_for_a_bucket_with_objects(client: Client, bucket: str) -> None:
    s3 = client("s3")
    locked = {"ObjectLockEnabled": "Enabled"}
    with pytest.raises(ClientError, match="InvalidBucketState"):
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=locked)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="file", Body=b"x")

    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=locked)
    assert s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"] == locked
    assert s3.get_object(Bucket=bucket, Key="file")["Body"].read() == b"x"
