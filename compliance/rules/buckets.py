"""Buckets: private, without ACLs, versioned, encrypted, with lifecycle and logs, and TLS only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.conditions import tests
from compliance.evaluation import matches
from compliance.graph import Graph, Node
from compliance.policies import many, principals, statements_in
from compliance.references import of_same_environment
from compliance.rule import Finding, rule, rule_with_others
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack

_ANY: Final = "0/any"
"""A key that stands for any object."""
_BLOCKS: Final = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


@rule
def bucket_blocks_public_access(stack: Stack) -> Iterator[Finding]:
    """Every bucket blocks public access in all four ways."""
    for bucket in stack.all("aws_s3_bucket"):
        guards = stack.attached(bucket, "aws_s3_bucket_public_access_block", by="bucket")
        if not any(all(guard.is_on(block) for block in _BLOCKS) for guard in guards):
            yield Finding.about(bucket, f"no aws_s3_bucket_public_access_block with {', '.join(_BLOCKS)}")


@rule
def bucket_has_no_acls(stack: Stack) -> Iterator[Finding]:
    """The bucket's owner owns every object in it, and ACLs are off."""
    for bucket in stack.all("aws_s3_bucket"):
        controls = stack.attached(bucket, "aws_s3_bucket_ownership_controls", by="bucket")
        if not any(c.block("rule").get("object_ownership") == "BucketOwnerEnforced" for c in controls):
            yield Finding.about(bucket, 'no aws_s3_bucket_ownership_controls with "BucketOwnerEnforced"')


@rule
def bucket_is_versioned(stack: Stack) -> Iterator[Finding]:
    """Objects that are overwritten or deleted can be restored."""
    for bucket in stack.all("aws_s3_bucket"):
        versionings = stack.attached(bucket, "aws_s3_bucket_versioning", by="bucket")
        if not any(v.block("versioning_configuration").get("status") == "Enabled" for v in versionings):
            yield Finding.about(bucket, "versioning is not enabled")


@rule
def bucket_has_customer_managed_key(stack: Stack) -> Iterator[Finding]:
    """Objects are encrypted with a customer managed key, and a bucket key reduces the calls to KMS."""
    for bucket in stack.all("aws_s3_bucket"):
        rules = [
            block
            for encryption in stack.attached(bucket, "aws_s3_bucket_server_side_encryption_configuration", by="bucket")
            for block in blocks(encryption.get("rule"))
        ]
        with_key = [
            block
            for block in rules
            for default in blocks(block.get("apply_server_side_encryption_by_default"))
            if default.get("sse_algorithm") in {"aws:kms", "aws:kms:dsse"} and default.get("kms_master_key_id")
        ]
        if not with_key:
            yield Finding.about(bucket, "is not encrypted with a customer managed key")
        elif not all(block.get("bucket_key_enabled") is True for block in with_key):
            yield Finding.about(bucket, "bucket_key_enabled is off")


@rule
def bucket_has_lifecycle(stack: Stack) -> Iterator[Finding]:
    """A lifecycle removes unfinished uploads and old versions."""
    for bucket in stack.all("aws_s3_bucket"):
        rules = [
            block
            for lifecycle in stack.attached(bucket, "aws_s3_bucket_lifecycle_configuration", by="bucket")
            for block in blocks(lifecycle.get("rule"))
            if block.get("status") == "Enabled"
        ]
        for argument in ("abort_incomplete_multipart_upload", "noncurrent_version_expiration"):
            if not any(blocks(block.get(argument)) for block in rules):
                yield Finding.about(bucket, f"no lifecycle rule with {argument}")


@rule_with_others
def bucket_keeps_what_terraform_writes(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No lifecycle deletes an object that Terraform writes: nothing would write it again before the next apply.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html
    """
    written = list(stack.all("aws_s3_object"))
    if not written:
        return
    graph = Graph(of_same_environment(stack, stacks))
    for item in written:
        buckets = graph.targets(Node(stack, item), "bucket", "aws_s3_bucket")
        if not buckets:
            yield Finding.about(item, "its bucket is in none of the stacks, so its lifecycle cannot be checked")
        for bucket in buckets:
            name = bucket.resource.address
            lifecycles = graph.sources(bucket, "aws_s3_bucket_lifecycle_configuration", by="bucket")
            for block in (one for lifecycle in lifecycles for one in blocks(lifecycle.get("rule"))):
                if _expires(block, str(item.get("key"))):
                    message = (
                        f"the lifecycle rule {block.get('id')} of {name} deletes it; give it prefixes of other keys"
                    )
                    yield Finding.about(item, message)


@rule
def bucket_logs_access(stack: Stack) -> Iterator[Finding]:
    """Every bucket has access logs."""
    for bucket in stack.all("aws_s3_bucket"):
        if not stack.attached(bucket, "aws_s3_bucket_logging", by="bucket"):
            yield Finding.about(bucket, "no aws_s3_bucket_logging on it")


@rule_with_others
def bucket_refuses_plain_http(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The bucket policy denies all requests without TLS, for the bucket and its objects."""
    for bucket in stack.all("aws_s3_bucket"):
        policies = [bucket, *stack.attached(bucket, "aws_s3_bucket_policy", by="bucket")]
        denied = [
            name
            for policy in policies
            for statement in statements_in(policy, stack, stacks)
            if _denies_plain_http(statement)
            for name in many(statement.get("Resource"))
        ]
        arns = [f"${{{bucket.address}.arn}}", f"arn:aws:s3:::{bucket.get('bucket')}"]
        is_all = any(matches(name, arn) for name in denied for arn in arns)
        is_every_object = any(matches(name, f"{arn}/{_ANY}") for name in denied for arn in arns)
        if not (is_all and is_every_object):
            yield Finding.about(bucket, 'its policy does not deny s3:* where aws:SecureTransport is "false"')


def _expires(block: Mapping[str, Any], key: str) -> bool:
    """Whether a rule deletes the object with this key; other filters than a prefix are taken as met."""
    expires = any(one.get("days") or one.get("date") for one in blocks(block.get("expiration")))
    if block.get("status") != "Enabled" or not expires:
        return False
    filters = [
        *blocks(block.get("filter")),
        *(both for one in blocks(block.get("filter")) for both in blocks(one.get("and"))),
    ]
    prefixes = [str(one["prefix"]) for one in (block, *filters) if one.get("prefix") is not None]
    return all(key.startswith(prefix) for prefix in prefixes)


def _denies_plain_http(statement: Statement) -> bool:
    """Whether it denies everyone all calls without TLS; a second test, which must be met too, would let some pass."""
    found = list(tests(statement))
    return (
        statement.get("Effect") == "Deny"
        and "*" in principals(statement, "AWS")
        and bool({"*", "s3:*"} & set(many(statement.get("Action"))))
        and [(one.base, one.key, one.values) for one in found] == [("Bool", "aws:securetransport", ("false",))]
    )
