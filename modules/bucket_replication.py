"""The replication of a bucket to one in another region, which it knows by names alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.s3_bucket_replication_configuration import (
    S3BucketReplicationConfigurationA,
    S3BucketReplicationConfigurationRule,
    S3BucketReplicationConfigurationRuleDeleteMarkerReplication,
    S3BucketReplicationConfigurationRuleDestination,
    S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration,
    S3BucketReplicationConfigurationRuleDestinationMetrics,
    S3BucketReplicationConfigurationRuleDestinationMetricsEventThreshold,
    S3BucketReplicationConfigurationRuleDestinationReplicationTime,
    S3BucketReplicationConfigurationRuleDestinationReplicationTimeTime,
    S3BucketReplicationConfigurationRuleFilter,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteria,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects,
)
from constructs import Construct

from modules.boundary import Boundary
from modules.key import KeyUse
from modules.policy import Condition, Statement
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformResource

    from modules.bucket import Bucket
    from modules.label import Label

RULE: Final = "copy"
"""Id of the one rule, which is a dimension of its metrics in CloudWatch."""
TARGET_MINUTES: Final = 15
"""Minutes in which S3 promises a copy; it takes no other number.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
"""


def replication_role(name: str) -> str:
    """Component of the name of the role that replicates the bucket `name`."""
    return f"{name}-replication"


class BucketReplication(Construct):
    """Copies each new version of a bucket, and each delete marker, to a bucket in another region, in minutes.

    What is in the bucket before is not copied, and neither is the deletion of a version: a copy outlives it.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
    The right for a key that is known by its alias takes effect up to five minutes after the alias; what is written
    before may fail, for good, and the alarm on failures says so:
    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        name: str,
        source: Bucket,
        target_name: str,
        target_region: str,
        target_key_alias_arn: str,
        target_key_arn: str | None = None,
        boundary: Boundary = Boundary.WORKLOAD,
        after: Sequence[TerraformResource] = (),
    ) -> None:
        """Create the role and the replication configuration.

        Args:
            label: Names the role.
            name: Component of the role's name, which also says what is copied.
            source: The bucket; it is versioned, as every `Bucket` is.
            target_name: Name of the bucket of the copies; it must be versioned, and locked if `source` is.
            target_region: Its region.
            target_key_alias_arn: ARN of the alias of the key of the copies, which must be in that region: S3 accepts
                any key, and then copies nothing.
            target_key_arn: ARN of that key if the stack has it: then the right for it takes effect at once.
            boundary: The most that the role may do.
            after: What must be made first in the same stack: the versioning of both buckets, and the boundary.
        """
        super().__init__(scope, id_)
        self.role = Role(
            self,
            "role",
            label=label,
            name=replication_role(name),
            description=f"S3: copies the bucket {name} to {target_region}",
            service=ServicePrincipal.S3,
            boundary=boundary,
            after=after,
        )
        source.grant_replicate(self.role)
        self._grant_target(label, target_name, target_region, target_key_alias_arn, target_key_arn)
        S3BucketReplicationConfigurationA(
            self,
            "Default",
            bucket=source.id,
            role=self.role.arn,
            rule=[_rule(f"arn:aws:s3:::{target_name}", target_key_alias_arn)],
            # S3 reads the first objects with the role at once.
            depends_on=[*self.role.dependables, *after],
        )

    def _grant_target(self, label: Label, name: str, region: str, alias_arn: str, key_arn: str | None) -> None:
        arn = f"arn:aws:s3:::{name}"
        has_alias = Condition(
            operator="ForAnyValue:StringEquals", key="kms:ResourceAliases", values=(alias_arn.rpartition(":")[2],)
        )
        self.role.add_to_policy(
            Statement(
                actions=("s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"), resources=(f"{arn}/*",)
            ),
            # With a bucket key, S3 also makes and checks that key with the role:
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html#bk-replication
            Statement(
                actions=("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
                resources=(key_arn or label.arn("kms", "key/*", region=region),),
                conditions=(*KeyUse.objects_of(arn).conditions(region), *(() if key_arn else (has_alias,))),
            ),
        )


def _rule(target_arn: str, key_alias_arn: str) -> S3BucketReplicationConfigurationRule:
    return S3BucketReplicationConfigurationRule(
        id=RULE,
        status="Enabled",
        priority=0,
        # Everything; only a rule with a filter says whether delete markers are copied.
        filter=S3BucketReplicationConfigurationRuleFilter(prefix=""),
        delete_marker_replication=S3BucketReplicationConfigurationRuleDeleteMarkerReplication(status="Enabled"),
        source_selection_criteria=S3BucketReplicationConfigurationRuleSourceSelectionCriteria(
            # Without it, S3 leaves out what is encrypted with a key of KMS.
            sse_kms_encrypted_objects=S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects(
                status="Enabled"
            )
        ),
        destination=S3BucketReplicationConfigurationRuleDestination(
            bucket=target_arn,
            storage_class="STANDARD",
            encryption_configuration=S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration(
                replica_kms_key_id=key_alias_arn
            ),
            replication_time=S3BucketReplicationConfigurationRuleDestinationReplicationTime(
                status="Enabled",
                time=S3BucketReplicationConfigurationRuleDestinationReplicationTimeTime(minutes=TARGET_MINUTES),
            ),
            metrics=S3BucketReplicationConfigurationRuleDestinationMetrics(
                status="Enabled",
                event_threshold=S3BucketReplicationConfigurationRuleDestinationMetricsEventThreshold(
                    minutes=TARGET_MINUTES
                ),
            ),
        ),
    )
