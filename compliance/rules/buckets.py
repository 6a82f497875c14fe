"""Buckets: private, without ACLs, versioned, encrypted, with lifecycle and logs, and TLS only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.policies import many, parsed
from compliance.rule import Finding, rule
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.policies import Statement
    from synthesis.manifest import Stack

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


@rule
def bucket_logs_access(stack: Stack) -> Iterator[Finding]:
    """Every bucket has access logs."""
    for bucket in stack.all("aws_s3_bucket"):
        if not stack.attached(bucket, "aws_s3_bucket_logging", by="bucket"):
            yield Finding.about(bucket, "no aws_s3_bucket_logging on it")


@rule
def bucket_refuses_plain_http(stack: Stack) -> Iterator[Finding]:
    """The bucket policy denies all requests without TLS, for the bucket and its objects."""
    for bucket in stack.all("aws_s3_bucket"):
        policies = stack.attached(bucket, "aws_s3_bucket_policy", by="bucket")
        if not any(_is_tls_only(statement) for policy in policies for statement in parsed(policy.get("policy")) or ()):
            yield Finding.about(bucket, 'its policy does not deny s3:* where aws:SecureTransport is "false"')


def _is_tls_only(statement: Statement) -> bool:
    condition = {key.lower(): value for key, value in ((statement.get("Condition") or {}).get("Bool") or {}).items()}
    resources = many(statement.get("Resource"))
    return (
        statement.get("Effect") == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"})
        and many(statement.get("Action")) in (["s3:*"], ["*"])
        and str(condition.get("aws:securetransport")).lower() == "false"
        and any(resource.endswith("/*") for resource in resources)
        and any(not resource.endswith("/*") for resource in resources)
    )
