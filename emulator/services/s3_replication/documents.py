"""The replication document of a bucket, whose role S3 does not look up: a role that is missing fails each copy."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from moto.moto_api._internal import mock_random
from moto.s3.models import s3_backends

from emulator.errors import AwsError
from emulator.registry import Context, after, guard, operation
from emulator.services.s3_replication.refusals import problems
from emulator.store import Kind, Scope, Shape

if TYPE_CHECKING:
    from emulator.store import Table

_MISSING: Final = "ReplicationConfigurationNotFoundError"

REPLICATIONS: Kind[Shape] = Kind("replication", missing=_MISSING, scope=Scope.ACCOUNT)


def bucket_of(name: str, context: Context) -> Any | None:
    """Return the bucket with this name, of whatever account, or None."""
    partition, account = s3_backends.bucket_accounts.get(name, ("aws", context.account))
    return s3_backends[account][partition].buckets.get(name)


def replications(account: str, context: Context) -> Table[Shape]:
    """Return the documents of all buckets of an account."""
    return context.store.table(REPLICATIONS, account, "")


@operation("s3", "PutBucketReplication")
def put_replication(params: Shape, context: Context) -> Shape:
    """Store the document as it was sent, with an id for each rule that has none."""
    source = context.backend(s3_backends, "aws").get_bucket(params["Bucket"])
    if not source.is_versioned:
        raise AwsError(
            code="InvalidRequest",
            message="Versioning must be 'Enabled' on the bucket to apply a replication configuration",
        )
    document = params["ReplicationConfiguration"]
    for problem in problems(document, source.name):
        raise problem
    for rule in document["Rules"]:
        _require_destination(rule["Destination"]["Bucket"].rpartition(":")[2], context)
        rule.setdefault("ID", mock_random.uuid4().hex)
    replications(source.account_id, context)[source.name] = document
    return {}


@operation("s3", "GetBucketReplication")
def get_replication(params: Shape, context: Context) -> Shape:
    """Return the document."""
    bucket = context.backend(s3_backends, "aws").get_bucket(params["Bucket"])
    held = replications(bucket.account_id, context).get(bucket.name)
    if held is None:
        raise AwsError(
            code=_MISSING, message="The replication configuration was not found", status=HTTPStatus.NOT_FOUND
        )
    return {"ReplicationConfiguration": held}


@operation("s3", "DeleteBucketReplication")
def delete_replication(params: Shape, context: Context) -> Shape:
    """Delete the document; what was copied stays."""
    bucket = context.backend(s3_backends, "aws").get_bucket(params["Bucket"])
    replications(bucket.account_id, context).pop(bucket.name, None)
    return {}


@after("s3", "DeleteBucket")
def forget_bucket(params: Shape, context: Context) -> None:
    """Delete the document of a deleted bucket."""
    replications(context.account, context).pop(params["Bucket"], None)


@guard("s3", "PutBucketVersioning")
def refuse_suspension(params: Shape, context: Context) -> None:
    """Refuse to suspend versioning of a bucket that is copied; a destination can be suspended, and then gets nothing.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-and-other-bucket-configs.html
    """
    held = replications(context.account, context)
    if params["Bucket"] in held and params["VersioningConfiguration"].get("Status") != "Enabled":
        raise AwsError(
            code="InvalidBucketState",
            message="A replication configuration is present on this bucket, so you cannot change the versioning state. "
            "To change the versioning state, first delete the replication configuration.",
            status=HTTPStatus.CONFLICT,
        )


def _require_destination(name: str, context: Context) -> None:
    destination = bucket_of(name, context)
    if destination is None:
        raise AwsError(code="InvalidRequest", message="Destination bucket must exist.")
    if not destination.is_versioned:
        raise AwsError(code="InvalidRequest", message="Destination bucket must have versioning enabled.")
