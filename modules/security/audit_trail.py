"""A tamper-proof record of every call to AWS; the start of every investigation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudtrail import Cloudtrail
from constructs import Construct

from config.buckets import AUDIT
from modules.bucket import Bucket, BucketConfig
from modules.label import NameLimit
from modules.log_group import LogGroup
from modules.policy import Condition
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from config.security import TrailSettings
    from modules.key import Key
    from modules.label import Label

SERVICE: Final = ServicePrincipal.CLOUDTRAIL
KEY: Final = "audit"
"""Component of the alias of its key."""
ROLE: Final = "audit-logs"
"""Component of the name of its role."""
# Days in which a log file that a lifecycle rule or a person deleted can be restored.
_DELETED_ENTRY_DAYS: Final = 30


def group_name(label: Label) -> str:
    """Name of the log group of the trail."""
    return label.path("audit")


def trail_config(config: TrailSettings, *, protect: bool) -> BucketConfig:
    """What holds for the trail's bucket, and for its copy in a second region."""
    return BucketConfig(
        noncurrent_version_days=_DELETED_ENTRY_DAYS,
        expiration_days=config.retention_days,
        object_lock_days=config.lock_days,
        protect=protect,
    )


class AuditTrail(Construct):
    """CloudTrail over all regions, whose files are signed, encrypted and, if the settings say so, locked.

    Management events only: the first copy of them is free; data events are charged per 100,000.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: TrailSettings,
        label: Label,
        key: Key,
        access_logs: Bucket,
        log_retention_days: int,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        name = label.name("audit", limit=NameLimit.TRAIL)
        # From its name, because the bucket and the key must allow the trail before it exists.
        from_the_trail = Condition(
            operator="StringEquals", key="aws:SourceArn", values=(label.arn("cloudtrail", f"trail/{name}"),)
        )
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
        key.allow_service(SERVICE, sid="AllowCloudTrail", conditions=(from_the_trail,))
        self.bucket = Bucket(
            self,
            "bucket",
            config=trail_config(config, protect=protect),
            label=label,
            name=label.bucket_name(AUDIT),
            key=key,
            access_logs=access_logs,
        )
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
        self.bucket.allow_delivery(
            SERVICE, sid="Trail", prefix=f"AWSLogs/{label.account_id}/", conditions=(from_the_trail,)
        )
        self.log_group = LogGroup(
            self,
            "group",
            label=label,
            name=group_name(label),
            retention_days=log_retention_days,
            key=key,
        )
        role = Role(
            self,
            "role",
            label=label,
            name=ROLE,
            service=SERVICE,
            description="Writes the trail to CloudWatch Logs",
        )
        self.log_group.grant_write(role)
        Cloudtrail(
            self,
            "Default",
            name=name,
            s3_bucket_name=self.bucket.id,
            kms_key_id=key.arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            enable_logging=True,
            cloud_watch_logs_group_arn=f"{self.log_group.arn}:*",
            cloud_watch_logs_role_arn=role.arn,
            # CloudTrail checks the bucket policy and the role when the trail is created.
            depends_on=[*self.bucket.dependables, *role.dependables],
        )
