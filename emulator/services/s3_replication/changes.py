"""What a change of a bucket makes S3 copy: at once here, within minutes on AWS.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.s3.models import FakeDeleteMarker, FakeKey, s3_backends

from emulator.registry import Context, after, patch
from emulator.services.s3_replication.documents import bucket_of, replications
from emulator.services.s3_replication.replicas import REPLICA, FailedError, Replication
from emulator.services.s3_replication.rules import rules_for_marker, rules_for_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emulator.store import Shape

_HEADER: Final = "x-amz-replication-status"
_COMPLETED: Final = "COMPLETED"
_FAILED: Final = "FAILED"

FAILURES: Final[list[tuple[str, str, str]]] = []
"""Bucket, key and S3's code of what could not be copied since the last reset, the newest last."""


@after("s3", "PutObject", "CopyObject", "CompleteMultipartUpload")
def copy_object(params: Shape, context: Context) -> None:
    """Copy a new version."""
    source = bucket_of(params["Bucket"], context)
    version = source.keys.get(params["Key"]) if source else None
    if isinstance(version, FakeKey):
        _copy(source, version, context)


@after("s3", "PutObjectTagging", "DeleteObjectTagging")
def copy_tags(params: Shape, context: Context) -> None:
    """Copy the tags of a version; of one that was written with others, they can be what a rule asks for."""
    _change(params, context, Replication.copy_tags)


@after("s3", "PutObjectRetention", "PutObjectLegalHold")
def copy_lock(params: Shape, context: Context) -> None:
    """Copy the lock of a version."""
    _change(params, context, Replication.copy_lock)


@after("s3", "DeleteObject")
def copy_marker(params: Shape, context: Context) -> None:
    """Copy a new delete marker; the deletion of a version stays in its bucket."""
    if not params.get("VersionId"):
        _copy_marker(params["Bucket"], params["Key"], context)


@after("s3", "DeleteObjects")
def copy_markers(params: Shape, context: Context) -> None:
    """Copy the new delete markers of several keys."""
    for one in params["Delete"]["Objects"]:
        if not one.get("VersionId"):
            _copy_marker(params["Bucket"], one["Key"], context)


@patch(FakeKey, "response_dict")
def tell_status(original: Callable[[Any], dict[str, Any]], key: Any) -> dict[str, Any]:
    """Answer HeadObject and GetObject with the status of the copy, which a version without a rule does not have."""
    answer = original(key)
    status = getattr(key, "replication_status", None)
    return {**answer, _HEADER: status} if status else answer


def _copy(source: Any, version: Any, context: Context) -> None:
    if getattr(version, "replication_status", None) == REPLICA:
        return
    document = replications(source.account_id, context).get(source.name)
    if document is None:
        return
    rules = rules_for_object(document, version, _tags(source, version))
    if rules:
        copied = _each(source, document, rules, version, context, lambda one: one.copy(version))
        version.replication_status = _COMPLETED if copied else _FAILED


def _change(params: Shape, context: Context, change: Callable[[Replication, Any], None]) -> None:
    source = bucket_of(params["Bucket"], context)
    versions = source.keys.getlist(params["Key"], []) if source else []
    wanted = params.get("VersionId")
    version = next((one for one in versions if one.version_id == wanted), None) if wanted else versions[-1]
    document = replications(source.account_id, context).get(source.name) if source else None
    if document is None or not isinstance(version, FakeKey):
        return
    rules = rules_for_object(document, version, _tags(source, version))
    _each(source, document, rules, version, context, lambda one: change(one, version))


def _copy_marker(bucket: str, key: str, context: Context) -> None:
    source = bucket_of(bucket, context)
    document = replications(source.account_id, context).get(source.name) if source else None
    versions = source.keys.getlist(key, []) if source else []
    if document is None or not versions or not isinstance(versions[-1], FakeDeleteMarker):
        return
    marker = versions[-1]
    _each(source, document, rules_for_marker(document, key), marker, context, lambda one: one.copy_marker(marker))


def _each(
    source: Any,
    document: Mapping[str, Any],
    rules: Sequence[Mapping[str, Any]],
    version: Any,
    context: Context,
    make: Callable[[Replication], None],
) -> bool:
    """Do it for each rule; return whether none failed."""
    failures = len(FAILURES)
    for rule in rules:
        try:
            make(Replication(source, document["Role"], rule, context))
        except FailedError as failure:
            FAILURES.append((source.name, version.name, str(failure)))
    return len(FAILURES) == failures


def _tags(source: Any, version: Any) -> dict[str, str]:
    tagger = s3_backends[source.account_id]["aws"].tagger
    return dict(tagger.get_tag_dict_for_resource(version.arn))
