"""Whether the programs of a build are still there when it runs, however long ago the last apply was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import boto3


def program_problems(name: str, variables: Iterable[Mapping[str, Any]], session: boto3.Session) -> Iterator[str]:
    """What is wrong with the object that a project names, and with the lifecycle of its bucket."""
    values = {one["name"]: str(one["value"]) for one in variables}
    bucket, key, version = (values.get(f"PROGRAMS_{part}", "") for part in ("BUCKET", "KEY", "VERSION"))
    s3: Any = session.client("s3")
    try:
        s3.head_object(Bucket=bucket, Key=key, VersionId=version)
    except ClientError as error:
        yield f"{name} has no programs at s3://{bucket}/{key}, version {version}: {error}"
        return
    for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]:
        prefix = str((rule.get("Filter") or {}).get("Prefix", rule.get("Prefix", "")))
        ends = {"Days", "Date"} & set(rule.get("Expiration") or ())
        if rule["Status"] == "Enabled" and ends and key.startswith(prefix):
            yield f"the rule {rule['ID']} of {bucket} deletes the programs of {name}: its prefix is {prefix!r}"
