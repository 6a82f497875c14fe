"""Keys, and what must be encrypted with them: logs, tables, topics, queues, images, parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.evaluation import matches
from compliance.policies import allows_action, condition_keys, many, principals, statements_in
from compliance.references import Place, of_same_environment, places, referred
from compliance.rule import Finding, rule, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_KEYS: Final = ("aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key")
_KEY_ARGUMENT: Final = {
    "aws_backup_vault": "kms_key_arn",
    "aws_cloudtrail": "kms_key_id",
    "aws_secretsmanager_secret": "kms_key_id",
    "aws_sns_topic": "kms_master_key_id",
    "aws_sqs_queue": "kms_master_key_id",
}
"""Types whose key is one top-level argument."""
# Both from https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
_PUBLISHER_ACTIONS: Final = ("kms:GenerateDataKey*", "kms:Decrypt")
"""What a service needs to publish to an encrypted topic."""
_LOGS: Final = re.compile(r"logs\.([a-z0-9-]+\.)?amazonaws\.com")
_LOG_GROUP: Final = "kms:EncryptionContext:aws:logs:arn"
_FORWARD: Final = "aws_cloudwatch_log_subscription_filter"
_EVENTS: Final = "events.amazonaws.com"
_NOT_SENT_BY_EVENTS: Final = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"})
"""Condition keys, in lowercase letters, that EventBridge does not support with an encrypted topic."""
_TOPIC: Final = "kms:EncryptionContext:aws:sns:topicArn"
"""What SNS sends to KMS: https://docs.aws.amazon.com/gamelift/latest/flexmatchguide/queue-notification-sns-sse.html"""


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
        if not key.get("policy") and not stack.attached(key, "aws_kms_key_policy", by="key_id"):
            yield Finding.about(key, "has no policy")


