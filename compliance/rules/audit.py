"""Records of who did what: whole, provable, and really on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_MESSAGES: Final = "ApproximateNumberOfMessagesVisible"
_WHOLE_TRAIL: Final = (
    "is_multi_region_trail",
    "include_global_service_events",
    "enable_log_file_validation",
    "enable_logging",
)


@rule
def trail_is_whole(stack: Stack) -> Iterator[Finding]:
    """A trail covers every region and the global services, its files can be verified, and alarms can read it."""
    for trail in stack.all("aws_cloudtrail"):
        for argument in _WHOLE_TRAIL:
            if not trail.is_on(argument):
                yield Finding.of(trail, f"{argument} is off")
        if not trail.get("cloud_watch_logs_group_arn"):
            yield Finding.of(trail, "writes to no log group, so that no alarm reads it")


@rule
def recorder_is_on_and_whole(stack: Stack) -> Iterator[Finding]:
    """AWS Config records every type, and is switched on."""
    for recorder in stack.all("aws_config_configuration_recorder"):
        if recorder.block("recording_group").get("all_supported") is not True:
            yield Finding.of(recorder, "does not record all types")
        states = stack.attached(recorder, "aws_config_configuration_recorder_status", by="name")
        if not any(state.is_on("is_enabled") for state in states):
            yield Finding.of(recorder, "is not switched on")


@rule
def detector_is_on(stack: Stack) -> Iterator[Finding]:
    """A GuardDuty detector that is there is on."""
    for detector in stack.all("aws_guardduty_detector"):
        if detector.get("enable") is False:
            yield Finding.of(detector, "enable is off")


@rule
def alarm_reads_a_metric_that_is_made(stack: Stack) -> Iterator[Finding]:
    """An alarm on a metric of ours reads one that a filter of the stack makes: CloudWatch takes any name."""
    made = [filtered.block("metric_transformation") for filtered in stack.all("aws_cloudwatch_log_metric_filter")]
    names = {(metric.get("namespace"), metric.get("name")) for metric in made}
    ours = {namespace for namespace, _ in names}
    for alarm in stack.all("aws_cloudwatch_metric_alarm"):
        metric = (alarm.get("namespace"), alarm.get("metric_name"))
        if metric[0] in ours and metric not in names:
            yield Finding.of(alarm, f"no metric filter makes {metric[1]} in {metric[0]}")


@rule
def alarm_has_a_receiver(stack: Stack) -> Iterator[Finding]:
    """Every alarm notifies a topic when it goes off: one that does not is seen by nobody."""
    for alarm in stack.all("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"):
        if not alarm.get("alarm_actions"):
            yield Finding.of(alarm, "alarm_actions is empty")


@rule
def topic_has_a_subscription(stack: Stack) -> Iterator[Finding]:
    """Every topic has a subscription: what is published to one without is lost."""
    for topic in stack.all("aws_sns_topic"):
        if not stack.attached(topic, "aws_sns_topic_subscription", by="topic_arn"):
            yield Finding.of(topic, "no aws_sns_topic_subscription on it")


@rule
def alarm_decides_about_missing_data(stack: Stack) -> Iterator[Finding]:
    """Every alarm says what a period without data means: CloudWatch's own choice hides that something has stopped."""
    for alarm in stack.all("aws_cloudwatch_metric_alarm"):
        if not alarm.get("treat_missing_data"):
            yield Finding.of(alarm, "treat_missing_data is not set")


@rule
def dead_letter_queue_has_an_alarm(stack: Stack) -> Iterator[Finding]:
    """Every queue that receives what has failed is watched by an alarm on the messages in it."""
    for queue in stack.all("aws_sqs_queue"):
        users = (*stack.all("aws_lambda_function"), *stack.all("aws_scheduler_schedule"), *stack.all("aws_sqs_queue"))
        if not any(queue.is_referred_to_by(_failure_target(user)) for user in users):
            continue
        alarms = stack.all("aws_cloudwatch_metric_alarm")
        if not any(
            alarm.get("metric_name") == _MESSAGES and queue.is_referred_to_by(alarm.get("dimensions"))
            for alarm in alarms
        ):
            yield Finding.of(queue, f"receives what has failed, and no alarm watches its {_MESSAGES}")


@rule
def alarm_may_act(stack: Stack) -> Iterator[Finding]:
    """No alarm is muted in the code: who is told is decided by its topics."""
    for alarm in stack.all("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"):
        if alarm.get("actions_enabled") is False:
            yield Finding.of(alarm, "actions_enabled is off")


@rule
def account_is_closed_to_the_public(stack: Stack) -> Iterator[Finding]:
    """An account's own block of public buckets is whole, and its volumes are encrypted."""
    for block in stack.all("aws_s3_account_public_access_block"):
        for argument in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"):
            if not block.is_on(argument):
                yield Finding.of(block, f"{argument} is off")
    for volumes in stack.all("aws_ebs_encryption_by_default"):
        if volumes.get("enabled") is False:
            yield Finding.of(volumes, "enabled is off")


def _failure_target(resource: Resource) -> object:
    """Where a resource sends what has failed."""
    return [
        resource.block("dead_letter_config"),
        resource.block("target", "dead_letter_config"),
        resource.get("redrive_policy"),
    ]
