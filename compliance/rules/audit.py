"""Audit trails, recorders and alarms: complete, verifiable and switched on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.own_metrics import published_namespaces
from compliance.policies import many
from compliance.references import Place, of_same_environment, places, referred
from compliance.rule import Finding, rule, rule_with_others
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_GUARDDUTY: Final = '"aws.guardduty"'
_MESSAGES: Final = "ApproximateNumberOfMessagesVisible"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html
_AWS_NAMESPACES: Final = frozenset(
    {"CloudWatchSynthetics", "ContainerInsights", "CWAgent", "ECS/ContainerInsights", "LambdaInsights"}
)
"""The namespaces of AWS that do not start with `AWS/`."""
_FAILURE_ARGUMENTS: Final = ("dead_letter_config", "redrive_policy", "on_failure")
"""The arguments and blocks, in resources of any type, that name a dead-letter queue."""
_DETECTOR_FEATURES: Final[Mapping[str, tuple[str, ...]]] = {
    "EBS_MALWARE_PROTECTION": (),
    "EKS_AUDIT_LOGS": (),
    "LAMBDA_NETWORK_LOGS": (),
    "RDS_LOGIN_EVENTS": (),
    "RUNTIME_MONITORING": ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"),
    "S3_DATA_EVENTS": (),
}
"""Each with its parts; EKS_RUNTIME_MONITORING is part of RUNTIME_MONITORING, and only one of them can be set.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfiguration.html
"""
_TRAIL_ARGUMENTS: Final = (
    "is_multi_region_trail",
    "include_global_service_events",
    "enable_log_file_validation",
    "enable_logging",
)


@rule
def trail_is_complete(stack: Stack) -> Iterator[Finding]:
    """A trail covers every region and the global services, its files can be verified, and alarms can read it."""
    for trail in stack.all("aws_cloudtrail"):
        for argument in _TRAIL_ARGUMENTS:
            if not trail.is_on(argument):
                yield Finding.about(trail, f"{argument} is off")
        if not trail.get("cloud_watch_logs_group_arn"):
            yield Finding.about(trail, "has no log group, so no alarm can read it")


@rule
def recorder_is_complete(stack: Stack) -> Iterator[Finding]:
    """AWS Config records every type and is switched on."""
    for recorder in stack.all("aws_config_configuration_recorder"):
        if recorder.block("recording_group").get("all_supported") is not True:
            yield Finding.about(recorder, "does not record all types")
        states = stack.attached(recorder, "aws_config_configuration_recorder_status", by="name")
        if not any(state.is_on("is_enabled") for state in states):
            yield Finding.about(recorder, "is not switched on")


@rule
def detector_is_on(stack: Stack) -> Iterator[Finding]:
    """A GuardDuty detector is switched on."""
    for detector in stack.all("aws_guardduty_detector"):
        if detector.get("enable") is False:
            yield Finding.about(detector, "enable is off")


@rule
def detector_findings_are_passed_on(stack: Stack) -> Iterator[Finding]:
    """A rule of EventBridge passes the findings of a GuardDuty detector on: nothing else notifies anyone."""
    for detector in stack.all("aws_guardduty_detector"):
        events = [one for one in stack.all("aws_cloudwatch_event_rule") if _GUARDDUTY in str(one.get("event_pattern"))]
        if not any(stack.attached(one, "aws_cloudwatch_event_target", by="rule") for one in events):
            yield Finding.about(detector, "no aws_cloudwatch_event_rule with a target takes its findings")


@rule
def detector_sets_every_feature(stack: Stack) -> Iterator[Finding]:
    """A GuardDuty detector sets each feature: AWS switches on most of those that are not set, and charges for them."""
    for detector in stack.all("aws_guardduty_detector"):
        features = stack.attached(detector, "aws_guardduty_detector_feature", by="detector_id")
        by_name = {feature.get("name"): feature for feature in features}
        for name, parts in _DETECTOR_FEATURES.items():
            if name not in by_name:
                yield Finding.about(detector, f"no aws_guardduty_detector_feature sets {name}")
                continue
            written = {part.get("name") for part in blocks(by_name[name].get("additional_configuration"))}
            if missing := [part for part in parts if part not in written]:
                yield Finding.about(by_name[name], f"additional_configuration does not set {', '.join(missing)}")


@rule
def account_singleton_is_not_created(stack: Stack) -> Iterator[Finding]:
    """A role that AWS creates itself is named by its ARN: a second one cannot be created in an account."""
    for role in stack.all("aws_iam_service_linked_role"):
        yield Finding.about(role, f"creates the role of {role.get('aws_service_name')}, which the account may have")


@rule_with_others
def alarm_metric_exists(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A metric that is not of AWS comes from a metric filter, or from a role that may publish in its namespace.

    CloudWatch accepts any name in an alarm.
    """
    published = published_namespaces(stack, stacks)
    transformations = [
        metric_filter.block("metric_transformation")
        for other in of_same_environment(stack, stacks)
        if other.region == stack.region  # an alarm reads the metrics of its own region
        for metric_filter in other.all("aws_cloudwatch_log_metric_filter")
    ]
    created = {(metric.get("namespace"), metric.get("name")) for metric in transformations}
    for alarm in stack.all("aws_cloudwatch_metric_alarm"):
        for namespace, name in _metrics(alarm):
            if not _is_of_aws(str(namespace)) and (namespace, name) not in created and namespace not in published:
                yield Finding.about(
                    alarm,
                    f"no metric filter of {stack.region} creates {name} in {namespace}, and no role may publish there",
                )


