"""What a change of a bucket makes S3 copy: at once here, within minutes on AWS.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moto.s3.models import FakeDeleteMarker, FakeKey, s3_backends

from emulator.registry import REGISTRY, Context, after, patch
from emulator.services.s3_replication.documents import bucket_of, replications
from emulator.services.s3_replication.replicas import STATUS, FailedError, Replication
from emulator.services.s3_replication.rules import rules_for_marker, rules_for_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emulator.store import Shape

_HEADER: Final = "x-amz-replication-status"
_COMPLETED: Final = "COMPLETED"
_FAILED: Final = "FAILED"

FAILURES: Final[list[tuple[str, str, str]]] = []
"""Bucket, key and S3's code of what could not be copied since the last reset, the newest last."""
REGISTRY.resets.append(FAILURES.clear)


@after("s3", "PutObject", "CopyObject", "CompleteMultipartUpload")
def copy_object(params: Shape, context: Context) -> None:
    """Copy a new version."""
    source = _Source.find(params["Bucket"], context)
    versions = source.versions(params["Key"]) if source else []
    if not source or not versions or not isinstance(versions[-1], FakeKey):
        return
    version = versions[-1]
    rules = rules_for_object(source.document, version, _tags(source.bucket, version))
    if rules:
        copied = source.for_each(rules, version.name, lambda one: one.copy(version))
        setattr(version, STATUS, _COMPLETED if copied else _FAILED)


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
    status = getattr(key, STATUS, None)
    return {**answer, _HEADER: status} if status else answer


@dataclass(frozen=True)
class _Source:
    """A bucket with a replication document."""

    bucket: Any
    document: Mapping[str, Any]
    context: Context

    @staticmethod
    def find(name: str, context: Context) -> _Source | None:
        """Return the bucket, or None if it has no document."""
        bucket = bucket_of(name, context)
        document = replications(bucket.account_id, context).get(bucket.name) if bucket else None
        return _Source(bucket, document, context) if document else None

    def versions(self, key: str) -> list[Any]:
        """Return the versions of a key, the newest last."""
        return list(self.bucket.keys.getlist(key, []))

    def for_each(self, rules: Sequence[Mapping[str, Any]], key: str, make: Callable[[Replication], None]) -> bool:
        """Do it for each rule; return whether none failed."""
        before = len(FAILURES)
        for rule in rules:
            try:
                make(Replication(self.bucket, self.document["Role"], rule, self.context))
            except FailedError as failure:
                FAILURES.append((self.bucket.name, key, str(failure)))
        return len(FAILURES) == before


def _change(params: Shape, context: Context, change: Callable[[Replication, Any], None]) -> None:
    source = _Source.find(params["Bucket"], context)
    wanted = params.get("VersionId")
    versions = [one for one in source.versions(params["Key"]) if wanted in {None, one.version_id}] if source else []
    if not source or not versions or not isinstance(versions[-1], FakeKey):
        return
    version = versions[-1]
    rules = rules_for_object(source.document, version, _tags(source.bucket, version))
    source.for_each(rules, version.name, lambda one: change(one, version))


def _copy_marker(bucket: str, key: str, context: Context) -> None:
    source = _Source.find(bucket, context)
    versions = source.versions(key) if source else []
    if not source or not versions or not isinstance(versions[-1], FakeDeleteMarker):
        return
    marker = versions[-1]
    source.for_each(rules_for_marker(source.document, key), key, lambda one: one.copy_marker(marker))


def _tags(source: Any, version: Any) -> dict[str, str]:
    tagger = s3_backends[source.account_id]["aws"].tagger
    return dict(tagger.get_tag_dict_for_resource(version.arn))