@rule_with_others
def key_names_its_log_groups(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A key allows CloudWatch Logs to use it for log groups of its own environment only."""
    own = (
        f":log-group:/{stack.project}/{stack.environment}/",
        f"/{stack.project}-{stack.environment}",
        f":log-group:aws-waf-logs-{stack.project}-{stack.environment}-",
        # Synthetics keeps this much of a canary's name.
        f":log-group:/aws/lambda/cwsyn-{f'{stack.project}-{stack.environment}-'[:21]}",
    )
    for key in stack.all(*_KEYS):
        for statement in statements_in(key, stack, stacks):
            if not any(_LOGS.fullmatch(service) for service in principals(statement, "Service")):
                continue
            names = _condition_values(statement, _LOG_GROUP)
            if not names:
                yield Finding.about(key, f"allows CloudWatch Logs without the condition {_LOG_GROUP}")
            for name in names:
                if not any(part in name for part in own):
                    yield Finding.about(key, f"allows CloudWatch Logs to use it for {name}, also of other environments")


@rule_with_others
def log_group_key_allows_it(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The key of a log group allows CloudWatch Logs to use it for that group: else the group cannot be created."""
    for group in stack.all("aws_cloudwatch_log_group"):
        for owner, key in _keys(group.get("kms_key_id"), stack, stacks):
            statements = _policies_of(owner, key, "aws_kms_key_policy", by="key_id", stacks=stacks)
            names = [
                pattern.partition(":log-group:")[2]
                for statement in statements
                if any(_LOGS.fullmatch(service) for service in principals(statement, "Service"))
                for pattern in _condition_values(statement, _LOG_GROUP)
            ]
            if not any(matches(name, str(group.get("name"))) for name in names):
                yield Finding.about(group, f"{key.address} does not allow CloudWatch Logs to use it for its name")


def _condition_values(statement: Statement, key: str) -> list[str]:
    tests = (statement.get("Condition") or {}).values()
    return [one for test in tests for name, value in test.items() if name == key for one in many(value)]


@rule
def log_group_has_retention(stack: Stack) -> Iterator[Finding]:
    """Every log group has a retention."""
    for group in stack.all("aws_cloudwatch_log_group"):
        if not group.get("retention_in_days"):
            yield Finding.about(group, "retention_in_days is not set")


@rule_with_others
def log_groups_are_all_forwarded(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """If one log group is forwarded to another account, all of the environment are, each within its region."""
    own = of_same_environment(stack, stacks)
    if not any(list(other.all(_FORWARD)) for other in own):
        return
    for group in stack.all("aws_cloudwatch_log_group"):
        filters = stack.attached(group, _FORWARD, by="log_group_name")
        if not filters:
            yield Finding.about(group, "is not forwarded, and other log groups of the environment are")
        for one in filters:
            if f":logs:{stack.region}:" not in str(one.get("destination_arn")):
                yield Finding.about(one, f"destination_arn is not in {stack.region}, like the log group")


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


@rule_with_others
def topic_key_allows_its_publishers(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A service that may publish to a topic may use the topic's key: without it the messages are lost silently."""
    for topic in stack.all("aws_sns_topic"):
        value = topic.get("kms_master_key_id")
        if not value:
            continue
        keys = list(_keys(value, stack, stacks))
        if not keys:
            yield Finding.about(topic, f"kms_master_key_id: {value} does not refer to a key of a stack")
        publishers = _publishers(stack, topic, stacks)
        for owner, key in keys:
            policies = _policies_of(owner, key, "aws_kms_key_policy", by="key_id", stacks=stacks)
            statements = [one for one in policies if _is_about(topic, one)]
            for service in publishers:
                for problem in _problems_of_publisher(service, statements):
                    yield Finding.about(topic, f"allows {service} to publish, and {key.address} {problem}")


@rule_with_others
def topic_requires_no_source_of_eventbridge(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A topic allows EventBridge without a condition: AWS supports none, and the messages are lost silently.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
    """
    for topic in stack.all("aws_sns_topic"):
        for statement in _policies_of(stack, topic, "aws_sns_topic_policy", by="arn", stacks=stacks):
            allows = allows_action(statement, "sns:Publish") and _EVENTS in principals(statement, "Service")
            if allows and (keys := condition_keys(statement)):
                yield Finding.about(topic, f"allows {_EVENTS} to publish only under {', '.join(sorted(keys))}")


@rule_with_others
def topic_accepts_its_event_rules(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A topic that is the target of a rule of EventBridge allows it to publish: else the messages are lost silently."""
    for target in stack.all("aws_cloudwatch_event_target"):
        for owner, topic in referred(target.get("arn"), stack, stacks):
            if topic.kind == "aws_sns_topic" and _EVENTS not in _publishers(owner, topic, stacks):
                yield Finding.about(target, f"{topic.address} does not allow {_EVENTS} to publish")


def _is_about(topic: Resource, statement: Statement) -> bool:
    """Whether a statement of a key policy holds for the messages of a topic, which its condition may name."""
    names = _condition_values(statement, _TOPIC)
    return not names or any(matches(name.rpartition(":")[2], str(topic.get("name"))) for name in names)


def _keys(value: object, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Stack, Resource]]:
    """The keys that a value refers to, also by an alias."""
    for owner, resource in referred(value, stack, stacks):
        if resource.kind in _KEYS:
            yield owner, resource
        elif resource.kind == "aws_kms_alias":
            yield from _keys(resource.get("target_key_id"), owner, stacks)


def _publishers(stack: Stack, topic: Resource, stacks: Mapping[str, Stack]) -> list[str]:
    """The services that may publish to a topic."""
    statements = _policies_of(stack, topic, "aws_sns_topic_policy", by="arn", stacks=stacks)
    return sorted(
        {
            service
            for statement in statements
            if allows_action(statement, "sns:Publish")
            for service in principals(statement, "Service")
        }
    )


def _policies_of(
    stack: Stack, resource: Resource, kind: str, *, by: str, stacks: Mapping[str, Stack]
) -> list[Statement]:
    """The statements of a resource's own policy, and of those that resources of a type attach to it."""
    place = Place.of(stack, resource)
    attached = [
        statement
        for other in of_same_environment(stack, stacks)
        for policy in other.all(kind)
        if place in places(policy.get(by), other, stacks)
        for statement in statements_in(policy, other, stacks)
    ]
    return [*statements_in(resource, stack, stacks), *attached]


def _problems_of_publisher(service: str, statements: list[Statement]) -> Iterator[str]:
    """What keeps a service from encrypting with a key that has these statements."""
    own = [statement for statement in statements if {service, "*"} & set(principals(statement, "Service"))]
    usable = [statement for statement in own if not _refused_conditions(service, statement)]
    for action in _PUBLISHER_ACTIONS:
        if any(allows_action(statement, action) for statement in usable):
            continue
        conditions = {
            key
            for statement in own
            if allows_action(statement, action)
            for key in _refused_conditions(service, statement)
        }
        if conditions:
            yield f"allows it {action} only under {', '.join(sorted(conditions))}, which it does not send"
        else:
            yield f"does not allow it {action}"


def _refused_conditions(service: str, statement: Statement) -> set[str]:
    return condition_keys(statement) & _NOT_SENT_BY_EVENTS if service == _EVENTS else set()


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
    for replica in stack.all("aws_dynamodb_table_replica"):
        if not replica.get("kms_key_arn"):
            yield Finding.about(replica, "kms_key_arn is not set; a replica has a key of its own region")
