"""What log events and messages that nobody could process publish.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.alarms.measure import Measured, gauge, of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.alarms.environment import Environment
    from tests.alarms.world import World


def measure(environment: Environment, world: World) -> Iterator[Measured]:
    """The metrics of metric filters and of dead-letter queues."""
    for filter_ in environment.all("aws_cloudwatch_log_metric_filter"):
        transformation = filter_.resource.block("metric_transformation")
        count = world.events.get(filter_.get("name"), 0)
        default = transformation.get("default_value")
        samples = ((float(transformation["value"]), count),) if count else gauge(float(default)) if default else ()
        yield of(filter_, transformation["namespace"], transformation["name"], {}, samples)
    for queue in environment.all("aws_sqs_queue"):
        # Nothing of a queue that was empty for six hours.
        count = sum(value for part, value in world.failed_messages.items() if part in "/".join(queue.path))
        dimensions = {"QueueName": environment.of(queue, "name")}
        yield of(queue, "AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions, gauge(count) if count else ())
