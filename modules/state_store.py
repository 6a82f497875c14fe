"""The storage of Terraform's state, which no other backup can replace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
)
from constructs import Construct

from modules.bucket import Bucket, BucketConfig
from modules.bucket_replication import replication_role
from modules.key import Key, KeyUse, key_alias
from modules.label import Label, NameLimit
from modules.policy import Statement

if TYPE_CHECKING:
    from cdktf import TerraformProvider

    from config.state import StateSettings
    from modules.policy import Grantable

STATE_KEY: Final = "state"
"""Component of the alias of the key of the state."""
ACCESS_LOGS: Final = "access-logs"
"""Component of the name of the bucket of access logs."""
STATE: Final = "state"
"""Component of the name of the bucket of the state."""
STATE_REPLICATION: Final = replication_role(STATE)
"""Component of the name of the role that copies the states to the second region."""


@dataclass(frozen=True, kw_only=True)
class StateLocation:
    """Where an environment's state is, from names alone: every stack must know it before it exists."""

    region: str
    bucket: str
    lock_table: str
    key_alias_arn: str

    @staticmethod
    def from_names(label: Label) -> StateLocation:
        """The location in the environment's own region, whatever the region of the stack of `label`."""
        return StateLocation.in_region_of(label.in_home_region())

    @staticmethod
    def in_region_of(label: Label) -> StateLocation:
        """The location in the region of `label`: the environment's own one, or that of the copies."""
        return StateLocation(
            region=label.region,
            bucket=label.bucket_name(STATE),
            lock_table=label.name("state-lock", limit=NameLimit.DYNAMODB_TABLE),
            key_alias_arn=label.arn("kms", key_alias(label, STATE_KEY)),
        )

    @staticmethod
    def all_from_names(label: Label) -> tuple[StateLocation, ...]:
        """The location in each region that keeps states, the environment's own first."""
        return tuple(StateLocation.in_region_of(one) for one in label.in_regions_with_state)


class StateBuckets(NamedTuple):
    """What holds states in a region."""

    key: Key
    access_logs: Bucket
    bucket: Bucket


def create_state_buckets(
    scope: Construct,
    *,
    config: StateSettings,
    label: Label,
    description: str,
    access_log_retention_days: int,
    protect: bool,
    provider: TerraformProvider | None = None,
) -> StateBuckets:
    """Create the bucket of the states in a region, its key, and the bucket that receives the region's access logs.

    Args:
        scope: What they are in.
        config: Retention of old states.
        label: Names them, in their region.
        description: What the key encrypts.
        access_log_retention_days: Days that an access log is kept.
        protect: Refuse to destroy them.
        provider: Of their region; None for the stack's own.
    """
    key = Key(scope, "key", label=label, name=STATE_KEY, description=description, protect=protect, provider=provider)
    access_logs = Bucket(
        scope,
        "access-logs",
        config=BucketConfig(
            noncurrent_version_days=config.noncurrent_version_days,
            expiration_days=access_log_retention_days,
            protect=protect,
        ),
        label=label,
        name=label.bucket_name(ACCESS_LOGS),
        key=None,  # S3 cannot deliver access logs with a customer managed key:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        access_logs=None,
        provider=provider,
    )
    bucket = Bucket(
        scope,
        "bucket",
        config=BucketConfig(noncurrent_version_days=config.noncurrent_version_days, protect=protect),
        label=label,
        name=StateLocation.in_region_of(label).bucket,
        key=key,
        access_logs=access_logs,
        provider=provider,
    )
    return StateBuckets(key, access_logs, bucket)


class StateStore(Construct):
    """The state's bucket, lock table and key, and the bucket that receives the environment's access logs."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: StateSettings,
        label: Label,
        access_log_retention_days: int,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        self.key, self.access_logs, self.bucket = create_state_buckets(
            self,
            config=config,
            label=label.in_home_region(),
            description=f"Terraform state of {label.prefix}",
            access_log_retention_days=access_log_retention_days,
            protect=protect,
        )
        self.lock_table = DynamodbTable(
            self,
            "lock",
            name=StateLocation.from_names(label).lock_table,
            billing_mode="PAY_PER_REQUEST",
            hash_key="LockID",  # the name that Terraform requires
            attribute=[DynamodbTableAttribute(name="LockID", type="S")],
            server_side_encryption=DynamodbTableServerSideEncryption(enabled=True, kms_key_arn=self.key.arn),
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            # Streams carry the items to the replica; DynamoDB would switch them on with the first replica anyway:
            # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables.tutorial.html
            stream_enabled=True if label.recovery_region else None,
            stream_view_type="NEW_AND_OLD_IMAGES" if label.recovery_region else None,
            deletion_protection_enabled=protect,
            lifecycle=TerraformResourceLifecycle(
                prevent_destroy=True if protect else None,
                # The replica is a resource of its own, with a deletion protection that a block here cannot have. Also
                # when it is removed: otherwise two resources would delete it.
                ignore_changes=["replica"],
            ),
        )

    def grant_plan(self, grantee: Grantable) -> None:
        """Allow `grantee` to read every state, and to lock it meanwhile."""
        self.bucket.grant_read(grantee)
        self._grant_lock(grantee)

    def grant_apply(self, grantee: Grantable) -> None:
        """Allow `grantee` to read and write every state under a lock."""
        self.bucket.grant_read_write(grantee)
        self._grant_lock(grantee)

    def _grant_lock(self, grantee: Grantable) -> None:
        grant_lock(grantee, bucket_arn=self.bucket.arn, table_arn=self.lock_table.arn)
        self.key.grant_encrypt_decrypt(grantee, KeyUse.state())


def grant_lock(grantee: Grantable, *, bucket_arn: str, table_arn: str) -> None:
    """Allow `grantee` to take and release both locks of a state.

    https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
    """
    grantee.add_to_policy(
        Statement(actions=("s3:PutObject", "s3:DeleteObject"), resources=(f"{bucket_arn}/*.tflock",)),
        Statement(
            actions=("dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"),
            resources=(table_arn,),
        ),
    )
