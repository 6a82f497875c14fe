"""One writer: of what AWS has once for each owner, two resources would overwrite each other with each apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.references import Place, of_same_environment, places
from compliance.rule import Finding, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack

_ONCE: Final = {
    "aws_ecr_lifecycle_policy": "repository",
    "aws_ecr_repository_policy": "repository",
    "aws_kms_key_policy": "key_id",
    "aws_s3_bucket_lifecycle_configuration": "bucket",
    "aws_s3_bucket_notification": "bucket",
    "aws_s3_bucket_policy": "bucket",
    "aws_s3_bucket_public_access_block": "bucket",
    "aws_s3_bucket_server_side_encryption_configuration": "bucket",
    "aws_s3_bucket_versioning": "bucket",
    "aws_secretsmanager_secret_policy": "secret_arn",
    "aws_sns_topic_policy": "arn",
    "aws_sqs_queue_policy": "queue_url",
}
"""Types of which an owner has one, and the argument that names it; the provider warns of a second one in its page on
each: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/s3_bucket_policy"""


@rule_with_others
def setting_has_one_writer(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No two resources write the same policy or setting of one bucket, topic, queue, key, secret or repository."""
    for kind, argument in _ONCE.items():
        for own in stack.all(kind):
            owners = places(own.get(argument), stack, stacks)
            for other in of_same_environment(stack, stacks) if owners else ():
                for one in other.all(kind):
                    is_another = Place.of(other, one) != Place.of(stack, own)
                    if is_another and owners & places(one.get(argument), other, stacks):
                        yield Finding.about(own, f"{other.id}/{one.address} writes the same; keep one of them")
