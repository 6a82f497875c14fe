"""The buckets that hold the states of all stacks: the environment's own, and the one in the region of the copies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment
    from config.names import Names

_STATE, _LOCK = ".tfstate", ".tflock"


def check_every_state_object_is_encrypted_and_versioned(
    environment: Environment, session: boto3.Session
) -> Iterator[str]:
    """As the objects themselves report it, not as the buckets are configured."""
    for names in _places(environment):
        s3 = session.client("s3", region_name=names.region)
        bucket = _bucket(names)
        if not _exists(bucket, session):
            yield f"there is no bucket {bucket}"
            continue
        states = [key for key in _keys(bucket, s3) if key.endswith(_STATE)]
        if names == environment.names and "state/terraform.tfstate" not in states:
            yield f"{bucket} does not hold its own state, but: {', '.join(states)}"
        for key in states:
            head = s3.head_object(Bucket=bucket, Key=key)
            if head.get("ServerSideEncryption") != "aws:kms":
                yield f"{key} of {bucket} is not encrypted with the state's key"
            elif f":{names.region}:" not in head["SSEKMSKeyId"]:
                yield f"{key} of {bucket} is encrypted with a key of another region: {head['SSEKMSKeyId']}"
            if not head.get("VersionId"):
                yield f"{key} of {bucket} has no version to restore"


def check_every_state_is_in_the_second_region(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Each state of the first region is copied, as it is now; none of the second region's stacks is in the first."""
    home, *others = _places(environment)
    for names in others:
        s3, there = session.client("s3"), session.client("s3", region_name=names.region)
        if not _exists(_bucket(home), session) or not _exists(_bucket(names), session):
            continue  # the other check says so
        own = f"-{names.region}/"
        copied = {key for key in _keys(_bucket(names), there) if key.endswith(_STATE)}
        for key in (key for key in _keys(_bucket(home), s3) if key.endswith(_STATE)):
            if key not in copied:
                yield f"{key} is not copied to {_bucket(names)}"
            elif _content(s3, _bucket(home), key) != _content(there, _bucket(names), key):
                yield f"{key} of {_bucket(names)} is older than the one of {_bucket(home)}"
            if own in key:
                yield f"{key} is in {_bucket(home)}, and must be in the region of its stack"


def check_no_lock_is_left(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Neither in the tables nor as a file."""
    for names in _places(environment):
        dynamodb = session.client("dynamodb", region_name=names.region)
        table = names.name("state-lock", limit=NameLimit.DYNAMODB_TABLE)
        try:
            pages = dynamodb.get_paginator("scan").paginate(TableName=table)
            items = [item for page in pages for item in page["Items"]]
        except dynamodb.exceptions.ResourceNotFoundException:
            yield f"there is no table {table} in {names.region}"
        else:
            yield from (f"{item['LockID']['S']} is locked" for item in items if "Info" in item)
        bucket = _bucket(names)
        if not _exists(bucket, session):
            yield f"there is no bucket {bucket}"
            continue
        keys = _keys(bucket, session.client("s3", region_name=names.region))
        yield from (f"{key} of {bucket} is a lock" for key in keys if key.endswith(_LOCK))


def _places(environment: Environment) -> list[Names]:
    """The names in each region with states, the environment's own first."""
    second = environment.recovery_region
    return [environment.names, *([replace(environment.names, region=second)] if second else [])]


def _bucket(names: Names) -> str:
    return names.bucket_name("state")


def _exists(bucket: str, session: boto3.Session) -> bool:
    return bucket in {one["Name"] for one in session.client("s3").list_buckets()["Buckets"]}


def _keys(bucket: str, s3: boto3.client) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def _content(s3: boto3.client, bucket: str, key: str) -> bytes:
    content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return content
