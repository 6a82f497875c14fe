"""S3 copies what changes in a bucket, with the rights of the replication's role."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.exceptions import ClientError

from emulator.services.s3_replication.changes import FAILURES
from tests.emulator.s3_replication import ENABLED, HOME, THERE, VERSION, Copied

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

_NUMBERS: Final = itertools.count(100)
UNTIL: Final = datetime.now(tz=UTC).replace(microsecond=0) + timedelta(days=30)


@pytest.fixture
def buckets(client: Client) -> Copied:
    return Copied(client, f"711111111{next(_NUMBERS)}")


@pytest.fixture
def locked(client: Client) -> Copied:
    return Copied(client, f"711111111{next(_NUMBERS)}", locked=True)


def reason() -> str:
    return FAILURES[-1][2]


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


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("s3:GetReplicationConfiguration", "SrcBucketReplicationConfigMissing"),
        ("s3:ListBucket", "SrcBucketReplicationConfigMissing"),
        ("s3:GetObjectVersionForReplication", "SrcGetObjectNotPermitted"),
        ("s3:GetObjectVersionAcl", "SrcGetAclNotPermitted"),
        ("s3:GetObjectVersionTagging", "SrcGetTaggingNotPermitted"),
        ("s3:ReplicateObject", "DstPutObjectNotPermitted"),
        ("kms:Encrypt", "DstPutObjectNotPermitted"),
        ("kms:GenerateDataKey", "DstPutObjectNotPermitted"),
    ],
)
def test_without_a_right_the_object_has_failed_and_is_not_there(buckets: Copied, action: str, expected: str) -> None:
    buckets.allow(*(one for one in buckets.statements() if one["Action"] != action))
    buckets.replicate()
    buckets.put(Tagging="kind=log")
    assert buckets.status() == "FAILED"
    assert buckets.copied() is None
    assert reason() == expected


@pytest.mark.parametrize(
    ("region", "expected"), [(HOME, "SrcGetObjectNotPermitted"), (THERE, "DstPutObjectNotPermitted")]
)
def test_without_the_right_to_decrypt_with_either_key_it_fails(buckets: Copied, region: str, expected: str) -> None:
    def is_lost(right: dict[str, Any]) -> bool:
        return right["Action"] == "kms:Decrypt" and f"s3.{region}." in json.dumps(right)

    buckets.allow(*(one for one in buckets.statements() if not is_lost(one)))
    buckets.replicate()
    buckets.put()
    assert buckets.status() == "FAILED"
    assert reason() == expected


def test_a_right_that_the_boundary_does_not_have_is_none(buckets: Copied) -> None:
    iam = buckets.client("iam", account=buckets.account)
    document = {
        "Version": VERSION,
        "Statement": {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*", "kms:*"], "Resource": "*"},
    }
    boundary = iam.create_policy(PolicyName="limit", PolicyDocument=json.dumps(document))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="replication", PermissionsBoundary=boundary)
    buckets.replicate()
    buckets.put()
    assert reason() == "DstPutObjectNotPermitted"


def test_a_lock_that_the_role_may_not_read_fails_the_copy(locked: Copied) -> None:
    locked.allow(*(one for one in locked.statements() if one["Action"] != "s3:GetObjectRetention"))
    locked.replicate()
    locked.put()
    assert locked.copied() is None
    assert reason() == "SrcGetRetentionNotPermitted"


def test_a_delete_marker_that_the_role_may_not_write_stays(buckets: Copied) -> None:
    buckets.allow(*(one for one in buckets.statements() if one["Action"] != "s3:ReplicateDelete"))
    buckets.replicate()
    buckets.put()
    buckets.home.delete_object(Bucket=buckets.source, Key="a")
    assert buckets.copied()
    assert reason() == "DstDelObjNotPermitted"


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"kms:ViaService": f"s3.{HOME}.amazonaws.com"}},
        {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/another"}},
        {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::another"}},
    ],
)
def test_the_conditions_on_the_key_of_the_copies_count(buckets: Copied, condition: dict[str, Any]) -> None:
    rights = [
        {**one, "Condition": condition} if f"s3.{THERE}." in json.dumps(one) else one for one in buckets.statements()
    ]
    buckets.allow(*rights)
    buckets.replicate()
    buckets.put()
    assert reason() == "DstPutObjectNotPermitted"


def test_a_role_that_trusts_another_bucket_fails_the_copy(buckets: Copied) -> None:
    trust = {**buckets.trust(), "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::another"}}}
    buckets.client("iam", account=buckets.account).update_assume_role_policy(
        RoleName="replication", PolicyDocument=json.dumps({"Version": VERSION, "Statement": [trust]})
    )
    buckets.replicate()
    buckets.put()
    assert reason() == "AssumeRoleNotPermitted"


def test_a_role_that_does_not_exist_is_accepted_and_fails_the_copy(buckets: Copied) -> None:
    buckets.replicate({**buckets.document(), "Role": f"{buckets.role}-2"})
    buckets.put()
    assert reason() == "AssumeRoleNotPermitted"


def test_a_key_that_is_not_in_the_region_of_the_copies_fails_them(buckets: Copied) -> None:
    wrong = {"ReplicaKmsKeyID": f"arn:aws:kms:{HOME}:{buckets.account}:alias/{buckets.source}"}
    buckets.replicate(buckets.document(Destination=buckets.destination(EncryptionConfiguration=wrong)))
    buckets.put()
    assert reason() == "DstKmsKeyNotFound"


def test_a_disabled_key_fails_the_copy(buckets: Copied) -> None:
    buckets.replicate()
    buckets.client("kms", account=buckets.account, region=THERE).disable_key(
        KeyId=buckets.keys[THERE].rpartition("/")[2]
    )
    buckets.put()
    assert reason() == "DstKmsKeyInvalidState"


def test_a_destination_whose_versioning_was_suspended_gets_nothing(buckets: Copied) -> None:
    buckets.replicate()
    suspended = {"Status": "Suspended"}
    buckets.there.put_bucket_versioning(Bucket=buckets.target, VersioningConfiguration=suspended)
    buckets.put()
    assert reason() == "DstBucketUnversioned"
    with pytest.raises(ClientError, match=r"InvalidBucketState.*A replication configuration is present"):
        buckets.home.put_bucket_versioning(Bucket=buckets.source, VersioningConfiguration=suspended)


def test_a_destination_that_was_deleted_gets_nothing(buckets: Copied) -> None:
    buckets.replicate()
    buckets.there.delete_bucket(Bucket=buckets.target)
    buckets.put()
    assert reason() == "DstBucketNotFound"


def test_a_locked_source_needs_a_locked_destination(locked: Copied) -> None:
    unlocked = f"unlocked-{locked.account}"
    locked.locked = False
    locked.create_bucket(unlocked, THERE, locked.keys[THERE])
    locked.replicate(locked.document(Destination=locked.destination(Bucket=f"arn:aws:s3:::{unlocked}")))
    locked.put()
    assert reason() == "DstBucketObjectLockConfigMissing"


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


TAGGED: Final = {"Filter": {"Tag": {"Key": "a", "Value": "b"}}}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"Priority": None}, "Priority must be specified for this version"),
        ({"DeleteMarkerReplication": None}, "DeleteMarkerReplication must be specified for this version"),
        ({"Filter": None, "Prefix": "", "Priority": None}, "DeleteMarkerReplication cannot be used for this version"),
        (TAGGED, "Delete marker replication is not supported if any Tag filter is specified"),
        ({"ExistingObjectReplication": ENABLED}, "MalformedXML"),
        ({"SourceSelectionCriteria": None}, "SseKmsEncryptedObjects must be specified"),
        ({"SourceSelectionCriteria": {}}, "SourceSelectionCriteria cannot be empty"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(buckets: Copied, members: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        buckets.replicate(buckets.document(**members))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"EncryptionConfiguration": None}, "ReplicaKmsKeyID must be specified"),
        ({"EncryptionConfiguration": {"ReplicaKmsKeyID": "alias/a"}}, "Invalid ReplicaKmsKeyID ARN"),
        ({"Metrics": None}, "must contain both ReplicationTime and Metrics or neither"),
        ({"Metrics": ENABLED}, "must contain an event threshold"),
        ({"Metrics": {**ENABLED, "EventThreshold": {"Minutes": 5}}}, "Invalid event threshold minute value"),
        ({"ReplicationTime": {**ENABLED, "Time": {"Minutes": 5}}}, "Invalid time minute value"),
        ({"ReplicationTime": None}, "Metrics cannot contain an event threshold"),
        ({"Bucket": "copies"}, "Invalid bucket ARN"),
        ({"Bucket": "arn:aws:s3:::never-made"}, "Destination bucket must exist"),
    ],
)
def test_a_destination_that_cannot_be_is_refused(buckets: Copied, members: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        buckets.replicate(buckets.document(Destination=buckets.destination(**members)))


def test_a_bucket_is_not_its_own_destination(buckets: Copied) -> None:
    own = buckets.destination(Bucket=f"arn:aws:s3:::{buckets.source}")
    with pytest.raises(ClientError, match="Destination bucket cannot be the same as the source bucket"):
        buckets.replicate(buckets.document(Destination=own))


def test_both_buckets_need_versions(buckets: Copied) -> None:
    plain = f"plain-{buckets.account}"
    buckets.home.create_bucket(Bucket=plain)
    with pytest.raises(ClientError, match="Destination bucket must have versioning enabled"):
        buckets.replicate(buckets.document(Destination=buckets.destination(Bucket=f"arn:aws:s3:::{plain}")))
    with pytest.raises(ClientError, match="Versioning must be 'Enabled' on the bucket"):
        buckets.home.put_bucket_replication(Bucket=plain, ReplicationConfiguration=buckets.document())


def test_the_role_must_be_one(buckets: Copied) -> None:
    with pytest.raises(ClientError, match="Invalid Role specified"):
        buckets.replicate({**buckets.document(), "Role": "replication"})


@pytest.mark.parametrize(
    ("member", "message"), [("ID", "Rule Id must be unique"), ("Priority", "duplicate priority 0")]
)
def test_two_rules_differ(buckets: Copied, member: str, message: str) -> None:
    document = buckets.document()
    other = {**document["Rules"][0], "ID": "other", "Priority": 1} | {member: document["Rules"][0][member]}
    with pytest.raises(ClientError, match=message):
        buckets.replicate({**document, "Rules": [*document["Rules"], other]})
