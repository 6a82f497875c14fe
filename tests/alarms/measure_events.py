"""What log events, canaries, and undelivered messages and events publish.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_metrics.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.alarms.measure import Measured, counted, gauge, of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.alarms.environment import Environment, Place
    from tests.alarms.world import World
    from tests.cloudwatch.statistics import Samples


_SLEEP_MINUTES: Final = 5
"""The time between two runs of the sleep schedule: lambdas/sleep_schedule/."""
_SCAN_MINUTES: Final = 24 * 60
"""The time between two scans of the images that run: lambdas/image_updates/."""
_VALUE: Final = 100
"""What an event adds to a metric whose value is a field of the event."""


def measure(environment: Environment, world: World) -> Iterator[Measured]:
    """The metrics of metric filters, canaries, rules and dead-letter queues."""
    for filter_ in environment.all("aws_cloudwatch_log_metric_filter"):
        transformation = filter_.resource.block("metric_transformation")
        value = transformation["value"]
        count = world.events.get(transformation["name"], 0)
        samples: Samples = ((float(_VALUE if value.startswith("$") else value), count),) if count else ()
        if "default_value" in transformation and not count:
            samples = gauge(float(transformation["default_value"]))
        yield of(filter_, transformation["namespace"], transformation["name"], {}, samples)
    for canary in environment.all("aws_synthetics_canary"):
        dimensions = {"CanaryName": environment.of(canary, "name")}
        samples = gauge(0 if _fails(canary, world) else 100)
        minutes = int(canary.resource.block("schedule")["expression"].removeprefix("rate(").partition(" ")[0])
        yield of(canary, "CloudWatchSynthetics", "SuccessPercent", dimensions, samples, every_minutes=minutes)
    for rule in environment.all("aws_cloudwatch_event_rule"):
        count = world.undelivered.get(rule.path[-1], 0)
        dimensions = {"RuleName": environment.of(rule, "name")}
        yield of(rule, "AWS/Events", "FailedInvocations", dimensions, counted(count))
    for function in environment.all("aws_lambda_function"):
        for space, (name, value), minutes in _of_function(function, world):
            yield of(
                function, f"{environment.prefix.removesuffix('-')}/{space}", name, {}, value, every_minutes=minutes
            )
    for queue in environment.all("aws_sqs_queue"):
        # Nothing of a queue that was empty for six hours.
        count = _named(world.failed_messages, queue)
        dimensions = {"QueueName": environment.of(queue, "name")}
        yield of(queue, "AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions, gauge(count) if count else ())


def _of_function(function: Place, world: World) -> Iterator[tuple[str, tuple[str, Samples], int]]:
    """What a function publishes itself: the end of the namespace, the metric, and how often."""
    if function.path[0] == "sleep" and world.transition_minutes is not None:
        values: dict[str, float] = {"Asleep": int(world.is_asleep), "TransitionMinutes": world.transition_minutes}
        for name, value in values.items():
            yield "sleep", (name, gauge(value)), _SLEEP_MINUTES
    if function.path[0] == "image-updates":
        for name, number in {"CriticalFindings": world.critical_findings, "AgeDays": world.image_days}.items():
            yield "images", (name, () if number is None else gauge(number)), _SCAN_MINUTES


def _fails(canary: Place, world: World) -> bool:
    """Whether it gets no answer, or a wrong one: that of the API asks the backend, that of the site the frontend."""
    asked = world.services["backend" if canary.path[0].startswith("api") else "frontend"]
    total, failed = asked.requests + asked.unanswered, asked.failed + asked.unanswered
    return 0 < total <= 2 * failed or any(name in canary.path[0] for name in world.failing_canaries)


def _named(values: Mapping[str, float], place: Place) -> float:
    """The value whose key is in the path of constructs."""
    return sum(value for part, value in values.items() if part in "/".join(place.path))
