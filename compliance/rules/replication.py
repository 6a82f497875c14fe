"""Replication: all of a bucket, with its delete markers, in minutes that are measured; and a registry's images."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from compliance.references import of_same_environment, referred
from compliance.rule import Finding, rule, rule_with_others
from compliance.stores import BUCKET, is_bucket
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_KIND = "aws_s3_bucket_replication_configuration"
_KEY_ARN: Final = re.compile(r"arn:aws:kms:([a-z0-9-]+):")


@rule
def replication_copies_all(stack: Stack) -> Iterator[Finding]:
    """A replication copies every object, also what is encrypted with a KMS key, and delete markers.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
    """
    for configuration, block in _rules(stack):
        if block.get("status") != "Enabled":
            yield Finding.about(configuration, f"the rule {block.get('id')} is not enabled")
        chosen = [one for one in blocks(block.get("filter")) if one.get("prefix") or one.get("tag") or one.get("and")]
        if chosen:
            yield Finding.about(configuration, f"the rule {block.get('id')} copies only what its filter selects")
        if not _is_on(block, "delete_marker_replication"):
            yield Finding.about(configuration, f"the rule {block.get('id')} does not copy delete markers")
        criteria = blocks(block.get("source_selection_criteria"))
        if not any(_is_on(one, "sse_kms_encrypted_objects") for one in criteria):
            yield Finding.about(configuration, f"the rule {block.get('id')} leaves out what a KMS key encrypts")


@rule_with_others
def replication_encrypts_copies(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A replication names the key of the copies, which is one of their region.

    S3 accepts a key of another region, and then copies nothing:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
    """
    for configuration, block in _rules(stack):
        for destination in blocks(block.get("destination")):
            keys = [one.get("replica_kms_key_id") for one in blocks(destination.get("encryption_configuration"))]
            if not any(keys):
                yield Finding.about(configuration, f"the rule {block.get('id')} has no key for the copies")
            for here in _bucket_regions(destination.get("bucket"), stack, stacks):
                for there in sorted(_key_regions(keys, stack, stacks) - {here}):
                    says = f"the rule {block.get('id')} has a key in {there} for copies in {here}"
                    yield Finding.about(configuration, f"{says}; use one in {here}")


@rule
def replication_is_measured(stack: Stack) -> Iterator[Finding]:
    """A replication has S3's promise of 15 minutes, and the metrics without which nobody sees that it is not kept.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
    """
    for configuration, block in _rules(stack):
        for destination in blocks(block.get("destination")):
            for argument in ("metrics", "replication_time"):
                if not _is_on(destination, argument):
                    yield Finding.about(configuration, f"the rule {block.get('id')} has no {argument}")


@rule
def registry_replication_is_filtered(stack: Stack) -> Iterator[Finding]:
    """The replication of a registry is about the repositories of one environment: an account can have others."""
    for configuration in stack.all("aws_ecr_replication_configuration"):
        for block in blocks(configuration.get("replication_configuration")):
            for one in blocks(block.get("rule")):
                if not blocks(one.get("repository_filter")):
                    yield Finding.about(configuration, "a rule without repository_filter copies the whole registry")


def _rules(stack: Stack) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    return ((found, block) for found in stack.all(_KIND) for block in blocks(found.get("rule")))


def _bucket_regions(value: object, stack: Stack, stacks: Mapping[str, Stack]) -> set[str]:
    """The region of the bucket that a destination names; none if the environment has no such bucket."""
    return {
        other.region_of(bucket)
        for other in of_same_environment(stack, stacks)
        for bucket in other.all(BUCKET)
        if is_bucket(value, bucket, other, stack, stacks)
    }


def _key_regions(keys: list[object], stack: Stack, stacks: Mapping[str, Stack]) -> set[str]:
    """The regions of keys that are named by ARNs or by references."""
    named = {match[1] for key in keys if (match := _KEY_ARN.match(str(key)))}
    return named | {owner.region_of(key) for owner, key in referred(keys, stack, stacks)}


def _is_on(block: Mapping[str, Any], argument: str) -> bool:
    return any(one.get("status") == "Enabled" for one in blocks(block.get(argument)))
