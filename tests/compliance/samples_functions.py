"""Samples for the rule on the failed calls of functions."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import backend, reads, sample, stack

_RULE = "function-keeps-failed-events"
_AT = "aws_lambda_function.check"
_ARN = "${aws_lambda_function.check.arn}"
_CALLERS: dict[str, dict[str, Any]] = {
    "aws_cloudwatch_event_target.c": {"arn": _ARN},
    "aws_s3_bucket_notification.c": {"lambda_function": [{"lambda_function_arn": _ARN}]},
    "aws_scheduler_schedule.c": {"target": {"arn": _ARN}},
    "aws_sns_topic_subscription.c": {"endpoint": _ARN},
}
_KEPT: dict[str, Any] = {"dead_letter_config": {"target_arn": "${aws_sqs_queue.failed.arn}"}}
_ON_FAILURE: dict[str, Any] = {
    "function_name": "${aws_lambda_function.check.function_name}",
    "destination_config": {"on_failure": {"destination": "${aws_sqs_queue.failed.arn}"}},
}

SAMPLES = (
    *(
        sample(
            _RULE,
            {_AT: _KEPT, address: caller},
            {_AT: {}, address: caller},
            at=_AT,
            says=f"test-unit/{address} does not wait for its answer",
        )
        for address, caller in _CALLERS.items()
    ),
    # A function that is only called by another one waits; one with a destination keeps what failed there.
    sample(
        _RULE,
        {_AT: {}, "aws_lambda_function_event_invoke_config.c": _ON_FAILURE},
        {_AT: {}, "aws_lambda_function_event_invoke_config.c": {"function_name": _ARN}},
        at=_AT,
        says="test-events/aws_cloudwatch_event_target.c",
        others=(
            stack(
                {
                    "aws_cloudwatch_event_target.c": {
                        "arn": "${data.terraform_remote_state.unit.outputs.arn}",
                    }
                },
                layer="events",
                data=reads("unit"),
            ),
        ),
        terraform=backend("unit"),
        output={"arn": {"value": _ARN}},
    ),
    sample(
        _RULE,
        {_AT: {}},
        {_AT: {}, "aws_cloudwatch_event_target.c": {"arn": _ARN}},
        at=_AT,
        says="has no dead_letter_config",
    ),
)
