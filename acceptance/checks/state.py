"""The bucket that holds the state of all stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment


def check_every_state_object_is_encrypted_and_versioned(
    environment: Environment, session: boto3.Session
) -> Iterator[str]:
    """As the objects themselves report it, not as the bucket is configured."""
    s3 = session.client("s3")
    bucket = _bucket(environment)
    if not _exists(bucket, session):
        yield f"there is no bucket {bucket}"
        return
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
    dynamodb = session.client("dynamodb")
    table = environment.names.name("state-lock", limit=NameLimit.DYNAMODB_TABLE)
    try:
        items = [item for page in dynamodb.get_paginator("scan").paginate(TableName=table) for item in page["Items"]]
    except dynamodb.exceptions.ResourceNotFoundException:
        yield f"there is no table {table}"
    else:
        yield from (f"{item['LockID']['S']} is locked" for item in items if "Info" in item)
    bucket = _bucket(environment)
    if not _exists(bucket, session):
        yield f"there is no bucket {bucket}"
        return
    yield from (f"{key} is a lock" for key in _keys(bucket, session) if key.endswith(".tflock"))


def _bucket(environment: Environment) -> str:
    return environment.names.bucket_name("state")


def _exists(bucket: str, session: boto3.Session) -> bool:
    return bucket in {one["Name"] for one in session.client("s3").list_buckets()["Buckets"]}


def _keys(bucket: str, session: boto3.Session) -> list[str]:
    pages = session.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]
