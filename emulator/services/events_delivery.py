"""Amazon EventBridge: moto has no topics, functions and pipelines as targets, and transforms input as JSON only."""

from __future__ import annotations

import copy
import itertools
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow
from moto.events.models import EventPattern, Rule
from moto.sns.models import sns_backends

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.permissions import role_actions
from emulator.registry import REGISTRY, Context, patch
from emulator.services.sns.publishers import Publisher, allows, obstacles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.store import Shape

_EVENTS = Publisher("events.amazonaws.com", source={})
_PLACEHOLDER = re.compile(r"<([A-Za-z0-9_.-]+)>")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_QUOTED = re.compile(r'"(\\.|[^\n])*"')
_MISSING = object()


@patch(Rule, "send_to_targets")
def deliver(original: Callable[..., None], rule: Any, event: Shape, *args: Any, **kwargs: Any) -> None:
    """Deliver to topics, functions and pipelines of an enabled rule; moto delivers to the other targets."""
    if rule.state == "DISABLED":
        return
    own = [(target, _DELIVERIES.get(target["Arn"].split(":")[2])) for target in rule.targets]
    others = copy.copy(rule)
    others.targets = [target for target, delivery in own if delivery is None]
    original(others, event, *args, **kwargs)
    if len(others.targets) == len(own) or not rule.event_pattern.matches_event(event):
        return
    for target, delivery in own:
        if delivery:
            delivery(rule, target, _as_sent(event))


@patch(EventPattern, "matches_event")
def match_arrays(original: Callable[..., bool], pattern: Any, event: Shape) -> bool:
    """Match an array of objects by one of them, as EventBridge does; moto compares such an array as one value.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-arrays.html
    """
    return any(original(pattern, one) for one in _variants(event))


def _variants(value: Any) -> Iterator[Any]:
    """Yield the value with each array of objects replaced by one of its objects, in every combination."""
    if isinstance(value, dict):
        for items in itertools.product(*(list(_variants(item)) for item in value.values())):
            yield dict(zip(value, items, strict=True))
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        for item in value:
            yield from _variants(item)
    else:
        yield value


def _start(rule: Any, target: Shape, _: Shape) -> None:
    """Start a pipeline, if the role of the target may.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/create-cloudtrail-S3-source-console.html
    """
    handlers = REGISTRY.handlers("codepipeline", "StartPipelineExecution")
    arn = parse_arn(target["Arn"])
    right = "codepipeline:StartPipelineExecution"
    if arn is None or handlers is None or handlers.operation is None or not role_actions(target["RoleArn"], (right,)):
        _count_failure(rule)
        return
    context = Context("codepipeline", "StartPipelineExecution", arn.account, arn.region, REGISTRY.store)
    try:
        handlers.operation({"name": arn.resource}, context)
    except AwsError:
        _count_failure(rule)


def _publish(rule: Any, target: Shape, event: Shape) -> None:
    """Publish one message, or count it as failed, which is all that AWS does.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    """
    arn = parse_arn(target["Arn"])
    topic = sns_backends[arn.account][arn.region].topics.get(target["Arn"]) if arn else None
    context = Context("events", "PutEvents", rule.account_id, rule.region_name, REGISTRY.store)
    text = message(target, event, rule)
    if topic is None or text is None or list(obstacles(topic, _EVENTS, context)):
        _count_failure(rule)
        return
    topic.publish(text)


def _call(rule: Any, target: Shape, event: Shape) -> None:
    """Call a function, if its policy lets this rule do so; what does not arrive is counted as failed.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    arn, text = parse_arn(target["Arn"]), message(target, event, rule)
    functions = lambda_backends[arn.account][arn.region] if arn else None
    try:
        function = functions.get_function(target["Arn"]) if functions else None
    except UnknownFunctionException:
        function = None
    sent = {"aws:sourcearn": rule.arn, "aws:sourceaccount": rule.account_id}
    policy = json.dumps({"Statement": function.policy.statements if function else []})
    if function is None or text is None or not allows(policy, "lambda:InvokeFunction", _EVENTS.service, sent):
        _count_failure(rule)
        return
    function.invoke(text, {}, {})


def _count_failure(rule: Any) -> None:
    cloudwatch_backends[rule.account_id][rule.region_name].put_metric_data(
        "AWS/Events",
        [
            {
                "MetricName": "FailedInvocations",
                "Dimensions": [{"Name": "RuleName", "Value": rule.name}],
                "Value": 1.0,
                "Timestamp": utcnow(),
                "Unit": "Count",
            }
        ],
    )


_DELIVERIES: Final[dict[str, Callable[[Any, Shape, Shape], None]]] = {
    "sns": _publish,
    "lambda": _call,
    "codepipeline": _start,
}
"""How an event reaches a target, by the service in its ARN."""


def message(target: Shape, event: Shape, rule: Any) -> str | None:
    """Return what a target receives; None if it is neither JSON nor lines in quotation marks.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return _text(_find(target["InputPath"], event), alone=True)
    if "InputTransformer" not in target:
        return _json(event)
    transformer = target["InputTransformer"]
    values = {name: _find(path, event) for name, path in (transformer.get("InputPathsMap") or {}).items()}
    values |= {"aws.events.rule-arn": rule.arn, "aws.events.rule-name": rule.name, "aws.events.event.json": event}
    template = transformer["InputTemplate"]
    is_json = template.lstrip().startswith(("{", "["))
    text = _PLACEHOLDER.sub(lambda found: _text(values.get(found[1], _MISSING), alone=is_json), template)
    if is_json:
        return text if _is_json(text) else None
    return text if all(_QUOTED.fullmatch(line.strip()) for line in text.splitlines()) else None


def _as_sent(event: Shape) -> Shape:
    """Return the event with its time as text, and without what moto adds."""
    time = event["time"]
    sent = {name: value for name, value in event.items() if name != "ingestion-time"}
    if isinstance(time, int | float):
        sent["time"] = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return sent


def _find(path: str, event: Shape) -> Any:
    """Return the value at a JSON path of names and indexes."""
    value: Any = event
    for name, index in _STEP.findall(path.removeprefix("$")):
        try:
            value = value[int(index)] if index else value[name]
        except (KeyError, IndexError, TypeError):
            return _MISSING
    return value


def _text(value: Any, *, alone: bool) -> str:
    """Return a value as it appears in the text: one that is missing leaves nothing, and nothing is escaped."""
    if value is _MISSING:
        return ""
    return value if isinstance(value, str) and not alone else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
