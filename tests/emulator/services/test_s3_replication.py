"""S3 copies what changes in a bucket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from botocore.exceptions import ClientError

from tests.emulator.s3_replication import HOME, Copied, create

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

UNTIL: Final = datetime.now(tz=UTC).replace(microsecond=0) + timedelta(days=30)


@pytest.fixture
def buckets(client: Client) -> Copied:
    return create(client)


@pytest.fixture
def locked(client: Client) -> Copied:
    return create(client, locked=True)


def test_a_new_object_is_copied_with_its_version_metadata_and_tags(buckets: Copied) -> None:
    buckets.replicate()
    version = buckets.put(Metadata={"made": "today"}, Tagging="kind=log", ContentType="text/plain")

    found = buckets.copied()
    assert found
    source = buckets.home.head_object(Bucket=buckets.source, Key="a")
    assert found["VersionId"] == version
    for member in ("ContentType", "ETag", "LastModified", "Metadata"):
        assert found[member] == source[member]
    assert list(found["Metadata"].values()) == ["today"]
    assert found["ReplicationStatus"] == "REPLICA"
    assert buckets.status() == "COMPLETED"
    assert buckets.there.get_object(Bucket=buckets.target, Key="a")["Body"].read() == b"1"
    tags = buckets.there.get_object_tagging(Bucket=buckets.target, Key="a")["TagSet"]
    assert tags == [{"Key": "kind", "Value": "log"}]


def test_a_copy_is_encrypted_with_the_key_of_the_document(buckets: Copied) -> None:
    buckets.replicate()
    buckets.put()
    found = buckets.copied()
    assert found
    assert found["SSEKMSKeyId"].endswith(f":alias/{buckets.target}")
    assert found["BucketKeyEnabled"]


def test_what_was_there_before_is_not_copied(buckets: Copied) -> None:
    buckets.put()
    buckets.replicate()
    assert buckets.copied() is None
    assert buckets.status() is None


def test_parts_are_copied_as_one_object(buckets: Copied) -> None:
    buckets.replicate()
    named = {"Bucket": buckets.source, "Key": "large"}
    upload = buckets.home.create_multipart_upload(**named)["UploadId"]
    tag = buckets.home.upload_part(**named, UploadId=upload, PartNumber=1, Body=b"12")["ETag"]
    parts = {"Parts": [{"ETag": tag, "PartNumber": 1}]}
    done = buckets.home.complete_multipart_upload(**named, UploadId=upload, MultipartUpload=parts)

    found = buckets.copied("large")
    assert found
    assert (found["ETag"], found["ContentLength"]) == (done["ETag"], 2)


def test_a_copied_object_is_a_new_version(buckets: Copied) -> None:
    buckets.replicate()
    buckets.put()
    buckets.home.copy_object(Bucket=buckets.source, Key="b", CopySource={"Bucket": buckets.source, "Key": "a"})
    assert buckets.copied("b")


def test_a_delete_marker_is_copied_and_the_deletion_of_a_version_is_not(buckets: Copied) -> None:
    buckets.replicate()
    version = buckets.put()
    buckets.home.delete_object(Bucket=buckets.source, Key="a")
    assert buckets.copied() is None
    buckets.home.delete_object(Bucket=buckets.source, Key="a", VersionId=version)
    held = buckets.there.get_object(Bucket=buckets.target, Key="a", VersionId=version)
    assert held["Body"].read() == b"1"


def test_several_delete_markers_are_copied(buckets: Copied) -> None:
    buckets.replicate()
    for key in ("a", "b"):
        buckets.put(key)
    buckets.home.delete_objects(Bucket=buckets.source, Delete={"Objects": [{"Key": "a"}, {"Key": "b"}]})
    markers = buckets.there.list_object_versions(Bucket=buckets.target)["DeleteMarkers"]
    assert [(one["Key"], one["IsLatest"]) for one in markers] == [("a", True), ("b", True)]


def test_without_the_setting_delete_markers_stay(buckets: Copied) -> None:
    buckets.replicate(buckets.document(DeleteMarkerReplication={"Status": "Disabled"}))
    buckets.put()
    buckets.home.delete_object(Bucket=buckets.source, Key="a")
    assert buckets.copied()


def test_later_tags_are_copied(buckets: Copied) -> None:
    buckets.replicate()
    buckets.put()
    buckets.home.put_object_tagging(
        Bucket=buckets.source, Key="a", Tagging={"TagSet": [{"Key": "kind", "Value": "log"}]}
    )
    assert buckets.there.get_object_tagging(Bucket=buckets.target, Key="a")["TagSet"]
    buckets.home.delete_object_tagging(Bucket=buckets.source, Key="a")
    assert buckets.there.get_object_tagging(Bucket=buckets.target, Key="a")["TagSet"] == []


def test_a_lock_is_copied(locked: Copied) -> None:
    locked.replicate()
    version = locked.put(ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=UNTIL)
    found = locked.copied()
    assert found
    assert (found["ObjectLockMode"], found["ObjectLockRetainUntilDate"]) == ("COMPLIANCE", UNTIL)
    with pytest.raises(ClientError, match="AccessDenied"):
        locked.there.delete_object(Bucket=locked.target, Key="a", VersionId=version)


def test_a_later_lock_is_copied(locked: Copied) -> None:
    locked.replicate()
    locked.put()
    locked.home.put_object_legal_hold(Bucket=locked.source, Key="a", LegalHold={"Status": "ON"})
    found = locked.copied()
    assert found
    assert found["ObjectLockLegalHoldStatus"] == "ON"


def test_a_copy_without_a_lock_gets_the_default_of_its_bucket(locked: Copied) -> None:
    default = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    locked.there.put_object_lock_configuration(Bucket=locked.target, ObjectLockConfiguration=default)
    locked.replicate()
    locked.put()
    found = locked.copied()
    assert found
    assert found["ObjectLockMode"] == "GOVERNANCE"


def test_only_what_the_filter_selects_is_copied(buckets: Copied) -> None:
    both = {"Prefix": "logs/", "Tags": [{"Key": "kind", "Value": "log"}]}
    buckets.replicate(buckets.document(Filter={"And": both}, DeleteMarkerReplication={"Status": "Disabled"}))
    buckets.put("logs/a", Tagging="kind=log")
    buckets.put("logs/b")
    buckets.put("c", Tagging="kind=log")
    assert buckets.copied("logs/a")
    assert buckets.copied("logs/b") is None
    assert buckets.copied("c") is None


def test_a_disabled_rule_copies_nothing(buckets: Copied) -> None:
    buckets.replicate(buckets.document(Status="Disabled"))
    buckets.put()
    assert buckets.copied() is None


def test_without_the_selection_what_kms_encrypts_is_left_out_without_a_status(buckets: Copied) -> None:
    buckets.replicate(
        buckets.document(SourceSelectionCriteria=None, Destination=buckets.destination(EncryptionConfiguration=None))
    )
    buckets.put()
    buckets.put("plain", ServerSideEncryption="AES256")
    assert buckets.status() is None
    assert buckets.copied("plain")


def test_a_copy_is_not_copied_on(buckets: Copied) -> None:
    further = f"further-{buckets.account}"
    buckets.create_bucket(further, HOME)
    rule = buckets.document(SourceSelectionCriteria=None, Destination={"Bucket": f"arn:aws:s3:::{further}"})
    buckets.there.put_bucket_replication(Bucket=buckets.target, ReplicationConfiguration=rule)
    buckets.replicate()
    buckets.put()
    assert buckets.copied()
    assert "Contents" not in buckets.home.list_objects_v2(Bucket=further)


def test_the_rule_with_the_highest_priority_counts(buckets: Copied) -> None:
    document = buckets.document()
    cheaper = {**document["Rules"][0], "ID": "cheap", "Priority": 1}
    cheaper["Destination"] = buckets.destination(StorageClass="STANDARD_IA")
    buckets.replicate({**document, "Rules": [cheaper, *document["Rules"]]})
    buckets.put()
    found = buckets.copied()
    assert found
    assert found["StorageClass"] == "STANDARD_IA"


def test_a_document_reads_back_as_it_was_sent_until_it_is_deleted(buckets: Copied) -> None:
    buckets.replicate()
    assert buckets.home.get_bucket_replication(Bucket=buckets.source)["ReplicationConfiguration"] == buckets.document()
    buckets.home.delete_bucket_replication(Bucket=buckets.source)
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFoundError"):
        buckets.home.get_bucket_replication(Bucket=buckets.source)
    buckets.put()
    assert buckets.copied() is None


def test_a_document_goes_with_its_bucket(buckets: Copied) -> None:
    buckets.replicate()
    buckets.home.delete_bucket(Bucket=buckets.source)
    buckets.create_bucket(buckets.source, HOME)
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFoundError"):
        buckets.home.get_bucket_replication(Bucket=buckets.source)


def test_a_rule_without_an_id_gets_one(buckets: Copied) -> None:
    buckets.replicate(buckets.document(ID=None))
    assert buckets.home.get_bucket_replication(Bucket=buckets.source)["ReplicationConfiguration"]["Rules"][0]["ID"]


def test_the_first_version_of_a_document_copies_delete_markers(buckets: Copied) -> None:
    buckets.replicate(buckets.document(Prefix="", Filter=None, Priority=None, DeleteMarkerReplication=None))
    buckets.put()
    buckets.home.delete_object(Bucket=buckets.source, Key="a")
    assert buckets.there.list_object_versions(Bucket=buckets.target)["DeleteMarkers"]
