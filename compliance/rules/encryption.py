"""Keys, and what must be encrypted with them: logs, tables, topics, queues, images, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.policies import is_allow, parsed, principals
from compliance.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack

_KEYS: Final = ("aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key")
_KEY_ARGUMENT: Final = {
    "aws_backup_vault": "kms_key_arn",
    "aws_cloudtrail": "kms_key_id",
    "aws_secretsmanager_secret": "kms_key_id",
    "aws_sns_topic": "kms_master_key_id",
    "aws_sqs_queue": "kms_master_key_id",
}
"""Types whose key is one top-level argument."""


@rule
def key_rotates(stack: Stack) -> Iterator[Finding]:
    """Every symmetric key with key material of AWS rotates."""
    for key in stack.all("aws_kms_key"):
        symmetric = key.get("customer_master_key_spec") in (None, "SYMMETRIC_DEFAULT")
        if symmetric and not key.is_on("enable_key_rotation"):
            yield Finding.about(key, "enable_key_rotation is off")


@rule
def key_has_a_policy(stack: Stack) -> Iterator[Finding]:
    """Every key has its own policy instead of AWS's default."""
    for key in stack.all(*_KEYS):
        if not key.get("policy"):
            yield Finding.about(key, "has no policy")


@rule
def log_group_has_retention(stack: Stack) -> Iterator[Finding]:
    """Every log group has a retention."""
    for group in stack.all("aws_cloudwatch_log_group"):
        if not group.get("retention_in_days"):
            yield Finding.about(group, "retention_in_days is not set")


@rule
def log_group_has_customer_managed_key(stack: Stack) -> Iterator[Finding]:
    """Logs are encrypted with a customer managed key."""
    for group in stack.all("aws_cloudwatch_log_group"):
        if not group.get("kms_key_id"):
            yield Finding.about(group, "kms_key_id is not set")


@rule
def resource_has_customer_managed_key(stack: Stack) -> Iterator[Finding]:
    """Topics, queues, trails, vaults and secrets are encrypted with a customer managed key."""
    for kind, argument in _KEY_ARGUMENT.items():
        for resource in stack.all(kind):
            value = resource.get(argument)
            if not value or str(value).startswith("alias/aws/"):
                yield Finding.about(resource, f"{argument} is not a customer managed key")


@rule
def topic_key_allows_its_publishers(stack: Stack) -> Iterator[Finding]:
    """A service that may publish to a topic may use the topic's key: without it the messages are lost silently."""
    for policy in stack.all("aws_sns_topic_policy"):
        for topic in stack.all("aws_sns_topic"):
            if not topic.is_referred_to_by(policy.get("arn")):
                continue
            publishers = _services_allowed(policy.get("policy"))
            keys = [key for key in stack.all("aws_kms_key") if key.is_referred_to_by(topic.get("kms_master_key_id"))]
            for key in keys:
                for service in sorted(publishers - _services_allowed(key.get("policy"))):
                    yield Finding.about(topic, f"allows {service} to publish, and {key.address} does not allow it")


def _services_allowed(policy: object) -> set[str]:
    return {
        service
        for statement in parsed(policy) or ()
        if is_allow(statement)
        for service in principals(statement, "Service")
    }


@rule
def repository_has_customer_managed_key(stack: Stack) -> Iterator[Finding]:
    """Container images are encrypted with a customer managed key."""
    for repository in stack.all("aws_ecr_repository"):
        block = repository.block("encryption_configuration")
        if block.get("encryption_type") not in {"KMS", "KMS_DSSE"} or not block.get("kms_key"):
            yield Finding.about(repository, "encryption_configuration has no customer managed key")


@rule
def parameter_is_a_secure_string(stack: Stack) -> Iterator[Finding]:
    """Every parameter is a SecureString with a customer managed key."""
    for parameter in stack.all("aws_ssm_parameter"):
        if parameter.get("type") != "SecureString":
            yield Finding.about(parameter, f"its type is {parameter.get('type')}, not SecureString")
        elif str(parameter.get("key_id") or "alias/aws/ssm").startswith("alias/aws/"):
            yield Finding.about(parameter, "key_id is not a customer managed key")


@rule
def table_has_customer_managed_key(stack: Stack) -> Iterator[Finding]:
    """Every DynamoDB table is encrypted with a customer managed key."""
    for table in stack.all("aws_dynamodb_table"):
        block = table.block("server_side_encryption")
        if block.get("enabled") is not True or not block.get("kms_key_arn"):
            yield Finding.about(table, "server_side_encryption has no customer managed key")