_NEGATED: Final = re.compile(r'NOT ALARM\("[^"]*"\)')
"""A part of a composite alarm's rule that silences it: it reports nothing of that alarm."""


@rule_with_others
def alarm_has_a_receiver(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Every alarm, or a composite alarm on it, notifies a topic; it is one of the platform in the alarm's region.

    One whose tag says so only suppresses others, if there are any.
    """
    spoken_for = {
        place
        for other in of_same_environment(stack, stacks)
        for composite in other.all("aws_cloudwatch_composite_alarm")
        if composite.get("alarm_actions")
        for place in places(_NEGATED.sub("", str(composite.get("alarm_rule"))), other, stacks)
    }
    for alarm in stack.all("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"):
        notifies = alarm.get("alarm_actions") or Place.of(stack, alarm) in spoken_for
        if not notifies and alarm.block("tags").get("Purpose") != "suppressor":
            yield Finding.about(alarm, "alarm_actions is empty, and no composite alarm that notifies names it")
        for argument in ("alarm_actions", "ok_actions", "insufficient_data_actions"):
            for action in many(alarm.get(argument)):
                found = list(referred(action, stack, stacks))
                if not found or any(not _is_topic_of(stack.region, *one) for one in found):
                    message = f"{argument}: {action} does not refer to an aws_sns_topic of a stack in {stack.region}"
                    yield Finding.about(alarm, message)


@rule
def topic_has_a_subscription(stack: Stack) -> Iterator[Finding]:
    """Every topic has a subscription: without one, messages are lost."""
    for topic in stack.all("aws_sns_topic"):
        if not stack.attached(topic, "aws_sns_topic_subscription", by="topic_arn"):
            yield Finding.about(topic, "no aws_sns_topic_subscription on it")


@rule
def event_rule_has_a_target(stack: Stack) -> Iterator[Finding]:
    """Every rule of EventBridge has a target: without one, it does nothing."""
    for one in stack.all("aws_cloudwatch_event_rule"):
        targets = stack.all("aws_cloudwatch_event_target")
        if not any(one.is_referred_to_by(each.get("rule")) or each.get("rule") == one.get("name") for each in targets):
            yield Finding.about(one, "no aws_cloudwatch_event_target of it")


@rule
def alarm_sets_missing_data(stack: Stack) -> Iterator[Finding]:
    """Every alarm sets how missing data counts: CloudWatch's default hides that a source has stopped."""
    for alarm in stack.all("aws_cloudwatch_metric_alarm"):
        if not alarm.get("treat_missing_data"):
            yield Finding.about(alarm, "treat_missing_data is not set")


@rule_with_others
def dead_letter_queue_has_an_alarm(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Every dead-letter queue has an alarm on the messages in it."""
    targets: set[Place] = set()
    watched: set[Place] = set()
    for other in of_same_environment(stack, stacks):
        for resource in other.all():
            for target in _failure_targets(dict(resource.arguments)):
                targets |= places(target, other, stacks)
        for alarm in other.all("aws_cloudwatch_metric_alarm"):
            if alarm.get("metric_name") == _MESSAGES:
                watched |= places(alarm.get("dimensions"), other, stacks)
    for queue in stack.all("aws_sqs_queue"):
        if Place.of(stack, queue) in targets - watched:
            yield Finding.about(queue, f"is a dead-letter queue, but no alarm watches its {_MESSAGES}")


@rule
def alarm_actions_are_enabled(stack: Stack) -> Iterator[Finding]:
    """No alarm has its actions switched off."""
    for alarm in stack.all("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"):
        if alarm.get("actions_enabled") is False:
            yield Finding.about(alarm, "actions_enabled is off")


@rule
def account_blocks_public_access(stack: Stack) -> Iterator[Finding]:
    """The account blocks public buckets in all four ways, and encrypts its volumes."""
    for block in stack.all("aws_s3_account_public_access_block"):
        for argument in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"):
            if not block.is_on(argument):
                yield Finding.about(block, f"{argument} is off")
    for volumes in stack.all("aws_ebs_encryption_by_default"):
        if volumes.get("enabled") is False:
            yield Finding.about(volumes, "enabled is off")


def _is_topic_of(region: str, stack: Stack, resource: Resource) -> bool:
    return stack.region == region and resource.kind == "aws_sns_topic"


def _metrics(alarm: Resource) -> Iterator[tuple[object, object]]:
    """Namespace and name of each metric that an alarm reads, alone or in an expression."""
    if alarm.get("metric_name"):
        yield alarm.get("namespace"), alarm.get("metric_name")
    for query in blocks(alarm.get("metric_query")):
        for metric in blocks(query.get("metric")):
            yield metric.get("namespace"), metric.get("metric_name")


def _is_of_aws(namespace: str) -> bool:
    return namespace.startswith("AWS/") or namespace in _AWS_NAMESPACES


def _failure_targets(value: object) -> Iterator[object]:
    """What names a dead-letter queue, at any depth."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in _FAILURE_ARGUMENTS:
                yield item
            else:
                yield from _failure_targets(item)
    elif isinstance(value, list):
        for item in value:
            yield from _failure_targets(item)
