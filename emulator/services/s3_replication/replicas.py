"""Makes the copies, with the version ids of their sources, or finds why S3 cannot.

The reasons are S3's: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-failure-codes.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.s3.models import FakeDeleteMarker, s3_backends

from emulator.services.s3_replication.documents import bucket_of
from emulator.services.s3_replication.rights import ReplicationRole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.registry import Context

REPLICA: Final = "REPLICA"
_DEFAULT_KEY: Final = "alias/aws/s3"
_READ: Final = ("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl")
_READ_LOCK: Final = ("s3:GetObjectRetention", "s3:GetObjectLegalHold")
_READ_DOCUMENT: Final = ("s3:GetReplicationConfiguration", "s3:ListBucket")


class FailedError(Exception):
    """S3 cannot make a copy; its only argument is S3's code for the reason."""


class Replication:
    """The copies of one bucket by one rule."""

    def __init__(self, source: Any, role: str, rule: Mapping[str, Any], context: Context) -> None:
        """Find the destination and the role.

        Raises:
            FailedError: One of them cannot be used.
        """
        self._source = source
        self._destination = rule["Destination"]
        self._role = ReplicationRole(role, context)
        self._bucket = bucket_of(self._destination["Bucket"].rpartition(":")[2], context)
        if self._bucket is None:
            reason = "DstBucketNotFound"
        elif not self._bucket.is_versioned:
            reason = "DstBucketUnversioned"
        elif source.object_lock_enabled and not self._bucket.object_lock_enabled:
            reason = "DstBucketObjectLockConfigMissing"
        elif not self._role.is_assumed_for(source):
            reason = "AssumeRoleNotPermitted"
        elif not self._role.may(source.arn, *_READ_DOCUMENT):
            reason = "SrcGetObjNotPermitted"
        else:
            return
        raise FailedError(reason)

    def copy(self, item: Any) -> None:
        """Copy one version with its metadata, tags and lock.

        Raises:
            FailedError: The role lacks a right, or a key cannot be used.
        """
        if self._version(item) is not None:
            return
        here, there = f"{self._source.arn}/{item.name}", f"{self._bucket.arn}/{item.name}"
        read = (*_READ, *_READ_LOCK) if self._source.object_lock_enabled else _READ
        self._require(here, *read, reason="SrcGetObjNotPermitted")
        self._require(there, "s3:ReplicateObject", reason="DstPutObjNotPermitted")
        encryption = self._encryption(item, here, there)
        backend = s3_backends[self._bucket.account_id]["aws"]
        replica = backend.put_object(
            self._bucket.name,
            item.name,
            item.value,
            storage=self._destination.get("StorageClass") or item.storage_class,
            etag=item.etag,
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
        replica.set_metadata(dict(item.metadata))
        replica.replication_status = REPLICA
        self.copy_tags(item)

    def copy_tags(self, item: Any) -> None:
        """Give the copy of a version the same tags, if the role may read them; else it keeps those that it has."""
        replica = self._version(item)
        if replica is None or not self._role.may(f"{self._source.arn}/{item.name}", "s3:GetObjectVersionTagging"):
            return
        tags = s3_backends[self._source.account_id]["aws"].tagger.get_tag_dict_for_resource(item.arn)
        tagger = s3_backends[self._bucket.account_id]["aws"].tagger
        tagger.delete_all_tags_for_resource(replica.arn)
        tagger.tag_resource(replica.arn, [{"Key": key, "Value": value} for key, value in tags.items()])

    def copy_lock(self, item: Any) -> None:
        """Give the copy of a version the same retention and legal hold.

        Raises:
            FailedError: The role may not read them, or not write them.
        """
        replica = self._version(item)
        if replica is None:
            return
        self._require(f"{self._source.arn}/{item.name}", *_READ_LOCK, reason="SrcGetObjNotPermitted")
        self._require(f"{self._bucket.arn}/{item.name}", "s3:ReplicateObject", reason="DstPutObjNotPermitted")
        replica.lock_mode, replica.lock_until = item.lock_mode, item.lock_until
        replica.lock_legal_status = item.lock_legal_status

    def copy_marker(self, marker: Any) -> None:
        """Copy a delete marker.

        Raises:
            FailedError: The role may not.
        """
        self._require(f"{self._bucket.arn}/{marker.name}", "s3:ReplicateDelete", reason="DstDelObjNotPermitted")
        copied = FakeDeleteMarker(key=marker.key)
        copied._version_id = marker.version_id  # noqa: SLF001
        self._bucket.keys.setlist(marker.name, [*self._bucket.keys.getlist(marker.name, []), copied])

    def _version(self, item: Any) -> Any | None:
        versions = self._bucket.keys.getlist(item.name, [])
        return next((one for one in versions if one.version_id == item.version_id), None)

    def _require(self, resource: str, *actions: str, reason: str) -> None:
        if not self._role.may(resource, *actions):
            raise FailedError(reason)

    def _encryption(self, item: Any, here: str, there: str) -> dict[str, Any]:
        """Return how the copy is encrypted; with a bucket key, the encryption context is the bucket's.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
        """
        if item.encryption not in {"aws:kms", "aws:kms:dsse"}:
            return {"encryption": item.encryption}
        key = item.kms_key_id or _DEFAULT_KEY
        encrypted = self._source.arn if item.bucket_key_enabled else here
        if not self._role.may_use_key(key, self._source, "kms:Decrypt", encrypted=encrypted):
            reason = "SrcKmsKeyNotPermitted"
            raise FailedError(reason)
        key = self._destination["EncryptionConfiguration"]["ReplicaKmsKeyID"]
        has_bucket_key = bool(((self._bucket.encryption or {}).get("Rule") or {}).get("BucketKeyEnabled"))
        # S3 decrypts a bucket key that it has stored before it uses it.
        needed = ("kms:Encrypt", "kms:Decrypt") if has_bucket_key else ("kms:Encrypt",)
        encrypted = self._bucket.arn if has_bucket_key else there
        if not self._role.may_use_key(key, self._bucket, *needed, encrypted=encrypted):
            reason = "DstKmsKeyNotPermitted"
            raise FailedError(reason)
        return {"encryption": item.encryption, "kms_key_id": key, "bucket_key_enabled": has_bucket_key}
