"""What S3 cannot copy: what the replication's role may not do, and what the destination is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.services.s3_replication.changes import FAILURES
from tests.emulator.s3_replication import HOME, THERE, VERSION, Copied, create

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


@pytest.fixture
def buckets(client: Client) -> Copied:
    return create(client)


@pytest.fixture
def locked(client: Client) -> Copied:
    return create(client, locked=True)


def reason() -> str:
    return FAILURES[-1][2]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("s3:GetReplicationConfiguration", "SrcBucketReplicationConfigMissing"),
        ("s3:ListBucket", "SrcBucketReplicationConfigMissing"),
        ("s3:GetObjectVersionForReplication", "SrcGetObjectNotPermitted"),
        ("s3:GetObjectVersionAcl", "SrcGetAclNotPermitted"),
        ("s3:GetObjectVersionTagging", "SrcGetTaggingNotPermitted"),
        ("s3:ReplicateObject", "DstPutObjectNotPermitted"),
        ("s3:ReplicateTags", "DstPutTaggingNotPermitted"),
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


def test_without_the_right_to_tags_an_object_without_tags_is_copied_and_later_tags_are_not(buckets: Copied) -> None:
    buckets.allow(*(one for one in buckets.statements() if one["Action"] != "s3:ReplicateTags"))
    buckets.replicate()
    buckets.put()
    assert buckets.status() == "COMPLETED"
    buckets.home.put_object_tagging(
        Bucket=buckets.source, Key="a", Tagging={"TagSet": [{"Key": "kind", "Value": "log"}]}
    )
    assert buckets.there.get_object_tagging(Bucket=buckets.target, Key="a")["TagSet"] == []
    assert reason() == "DstPutTaggingNotPermitted"


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


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::source-*"}},
        {"StringLike": {"aws:SourceAccount": "*"}},
    ],
)
def test_a_trust_policy_that_asks_for_the_source_fails_the_copy(buckets: Copied, condition: dict[str, Any]) -> None:
    trust = {**buckets.trust(), "Condition": condition}
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
