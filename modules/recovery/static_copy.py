"""The copy of the static files as a second origin of CloudFront, for the time in which the first one has no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.buckets import ASSETS, copy_name
from modules.edge.assets_bucket import CLOUDFRONT, cloudfront_reads
from modules.key import KeyUse
from modules.policy import Condition

if TYPE_CHECKING:
    from modules.bucket import Bucket
    from modules.key import Key
    from modules.label import Label


def static_copy_domain(label: Label, *, region: str) -> str:
    """The name at which CloudFront finds the copy.

    Args:
        label: Of the environment, in any of its regions.
        region: The second region.
    """
    return f"{copy_name(label.in_region(region), ASSETS)}.s3.{region}.amazonaws.com"


def allow_distributions(bucket: Bucket, *, label: Label, key: Key) -> None:
    """Let CloudFront read and decrypt the copies of the static files, on behalf of any distribution of the account.

    Of any: the id of the distribution is in the state of the layer `edge`, which this stack must not read, and
    CloudFront chooses it. The files are public, and of what else the key encrypts this opens nothing: its encryption
    context must be of this bucket.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context

    Args:
        bucket: The bucket with the copies.
        label: Names it.
        key: Encrypts them, and other copies.
    """
    any_of_account = Condition(
        operator="ArnLike", key="aws:SourceArn", values=(label.arn("cloudfront", "distribution/*", region=""),)
    )
    bucket.add_to_resource_policy(*cloudfront_reads(bucket.arn, conditions=(any_of_account,)))
    # By its name: the bucket needs the key, so the key's policy cannot refer to the bucket.
    objects = KeyUse.objects_of(f"arn:aws:s3:::{copy_name(label, ASSETS)}").context
    key.allow_service(
        CLOUDFRONT,
        sid="AllowCloudFrontDecryptStaticFiles",
        conditions=(any_of_account, *objects),
        actions=("kms:Decrypt",),
    )
