"""The bucket that holds the state of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment


def check_every_state_object_is_encrypted_and_versioned(
    environment: Environment, session: boto3.Session
) -> Iterator[str]:
    """By what the objects say of themselves, not by what the bucket was told."""
    s3 = session.client("s3")
    bucket = f"user-management-{environment.name}-state-{environment.account_id}"
    objects = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    states = [entry["Key"] for entry in objects if entry["Key"].endswith(".tfstate")]
    if "state/terraform.tfstate" not in states:
        yield f"{bucket} does not hold its own state, but: {', '.join(states)}"
    for key in states:
        head = s3.head_object(Bucket=bucket, Key=key)
        if head.get("ServerSideEncryption") != "aws:kms":
            yield f"{key} is not encrypted with the state's key"
        if not head.get("VersionId"):
            yield f"{key} has no version to go back to"


def check_no_lock_is_left(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Both kinds: the table's and the file's."""
    name = f"user-management-{environment.name}-state"
    items = session.client("dynamodb").scan(TableName=f"{name}-lock")["Items"]
    yield from (f"{item['LockID']['S']} is locked" for item in items if "Info" in item)
    objects = session.client("s3").list_objects_v2(Bucket=f"{name}-{environment.account_id}").get("Contents", [])
    yield from (f"{entry['Key']} is a lock" for entry in objects if entry["Key"].endswith(".tflock"))
