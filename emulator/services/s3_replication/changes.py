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
from emulator.services.s3_replication.replicas import STATUS, FailedError, PendingError, Replication
from emulator.services.s3_replication.rules import rules_for_marker, rules_for_object

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from emulator.store import Shape

    _Make = Callable[[Replication, Any], None]

_HEADER: Final = "x-amz-replication-status"
_COMPLETED: Final = "COMPLETED"
_FAILED: Final = "FAILED"
_PENDING: Final = "PENDING"

FAILURES: Final[list[tuple[str, str, str]]] = []
"""Bucket, key and S3's code of what could not be copied since the last reset, the newest last."""
REGISTRY.resets.append(FAILURES.clear)
_WAITING: Final[list[_Change]] = []
REGISTRY.resets.append(_WAITING.clear)


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
        setattr(version, STATUS, _worst(source.for_each(rules, version, Replication.copy)))


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

    def for_each(self, rules: Sequence[Mapping[str, Any]], item: Any, make: _Make) -> set[str]:
        """Do it for each rule; return how that ended."""
        return {_Change(self, rule, item, make).carry_out() for rule in rules}


@dataclass(frozen=True)
class _Change:
    """One change of a version or a delete marker, for one rule."""

    source: _Source
    rule: Mapping[str, Any]
    item: Any
    make: _Make

    @property
    def is_current(self) -> bool:
        """Whether the version or marker is still there; its deletion ends its replication."""
        return any(one is self.item for one in self.source.versions(self.item.name))

    def carry_out(self) -> str:
        """Do it, or let it wait for a lost region; return how that ended."""
        try:
            self.make(
                Replication(self.source.bucket, self.source.document["Role"], self.rule, self.source.context), self.item
            )
        except PendingError:
            _WAITING.append(self)
            return _PENDING
        except FailedError as failure:
            FAILURES.append((self.source.bucket.name, self.item.name, str(failure)))
            return _FAILED
        return _COMPLETED


def carry_out_waiting() -> None:
    """Do what waited for a region that is back, in the order in which it happened. The caller has the lock."""
    waiting = [one for one in _WAITING if one.is_current]
    _WAITING.clear()
    for one in waiting:
        result = one.carry_out()
        status = getattr(one.item, STATUS, None)
        if one.make is Replication.copy and status == _PENDING:
            others = any(other.item is one.item and other.make is one.make for other in _WAITING)
            setattr(one.item, STATUS, _worst({result, _PENDING} if others else {result}))


def _worst(results: Collection[str]) -> str:
    """The status of a version with several destinations.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
    """
    return next((one for one in (_FAILED, _PENDING) if one in results), _COMPLETED)


def _change(params: Shape, context: Context, change: _Make) -> None:
    source = _Source.find(params["Bucket"], context)
    wanted = params.get("VersionId")
    versions = [one for one in source.versions(params["Key"]) if wanted in {None, one.version_id}] if source else []
    if not source or not versions or not isinstance(versions[-1], FakeKey):
        return
    version = versions[-1]
    rules = rules_for_object(source.document, version, _tags(source.bucket, version))
    source.for_each(rules, version, change)


def _copy_marker(bucket: str, key: str, context: Context) -> None:
    source = _Source.find(bucket, context)
    versions = source.versions(key) if source else []
    if not source or not versions or not isinstance(versions[-1], FakeDeleteMarker):
        return
    marker = versions[-1]
    source.for_each(rules_for_marker(source.document, key), marker, Replication.copy_marker)


def _tags(source: Any, version: Any) -> dict[str, str]:
    tagger = s3_backends[source.account_id]["aws"].tagger
    return dict(tagger.get_tag_dict_for_resource(version.arn))
