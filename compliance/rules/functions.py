"""Functions: what calls them without waiting for an answer loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.references import Place, of_same_environment, places
from compliance.rule import Finding, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack

_CALLERS: Final = {
    "aws_cloudwatch_event_target": "arn",
    "aws_s3_bucket_notification": "lambda_function",
    "aws_scheduler_schedule": "target",
    "aws_sns_topic_subscription": "endpoint",
}
"""What calls a function without waiting, and the argument with the function.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
"""
_FUNCTION: Final = "aws_lambda_function"
_SETTINGS: Final = "aws_lambda_function_event_invoke_config"


@rule_with_others
def function_keeps_failed_events(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A function that events call keeps those that failed after all retries: Lambda forgets them otherwise."""
    functions = [one for one in stack.all(_FUNCTION) if not one.get("dead_letter_config")]
    if not functions:
        return
    called = {
        place: f"{other.id}/{caller.address}"
        for other in of_same_environment(stack, stacks)
        for kind, argument in _CALLERS.items()
        for caller in other.all(kind)
        for place in places(caller.get(argument), other, stacks)
    }
    for function in functions:
        caller = called.get(Place.of(stack, function))
        settings = stack.attached(function, _SETTINGS, by="function_name")
        if caller and not any(one.block("destination_config", "on_failure") for one in settings):
            yield Finding.about(function, f"has no dead_letter_config, and {caller} does not wait for its answer")
