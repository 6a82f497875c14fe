"""Functions: what calls them without waiting for an answer loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from compliance.arguments import at, is_off, is_set
from compliance.lambda_runtimes import problem_of
from compliance.references import Place, of_same_environment, places
from compliance.rule import Finding, rule, rule_with_others

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
_RUNTIMES: Final = {
    "aws_lambda_function": "runtime",
    "aws_lambda_layer_version": "compatible_runtimes",
}
"""Types with runtimes of Lambda, and the argument."""
_FUNCTION: Final = "aws_lambda_function"
_SETTINGS: Final = "aws_lambda_function_event_invoke_config"


@rule
def function_has_a_supported_runtime(stack: Stack) -> Iterator[Finding]:
    """A function runs in a version of its language that AWS still updates."""
    today = datetime.now(tz=UTC).date()
    for kind, path in _RUNTIMES.items():
        for one in stack.all(kind):
            for runtime in at(one.arguments, path):
                for name in runtime if isinstance(runtime, list) else [runtime]:
                    problem = problem_of(name, today) if isinstance(name, str) and "${" not in name else None
                    if problem:
                        yield Finding.about(one, problem)


@rule
def schedule_is_on(stack: Stack) -> Iterator[Finding]:
    """What calls functions by the clock or by events is switched on, as what it does is expected to be done."""
    for kind in ("aws_scheduler_schedule", "aws_cloudwatch_event_rule"):
        for one in stack.all(kind):
            if any(is_set(one.get(name)) and is_off(one.get(name)) for name in ("state", "is_enabled")):
                yield Finding.about(one, "is switched off")


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
