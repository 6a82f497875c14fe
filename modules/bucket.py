"""S3 buckets that are private, encrypted, versioned and logged, with a lifecycle."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import S3BucketLifecycleConfiguration
from cdktf_cdktf_provider_aws.s3_bucket_logging import S3BucketLoggingA
from cdktf_cdktf_provider_aws.s3_bucket_object_lock_configuration import (
    S3BucketObjectLockConfigurationA,
    S3BucketObjectLockConfigurationRuleA,
    S3BucketObjectLockConfigurationRuleDefaultRetentionA,
)
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from constructs import Construct

from modules.bucket_lifecycle import lifecycle_rules
from modules.key import Key, KeyUse
from modules.policy import Condition, Grantable, PolicyDocument, Principal, Statement

if TYPE_CHECKING:
    from cdktf import TerraformProvider, TerraformResource

    from modules.label import Label

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
_BUCKET_POLICY_LIMIT: Final = 20_480


@dataclass(frozen=True, kw_only=True)
class BucketConfig:
    """The settings that differ between buckets."""

    noncurrent_version_days: int
    """Days that a noncurrent version is kept."""
    expiration_days: int | None = None
    """Days after which a current version is deleted; None keeps it."""
    expiring_prefixes: tuple[str, ...] = ("",)
    """The starts of the keys of what expires; without it everything does."""
    intelligent_tiering_after_days: int | None = None
    """Days after which an object moves to S3 Intelligent-Tiering; None does not move it."""
    object_lock_days: int | None = None
    """Days during which a version cannot be deleted, not even by the root user; None turns Object Lock off."""
    protect: bool
    """Refuse to destroy the bucket; if False, Terraform can destroy it with its objects."""


class Bucket(Construct):
    """A bucket that only its own account can access, over TLS 1.2 or newer, with an access log."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: BucketConfig,
        label: Label,
        name: str,
        key: Key | None,
        access_logs: Bucket | str | None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create the bucket and its configuration.

        Args:
            config: Retention and protection.
            label: Names it.
            name: The full name, from `label.bucket_name()`.
            key: Encrypts its objects; None for the few AWS services that cannot write with a customer managed key.
            access_logs: The bucket that receives its access log, or its name if this stack must not read the state of
                that bucket, whose policy then allows the delivery already; None for that bucket itself.
            provider: Of another region than the stack's; None for the stack's own.
        """
        super().__init__(scope, id_)
        self._label = label
        self._provider = provider
        self._key = key
        self._name = name
        self._is_locked = bool(config.object_lock_days)
        self._bucket = S3Bucket(
            self,
            "Default",
            bucket=name,
            provider=provider,
            force_destroy=not config.protect,
            object_lock_enabled=True if config.object_lock_days else None,
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if config.protect else None,
        )
        self._add_public_access_block()
        self._versioning = S3BucketVersioningA(
            self,
            "versioning",
            bucket=self._bucket.id,
            provider=self._provider,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        )
        self._add_encryption()
        self._add_lifecycle(config)
        if config.object_lock_days:
            self._add_object_lock(config.object_lock_days)
        self._policy_document = PolicyDocument(self, limit=_BUCKET_POLICY_LIMIT)
        self._policy_document.add(*self._transport_statements())
        self._policy = S3BucketPolicy(
            self,
            "policy",
            bucket=self._bucket.id,
            provider=self._provider,
            policy=self._policy_document.text,
            # S3 refuses a policy while the public access block of the bucket is being created (OperationAborted).
            depends_on=[self._public_access_block],
        )
        if isinstance(access_logs, str):
            self._log_access(access_logs)
        elif access_logs is not None:
            access_logs._receive_access_logs(self)  # noqa: SLF001 (the same class)

    @property
    def name(self) -> str:
        """Name of the bucket."""
        return self._bucket.bucket

    @property
    def full_name(self) -> str:
        """Name of the bucket, as a literal."""
        return self._name

    @cached_property
    def id(self) -> str:
        """Name of the bucket, as a reference to the resource."""
        return self._bucket.id

    @cached_property
    def arn(self) -> str:
        """ARN of the bucket."""
        return self._bucket.arn

    @property
    def regional_domain_name(self) -> str:
        """Domain name for CloudFront and others."""
        return self._bucket.bucket_regional_domain_name

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before another service writes to it."""
        return [self._policy]

    @property
    def versioning(self) -> TerraformResource:
        """What must exist before it is replicated, or receives replicas."""
        return self._versioning

    def add_to_resource_policy(self, *statements: Statement) -> None:
        """Add statements to the bucket policy, for principals that have no role in this project."""
        self._policy_document.add(*statements)

    def allow_delivery(
        self, service: str, *, sid: str, prefix: str, conditions: tuple[Condition, ...], may_list: bool = False
    ) -> None:
        """Allow an AWS service to read the bucket's ACL and to write its files.

        Args:
            service: The service principal, like `cloudtrail.amazonaws.com`.
            sid: The start of the statements' Sids.
            prefix: The start of the keys that it may write.
            conditions: Restrict on whose behalf it acts.
            may_list: Whether it lists the bucket before it writes.
        """
        principal = Principal.service(service)
        looks = ("s3:GetBucketAcl", "s3:ListBucket") if may_list else ("s3:GetBucketAcl",)
        # The services send this ACL even if the bucket has ACLs disabled.
        owned = Condition(operator="StringEquals", key="s3:x-amz-acl", values=("bucket-owner-full-control",))
        self.add_to_resource_policy(
            Statement(
                sid=f"{sid}AclCheck",
                principal=principal,
                actions=looks,
                resources=(self.arn,),
                conditions=conditions,
            ),
            Statement(
                sid=f"{sid}Write",
                principal=principal,
                actions=("s3:PutObject",),
                resources=(self._objects(prefix),),
                conditions=(*conditions, owned),
            ),
        )

    def grant_read(self, grantee: Grantable, *, prefix: str = "") -> None:
        """Allow `grantee` to list the bucket, and to read and decrypt its objects."""
        grantee.add_to_policy(
            Statement(actions=("s3:ListBucket", "s3:GetBucketLocation"), resources=(self.arn,)),
            Statement(actions=("s3:GetObject", "s3:GetObjectVersion"), resources=(self._objects(prefix),)),
        )
        if self._key:
            self._key.grant_decrypt(grantee, KeyUse.objects())

    def grant_write(self, grantee: Grantable, *, prefix: str = "") -> None:
        """Allow `grantee` to add objects, which it can neither read nor delete; what it overwrites is a version.

        To join the parts of an upload takes the right to decrypt:
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
        """
        grantee.add_to_policy(
            Statement(actions=("s3:PutObject", "s3:AbortMultipartUpload"), resources=(self._objects(prefix),))
        )
        if self._key:
            self._key.grant_encrypt_decrypt(grantee, KeyUse.objects())

    def grant_read_write(self, grantee: Grantable, *, prefix: str = "") -> None:
        """Allow `grantee` to read, write and delete objects; versioning keeps deleted objects."""
        self.grant_read(grantee, prefix=prefix)
        grantee.add_to_policy(
            Statement(
                actions=("s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"),
                resources=(self._objects(prefix),),
            )
        )
        if self._key:
            self._key.grant_encrypt_decrypt(grantee, KeyUse.objects())

    def grant_replicate(self, grantee: Grantable) -> None:
        """Allow `grantee`, S3's role, to read what it replicates: every version with its tags, lock and delete markers.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-replication
        """
        lock = ("s3:GetObjectLegalHold", "s3:GetObjectRetention") if self._is_locked else ()
        versions = ("s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging")
        grantee.add_to_policy(
            Statement(actions=("s3:GetReplicationConfiguration", "s3:ListBucket"), resources=(self.arn,)),
            Statement(actions=(*lock, *versions), resources=(self._objects(""),)),
        )
        if self._key:
            self._key.grant_decrypt(grantee, KeyUse.objects_of(self.arn))

    def _objects(self, prefix: str) -> str:
        return f"{self.arn}/{prefix}*"

    def _add_public_access_block(self) -> None:
        self._public_access_block = S3BucketPublicAccessBlock(
            self,
            "public-access-block",
            bucket=self._bucket.id,
            provider=self._provider,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        S3BucketOwnershipControls(
            self,
            "ownership",
            bucket=self._bucket.id,
            provider=self._provider,
            rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),  # no ACLs at all
        )

    def _add_encryption(self) -> None:
        by_default = (
            S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                sse_algorithm="aws:kms", kms_master_key_id=self._key.arn
            )
            if self._key
            else S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                sse_algorithm="AES256"
            )
        )
        S3BucketServerSideEncryptionConfigurationA(
            self,
            "encryption",
            bucket=self._bucket.id,
            provider=self._provider,
            rule=[
                S3BucketServerSideEncryptionConfigurationRuleA(
                    apply_server_side_encryption_by_default=by_default,
                    bucket_key_enabled=self._key is not None,  # one call to KMS for many objects
                )
            ],
        )

    def _add_lifecycle(self, config: BucketConfig) -> None:
        S3BucketLifecycleConfiguration(
            self,
            "lifecycle",
            bucket=self._bucket.id,
            provider=self._provider,
            rule=lifecycle_rules(config),
            # S3 sometimes refuses a rule for noncurrent versions if the bucket is not versioned yet.
            depends_on=[self._versioning],
        )

    def _add_object_lock(self, days: int) -> None:
        S3BucketObjectLockConfigurationA(
            self,
            "object-lock",
            bucket=self._bucket.id,
            provider=self._provider,
            rule=S3BucketObjectLockConfigurationRuleA(
                default_retention=S3BucketObjectLockConfigurationRuleDefaultRetentionA(mode="COMPLIANCE", days=days)
            ),
            depends_on=[self._versioning],
        )

    def _transport_statements(self) -> tuple[Statement, Statement]:
        everything = (self.arn, f"{self.arn}/*")
        return (
            Statement(
                sid="DenyInsecureTransport",
                effect="Deny",
                principal=Principal.anyone(),
                actions=("s3:*",),
                resources=everything,
                conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
            ),
            Statement(
                sid="DenyOutdatedTls",
                effect="Deny",
                principal=Principal.anyone(),
                actions=("s3:*",),
                resources=everything,
                conditions=(Condition(operator="NumericLessThan", key="s3:TlsVersion", values=("1.2",)),),
            ),
        )

    def _receive_access_logs(self, source: Bucket) -> None:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        self.add_to_resource_policy(
            Statement(
                sid="AllowAccessLogDelivery",
                principal=Principal.service("logging.s3.amazonaws.com"),
                actions=("s3:PutObject",),
                resources=(f"{self.arn}/*",),
                conditions=(
                    Condition(
                        operator="ArnLike",
                        key="aws:SourceArn",
                        values=(f"arn:aws:s3:::{self._label.prefix}-*",),
                    ),
                    Condition(operator="StringEquals", key="aws:SourceAccount", values=(self._label.account_id,)),
                ),
            )
        )
        # S3 checks the policy of the target when logging is enabled. In another stack the policy exists already.
        source._log_access(self.id, after=self.dependables if source._label == self._label else None)

    def _log_access(self, target: str, *, after: list[TerraformResource] | None = None) -> None:
        S3BucketLoggingA(
            self,
            "access-logging",
            bucket=self.id,
            provider=self._provider,
            target_bucket=target,
            target_prefix=f"s3/{self._name}/",
            depends_on=after,
        )
