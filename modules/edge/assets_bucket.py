"""The bucket with the static files, which the pipeline writes and only CloudFront reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.buckets import ASSETS
from modules.bucket import Bucket, BucketConfig
from modules.key import KeyUse
from modules.policy import Condition, Principal, Statement

if TYPE_CHECKING:
    from constructs import Construct

    from modules.key import Key
    from modules.label import Label
    from modules.policy import Grantable

_NONCURRENT_DAYS: Final = 90  # as long as the files of earlier releases
CLOUDFRONT: Final = "cloudfront.amazonaws.com"


def assets_config(*, protect: bool) -> BucketConfig:
    """What holds for the bucket, and for its copy in a second region."""
    return BucketConfig(noncurrent_version_days=_NONCURRENT_DAYS, intelligent_tiering_after_days=0, protect=protect)


def cloudfront_reads(arn: str, *, conditions: tuple[Condition, ...]) -> tuple[Statement, ...]:
    """The statements of a bucket's policy that let CloudFront read its objects, and see which there are.

    Without the permission to list, S3 answers 403 instead of 404 for an object that does not exist. No path of the
    distribution leads to the bucket itself, so it cannot be listed.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html

    Args:
        arn: ARN of the bucket.
        conditions: Which distributions they are for.
    """
    principal = Principal.service(CLOUDFRONT)
    return (
        Statement(
            sid="AllowCloudFrontRead",
            principal=principal,
            actions=("s3:GetObject",),
            resources=(f"{arn}/*",),
            conditions=conditions,
        ),
        Statement(
            sid="AllowCloudFrontList",
            principal=principal,
            actions=("s3:ListBucket",),
            resources=(arn,),
            conditions=conditions,
        ),
    )


class AssetsBucket(Bucket):
    """A private bucket in CloudFront's region, with S3 Intelligent-Tiering.

    Not in the environment's own region: what it holds is public, and CloudFront caches it everywhere.
    """

    def __init__(
        self, scope: Construct, id_: str, *, label: Label, key: Key, access_logs: Bucket, prefix: str, protect: bool
    ) -> None:
        """Create the bucket.

        Args:
            label: Names it.
            key: Encrypts its objects; its policy must be attached, because it names the distribution.
            access_logs: Receives its access log; S3 requires a bucket of the same region.
            prefix: The start of the keys that a deployment may write: `static/`.
            protect: Refuse to destroy it.
        """
        super().__init__(
            scope,
            id_,
            config=assets_config(protect=protect),
            label=label,
            name=label.bucket_name(ASSETS),
            key=key,
            access_logs=access_logs,
        )
        self._assets_key = key
        self._prefix = prefix

    def allow_distribution(self, arn: str) -> None:
        """Allow one distribution to read and decrypt the objects."""
        only = (Condition(operator="StringEquals", key="aws:SourceArn", values=(arn,)),)
        self.add_to_resource_policy(*cloudfront_reads(self.arn, conditions=only))
        self._assets_key.allow_service(
            CLOUDFRONT, sid="AllowCloudFrontDecrypt", conditions=only, actions=("kms:Decrypt",)
        )

    def grant_deploy(self, grantee: Grantable) -> None:
        """Allow `grantee` to list and write the static files; versioning keeps what it replaces."""
        static = f"{self._prefix}*"
        grantee.add_to_policy(
            Statement(
                actions=("s3:ListBucket",),
                resources=(self.arn,),
                conditions=(Condition(operator="StringLike", key="s3:prefix", values=(static,)),),
            ),
            Statement(
                actions=("s3:PutObject", "s3:AbortMultipartUpload"),
                resources=(f"{self.arn}/{static}",),
            ),
        )
        self._assets_key.grant_encrypt_decrypt(grantee, KeyUse.objects())
