"""Makes the copies, with the version ids of their sources, or finds why S3 cannot.

The reasons are S3's: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-failure-codes.html
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from moto.s3.models import FakeDeleteMarker, s3_backends

from emulator.keys import find_key, key_state
from emulator.outages.state import lost_since
from emulator.services.s3_replication.documents import bucket_of
from emulator.services.s3_replication.rights import ReplicationRole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.registry import Context

STATUS: Final = "replication_status"
"""The attribute of moto's objects that has their status, which moto does not know."""
_REPLICA: Final = "REPLICA"
_DEFAULT_KEY: Final = "alias/aws/s3"
_READ_DOCUMENT: Final = ("s3:GetReplicationConfiguration", "s3:ListBucket")
# What S3 reads of each version, with the reason that it gives if the role may not.
_READ: Final = {
    "s3:GetObjectVersionForReplication": "SrcGetObjectNotPermitted",
    "s3:GetObjectVersionAcl": "SrcGetAclNotPermitted",
}
_READ_TAGS: Final = {"s3:GetObjectVersionTagging": "SrcGetTaggingNotPermitted"}
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
_WRITE_TAGS: Final = {"s3:ReplicateTags": "DstPutTaggingNotPermitted"}
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-replication
_READ_LOCK: Final = {
    "s3:GetObjectRetention": "SrcGetRetentionNotPermitted",
    "s3:GetObjectLegalHold": "SrcGetLegalHoldNotPermitted",
}
# The page on encrypted objects asks for the first, the page of the reasons for the second.
_ENCRYPT: Final = ("kms:Encrypt", "kms:GenerateDataKey")


class FailedError(Exception):
    """S3 cannot make a copy; its only argument is S3's code for the reason."""


class PendingError(Exception):
    """A region does not answer: S3 tries again until it does."""


