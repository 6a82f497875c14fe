"""Two buckets in two regions, with a replication that has all that it needs."""

from __future__ import annotations

import copy
import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

HOME: Final = "us-east-1"
THERE: Final = "us-west-2"
VERSION: Final = "2012-10-17"
ENABLED: Final = {"Status": "Enabled"}
MINUTES: Final = {"Minutes": 15}
_NUMBERS: Final = itertools.count(100)


@dataclass
class Copied:
    """A source with a key and a bucket key, and its destination with others."""

    client: Client
    account: str
    locked: bool = False
    source: str = ""
    target: str = ""
    role: str = field(init=False)
    keys: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.source = self.source or f"source-{self.account}"
        self.target = self.target or f"copies-{self.account}"
        self.role = f"arn:aws:iam::{self.account}:role/replication"
        for bucket, region in ((self.source, HOME), (self.target, THERE)):
            key = self.client("kms", account=self.account, region=region)
            arn = self.keys[region] = key.create_key()["KeyMetadata"]["Arn"]
            key.create_alias(AliasName=f"alias/{bucket}", TargetKeyId=arn)
            self.create_bucket(bucket, region, arn)
        self.client("iam", account=self.account).create_role(
            RoleName="replication",
            AssumeRolePolicyDocument=json.dumps({"Version": VERSION, "Statement": [self.trust()]}),
        )
        self.allow(*self.statements())

    @property
    def home(self) -> Any:
        return self.client("s3", account=self.account, region=HOME)

    @property
    def there(self) -> Any:
        return self.client("s3", account=self.account, region=THERE)

    def create_bucket(self, bucket: str, region: str, key: str | None = None) -> None:
        s3 = self.client("s3", account=self.account, region=region)
        place = {} if region == HOME else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=self.locked, **place)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=ENABLED)
        if key:
            default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
            rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
            s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})

    def trust(self) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }

    def statements(self) -> list[dict[str, Any]]:
        """The rights of the role, each in a statement of its own."""
        here, there = f"arn:aws:s3:::{self.source}", f"arn:aws:s3:::{self.target}"
        reads = ("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging")
        writes = ("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags")
        locks = ("s3:GetObjectRetention", "s3:GetObjectLegalHold")
        return [
            *(_allow(action, here) for action in ("s3:GetReplicationConfiguration", "s3:ListBucket")),
            *(_allow(action, f"{here}/*") for action in (*reads, *locks)),
            *(_allow(action, f"{there}/*") for action in writes),
            _by_key("kms:Decrypt", self.keys[HOME], HOME, here, f"alias/{self.source}"),
            *(
                _by_key(action, self.keys[THERE].rpartition("/")[0] + "/*", THERE, there, f"alias/{self.target}")
                for action in ("kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt")
            ),
        ]

    def allow(self, *statements: dict[str, Any]) -> None:
        """Give the role these rights only."""
        policy = json.dumps({"Version": VERSION, "Statement": list(statements)})
        iam = self.client("iam", account=self.account)
        iam.put_role_policy(RoleName="replication", PolicyName="rights", PolicyDocument=policy)

    def document(self, **members: Any) -> dict[str, Any]:
        """The document, with these members of its rule."""
        rule = {
            "ID": "all",
            "Priority": 0,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": ENABLED,
            "SourceSelectionCriteria": {"SseKmsEncryptedObjects": ENABLED},
            "Destination": self.destination(),
        }
        rule |= members
        return {"Role": self.role, "Rules": [{key: value for key, value in rule.items() if value is not None}]}

    def destination(self, **members: Any) -> dict[str, Any]:
        place = {
            "Bucket": f"arn:aws:s3:::{self.target}",
            "EncryptionConfiguration": {
                "ReplicaKmsKeyID": f"arn:aws:kms:{THERE}:{self.account}:alias/{self.target}",
            },
            "ReplicationTime": {**ENABLED, "Time": MINUTES},
            "Metrics": {**ENABLED, "EventThreshold": MINUTES},
        }
        return {key: value for key, value in (copy.deepcopy(place) | members).items() if value is not None}

    def replicate(self, document: dict[str, Any] | None = None) -> None:
        self.home.put_bucket_replication(
            Bucket=self.source, ReplicationConfiguration=self.document() if document is None else document
        )

    def put(self, key: str = "a", body: bytes = b"1", **members: Any) -> str:
        return str(self.home.put_object(Bucket=self.source, Key=key, Body=body, **members)["VersionId"])

    def status(self, key: str = "a") -> str | None:
        return self.home.head_object(Bucket=self.source, Key=key).get("ReplicationStatus")  # type: ignore[no-any-return]

    def copied(self, key: str = "a") -> dict[str, Any] | None:
        """What is known of the newest copy; None if there is none."""
        try:
            return self.there.head_object(Bucket=self.target, Key=key)  # type: ignore[no-any-return]
        except ClientError as error:
            assert error.response["Error"]["Code"] == "404"  # noqa: PT017
            return None


def create(client: Client, *, locked: bool = False) -> Copied:
    """Create the buckets in an account of their own."""
    return Copied(client, f"711111111{next(_NUMBERS)}", locked=locked)


def _allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _by_key(action: str, key: str, region: str, bucket: str, alias: str) -> dict[str, Any]:
    condition = {
        "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": alias},
    }
    return {**_allow(action, key), "Condition": condition}
