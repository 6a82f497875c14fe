"""The bucket that holds the state of all stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment


def check_every_state_object_is_encrypted_and_versioned(
    environment: Environment, session: boto3.Session
) -> Iterator[str]:
    """As the objects themselves report it, not as the bucket is configured."""
    s3 = session.client("s3")
    bucket = _bucket(environment, session)
    states = [key for key in _keys(bucket, session) if key.endswith(".tfstate")]
    if "state/terraform.tfstate" not in states:
        yield f"{bucket} does not hold its own state, but: {', '.join(states)}"
    for key in states:
        head = s3.head_object(Bucket=bucket, Key=key)
        if head.get("ServerSideEncryption") != "aws:kms":
            yield f"{key} is not encrypted with the state's key"
        if not head.get("VersionId"):
            yield f"{key} has no version to restore"


def check_no_lock_is_left(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Neither in the table nor as a file."""
    bucket = _bucket(environment, session)
    dynamodb = session.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        if table.endswith(f"-{environment.name}-state-lock"):
            items = dynamodb.scan(TableName=table)["Items"]
            yield from (f"{item['LockID']['S']} is locked" for item in items if "Info" in item)
    yield from (f"{key} is a lock" for key in _keys(bucket, session) if key.endswith(".tflock"))


def _bucket(environment: Environment, session: boto3.Session) -> str:
    end = f"-{environment.name}-state-{environment.account_id}"
    names: list[str] = [bucket["Name"] for bucket in session.client("s3").list_buckets()["Buckets"]]
    return next(name for name in names if name.endswith(end))


def _keys(bucket: str, session: boto3.Session) -> list[str]:
    listed = session.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return [entry["Key"] for entry in listed]