class Replication:
    """The copies of one bucket by one rule."""

    def __init__(self, source: Any, role: str, rule: Mapping[str, Any], context: Context) -> None:
        """Find the destination and the role.

        Raises:
            FailedError: One of them cannot be used.
            PendingError: The region of one of the buckets is lost.
        """
        self._source = source
        self._destination = rule["Destination"]
        self._context = context
        self._role = ReplicationRole(role)
        self._bucket: Any = bucket_of(self._destination["Bucket"].rpartition(":")[2], context)
        if any(lost_since(bucket.region_name) for bucket in (source, self._bucket) if bucket is not None):
            raise PendingError
        if reason := self._obstacle():
            raise FailedError(reason)

    def _obstacle(self) -> str | None:
        if self._bucket is None:
            return "DstBucketNotFound"
        if not self._bucket.is_versioned:
            return "DstBucketUnversioned"
        if self._source.object_lock_enabled and not self._bucket.object_lock_enabled:
            return "DstBucketObjectLockConfigMissing"
        if not self._role.is_assumed:
            return "AssumeRoleNotPermitted"
        return None if self._role.may(self._source.arn, *_READ_DOCUMENT) else "SrcBucketReplicationConfigMissing"

    def copy(self, item: Any) -> None:
        """Copy one version with its metadata, tags and lock.

        Raises:
            FailedError: The role lacks a right, or a key cannot be used.
        """
        if self._version(item) is not None:
            return
        here, there = f"{self._source.arn}/{item.name}", f"{self._bucket.arn}/{item.name}"
        self._require(here, _READ | (_READ_LOCK if self._source.object_lock_enabled else {}))
        self._require(there, {"s3:ReplicateObject": "DstPutObjectNotPermitted"})
        encryption = self._encryption(item, here, there)
        tags = self._read_tags(item)
        if tags:
            self._require(there, _WRITE_TAGS)
        backend = s3_backends[self._bucket.account_id]["aws"]
        replica = backend.put_object(
            self._bucket.name,
            item.name,
            item.value,
            storage=self._destination.get("StorageClass") or item.storage_class,
            etag=item.etag.strip('"'),
            lock_mode=item.lock_mode,
            lock_legal_status=item.lock_legal_status,
            lock_until=item.lock_until,
            checksum_value=item.checksum_value,
            disable_notification=True,
            **encryption,
        )
        if not item.lock_mode and self._bucket.has_default_lock:
            replica.lock_mode, replica.lock_until = self._bucket.default_lock_mode, self._bucket.default_retention()
        replica._version_id = item.version_id  # noqa: SLF001  the copy has the id of its source
        replica.last_modified = item.last_modified
        replica.checksum_algorithm = item.checksum_algorithm
        replica.set_metadata(copy.copy(item.metadata))
        setattr(replica, STATUS, _REPLICA)
        backend.put_object_tagging(replica, tags)

    def copy_tags(self, item: Any) -> None:
        """Give the copy of a version the same tags.

        Raises:
            FailedError: The role may not read them, or not write them.
        """
        replica = self._version(item)
        if replica is None:
            return
        tags = self._read_tags(item, always=True)
        self._require(f"{self._bucket.arn}/{item.name}", _WRITE_TAGS)
        s3_backends[self._bucket.account_id]["aws"].put_object_tagging(replica, tags)

    def copy_lock(self, item: Any) -> None:
        """Give the copy of a version the same retention and legal hold.

        Raises:
            FailedError: The role may not read them, or not write them.
        """
        replica = self._version(item)
        if replica is None:
            return
        self._require(f"{self._source.arn}/{item.name}", _READ_LOCK)
        self._require(f"{self._bucket.arn}/{item.name}", {"s3:ReplicateObject": "DstPutRetentionNotPermitted"})
        replica.lock_mode, replica.lock_until = item.lock_mode, item.lock_until
        replica.lock_legal_status = item.lock_legal_status

    def copy_marker(self, marker: Any) -> None:
        """Copy a delete marker.

        Raises:
            FailedError: The role may not.
        """
        self._require(f"{self._bucket.arn}/{marker.name}", {"s3:ReplicateDelete": "DstDelObjNotPermitted"})
        copied = FakeDeleteMarker(key=marker.key)
        copied._version_id = marker.version_id  # noqa: SLF001
        copied.last_modified = marker.last_modified
        self._bucket.keys.setlist(marker.name, [*self._bucket.keys.getlist(marker.name, []), copied])

    def _version(self, item: Any) -> Any | None:
        versions = self._bucket.keys.getlist(item.name, [])
        return next((one for one in versions if one.version_id == item.version_id), None)

    def _read_tags(self, item: Any, *, always: bool = False) -> dict[str, str]:
        tags = s3_backends[self._source.account_id]["aws"].tagger.get_tag_dict_for_resource(item.arn)
        if tags or always:
            self._require(f"{self._source.arn}/{item.name}", _READ_TAGS)
        return dict(tags)

    def _require(self, resource: str, rights: Mapping[str, str]) -> None:
        """Refuse if the role lacks one of the rights; the reason of each is its value."""
        for action, reason in rights.items():
            if not self._role.may(resource, action):
                raise FailedError(reason)

    def _encryption(self, item: Any, here: str, there: str) -> dict[str, Any]:
        """Return how the copy is encrypted; with a bucket key, the encryption context is the bucket's.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
        """
        if item.encryption not in {"aws:kms", "aws:kms:dsse"}:
            return {"encryption": item.encryption}
        encrypted = self._source.arn if item.bucket_key_enabled else here
        read = self._key(item.kms_key_id or _DEFAULT_KEY, self._source, "Src")
        if not self._role.may_use_key(read, self._source, "kms:Decrypt", encrypted=encrypted):
            reason = "SrcGetObjectNotPermitted"
            raise FailedError(reason)
        name = self._destination["EncryptionConfiguration"]["ReplicaKmsKeyID"]
        write = self._key(name, self._bucket, "Dst")
        has_bucket_key = bool(((self._bucket.encryption or {}).get("Rule") or {}).get("BucketKeyEnabled"))
        # S3 decrypts a bucket key that it has stored before it uses it.
        needed = (*_ENCRYPT, "kms:Decrypt") if has_bucket_key else _ENCRYPT
        encrypted = self._bucket.arn if has_bucket_key else there
        if not self._role.may_use_key(write, self._bucket, *needed, encrypted=encrypted):
            reason = "DstPutObjectNotPermitted"
            raise FailedError(reason)
        return {"encryption": item.encryption, "kms_key_id": name, "bucket_key_enabled": has_bucket_key}

    def _key(self, name: str, bucket: Any, side: str) -> Any:
        """Find a key in the region of a bucket, and require that it is enabled."""
        there = replace(self._context, account=bucket.account_id, region=bucket.region_name)
        key = find_key(name, there)
        if key is None:
            state = key_state(name, there)
            reason = f"{side}KmsKeyInvalidState" if state or side == "Src" else f"{side}KmsKeyNotFound"
            raise FailedError(reason)
        return key
