"""What S3 refuses in a replication document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.exceptions import ClientError

from tests.emulator.s3_replication import ENABLED, Copied, create

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

TAGGED: Final = {"Filter": {"Tag": {"Key": "a", "Value": "b"}}}


@pytest.fixture
def buckets(client: Client) -> Copied:
    return create(client)


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
