"""Samples for the rule on the dead-letter queues of functions, schedules, topics and event rules."""

from __future__ import annotations

import json
from typing import Any

from tests.compliance.samples import backend, changed, reads, sample, stack, without

FAILURES: dict[str, dict[str, Any]] = {
    "aws_sqs_queue.failed": {"name": "failed"},
    "aws_lambda_function.rotation": {"dead_letter_config": {"target_arn": "${aws_sqs_queue.failed.arn}"}},
    "aws_scheduler_schedule.daily": {
        "target": {"dead_letter_config": {"arn": "${aws_sqs_queue.failed.arn}"}},
    },
    "aws_cloudwatch_metric_alarm.failed": {
        "metric_name": "ApproximateNumberOfMessagesVisible",
        "dimensions": {"QueueName": "${aws_sqs_queue.failed.name}"},
    },
}
_QUEUE = "${aws_sqs_queue.failed.arn}"
_FAILURE_TARGETS: dict[str, dict[str, Any]] = {
    "aws_cloudwatch_event_target.nightly": {"dead_letter_config": {"arn": _QUEUE}},
    "aws_lambda_event_source_mapping.jobs": {"destination_config": [{"on_failure": [{"destination_arn": _QUEUE}]}]},
    "aws_lambda_function_event_invoke_config.jobs": {"destination_config": {"on_failure": {"destination": _QUEUE}}},
    "aws_sns_topic_subscription.jobs": {"redrive_policy": json.dumps({"deadLetterTargetArn": _QUEUE})},
    "aws_sqs_queue_redrive_policy.jobs": {"redrive_policy": json.dumps({"deadLetterTargetArn": _QUEUE})},
}
_ON_FAILURES = {
    "aws_sqs_queue.failed": FAILURES["aws_sqs_queue.failed"],
    "aws_cloudwatch_metric_alarm.failed": FAILURES["aws_cloudwatch_metric_alarm.failed"],
}
_OTHER_STACK_FAILS = stack(
    {
        "aws_lambda_function.jobs": {
            "dead_letter_config": {"target_arn": "${data.terraform_remote_state.unit.outputs.failed}"}
        }
    },
    layer="jobs",
    data=reads("unit"),
)

SAMPLES = (
    *(
        sample(
            "dead-letter-queue-has-an-alarm",
            {**_ON_FAILURES, address: arguments},
            {"aws_sqs_queue.failed": {}, address: arguments},
            says="no alarm watches its ApproximateNumberOfMessagesVisible",
        )
        for address, arguments in _FAILURE_TARGETS.items()
    ),
    sample(
        "dead-letter-queue-has-an-alarm",
        _ON_FAILURES,
        without(_ON_FAILURES, "aws_cloudwatch_metric_alarm.failed"),
        says="no alarm watches its ApproximateNumberOfMessagesVisible",
        others=(_OTHER_STACK_FAILS,),
        terraform=backend("unit"),
        output={"failed": {"value": _QUEUE}},
    ),
    sample(
        "dead-letter-queue-has-an-alarm",
        FAILURES,
        without(FAILURES, "aws_cloudwatch_metric_alarm.failed"),
        says="no alarm watches its ApproximateNumberOfMessagesVisible",
    ),
    sample(
        "dead-letter-queue-has-an-alarm",
        FAILURES,
        changed(
            without(FAILURES, "aws_lambda_function.rotation"),
            "aws_cloudwatch_metric_alarm.failed",
            metric_name="NumberOfMessagesSent",
        ),
        says="no alarm watches its ApproximateNumberOfMessagesVisible",
    ),
)
