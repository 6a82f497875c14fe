"""Amazon EventBridge: moto accepts targets that AWS refuses, and fails on a pattern that is not an object."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from moto.events.models import events_backends

from emulator.arns import Arn, parse_arn
from emulator.errors import AwsError
from emulator.registry import Context, guard
from emulator.validate import check_call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
_MATCHES = {"anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix", "wildcard"}
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
_MOST_TARGETS = 5
_TARGET_SERVICES = {
    "appsync",
    "automation",
    "batch",
    "codebuild",
    "codepipeline",
    "ecs",
    "events",
    "execute-api",
    "firehose",
    "glue",
    "imagebuilder",
    "inspector",
    "kinesis",
    "lambda",
    "logs",
    "redshift",
    "redshift-serverless",
    "sagemaker",
    "sns",
    "sqs",
    "ssm",
    "ssm-incidents",
    "states",
}
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
_CALLED_WITH_A_ROLE = {"codepipeline", "kinesis", "states"}
_INPUTS = ("Input", "InputPath", "InputTransformer")
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
_PLACEHOLDER = re.compile(r"<(.*?)>")
_OWN_PLACEHOLDERS = {
    "aws.events.event",
    "aws.events.event.ingestion-time",
    "aws.events.event.json",
    "aws.events.rule-arn",
    "aws.events.rule-name",
}


@guard("events", "PutRule")
def refuse_rule(params: Shape, context: Context) -> None:
    """Refuse a rule on an event bus of another region, and a pattern that can match nothing; moto finds some of them.

    AWS's responses are in
    https://github.com/localstack/localstack/blob/main/tests/aws/services/events/test_events_patterns.snapshot.json
    """
    check_call(params, context)
    _refuse_bus_of_another_region(params, context)
    for problem in _pattern_problems(params.get("EventPattern") or "{}"):
        message = f"Event pattern is not valid. Reason: {problem}"
        raise AwsError(code="InvalidEventPatternException", message=message)


@guard("events", "PutTargets")
def refuse_targets(params: Shape, context: Context) -> None:
    """Refuse a target that the rule cannot call, and more targets than a rule may have."""
    check_call(params, context)
    _refuse_bus_of_another_region(params, context)
    for target in params["Targets"]:
        for problem in _target_problems(target, context):
            raise AwsError(code="ValidationException", message=problem)
    if len({target["Id"] for target in (*params["Targets"], *_targets(params, context))}) > _MOST_TARGETS:
        # https://github.com/aws-cloudformation/cfn-lint/issues/306
        message = "The requested resource exceeds the maximum number allowed."
        raise AwsError(code="LimitExceededException", message=message)


def _refuse_bus_of_another_region(params: Shape, context: Context) -> None:
    """Refuse an event bus of another region: https://github.com/hashicorp/terraform-provider-aws/issues/31444."""
    bus = parse_arn(params.get("EventBusName") or "")
    if bus is not None and bus.region != context.region:
        raise AwsError(code="ValidationException", message="Cross-region API call is not allowed.")


def _pattern_problems(text: str) -> Iterator[str]:
    try:
        pattern = json.loads(text)
    except ValueError:
        return  # moto refuses it
    if not isinstance(pattern, dict):
        yield "Filter is not an object"
    else:
        yield from _level_problems(pattern)


def _level_problems(pattern: dict[str, Any]) -> Iterator[str]:
    """Find problems in one level of a pattern; moto refuses a value that is neither an object nor a list."""
    for key, value in pattern.items():
        if isinstance(value, dict):
            yield from _level_problems(value)
        for one in value if isinstance(value, list) else ():
            if isinstance(one, list):
                yield "Match value must be String, number, true, false, or null"
            elif isinstance(one, dict) and key == "$or":
                yield from _level_problems(one)
            elif isinstance(one, dict):
                yield from (f"Unrecognized match type {name}" for name in one if name not in _MATCHES)


def _targets(params: Shape, context: Context) -> list[Shape]:
    """Return the targets of the rule; moto refuses an unknown rule or bus."""
    backend = context.backend(events_backends)
    bus = backend.event_buses.get((params.get("EventBusName") or "default").split("/")[-1])
    rule = bus.rules.get(params["Rule"]) if bus else None
    return list(rule.targets) if rule else []


def _target_problems(target: Shape, context: Context) -> Iterator[str]:
    """Find problems in one target.

    Another Region: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
    A missing role: https://github.com/awsdocs/aws-codepipeline-user-guide/pull/18
    """
    arn = parse_arn(target["Arn"])
    if arn is None:
        yield f"Parameter {target['Arn']} is not valid. Reason: Provided Arn is not in correct format."
        return
    if arn.service not in _TARGET_SERVICES:
        yield f"{arn.service} is not a supported service for a target."
    if arn.region not in {"", context.region} and not _is_bus(arn):
        yield (
            f"Parameter {target['Arn']} is not valid. Reason: it is in {arn.region} and the rule is in "
            f"{context.region}; only an event bus can be the target of a rule in another Region."
        )
    if arn.service in _CALLED_WITH_A_ROLE and not target.get("RoleArn"):
        yield f"RoleArn is required for target {target['Arn']}."
    yield from _input_problems(target)


def _input_problems(target: Shape) -> Iterator[str]:
    """Find problems in the input of the target.

    https://github.com/localstack/localstack/blob/main/tests/aws/services/events/test_events_inputs.snapshot.json
    Text that is not JSON: https://github.com/aws/aws-cli/issues/6711
    """
    if sum(name in target for name in _INPUTS) > 1:
        yield f"Only one of Input, InputPath, or InputTransformer must be provided for target {target['Id']}."
    try:
        json.loads(target.get("Input") or "{}")
    except ValueError as error:
        yield f"JSON syntax error in input for target {target['Id']}: {error}"
    transformer = target.get("InputTransformer") or {}
    known = _OWN_PLACEHOLDERS | (transformer.get("InputPathsMap") or {}).keys()
    for placeholder in _PLACEHOLDER.findall(transformer.get("InputTemplate") or ""):
        if placeholder not in known:
            yield f"InputTemplate for target {target['Id']} contains invalid placeholder {placeholder}."


def _is_bus(arn: Arn) -> bool:
    return arn.service == "events" and arn.resource.startswith("event-bus/")
