"""Events that call a function."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission

from modules.label import Label, NameLimit
from modules.topic import EVENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from modules.function import Function


def add_event_rule(
    scope: Construct, *, label: Label, name: str, description: str, pattern: Mapping[str, Any], function: Function
) -> None:
    """Call a function on each event that matches a pattern.

    Args:
        scope: What it belongs to, which has no other rule.
        label: Names the rule.
        name: Component of the rule's name.
        description: Which events these are.
        pattern: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
        function: The function.
    """
    rule = CloudwatchEventRule(
        scope,
        "rule",
        name=label.name(name, limit=NameLimit.EVENT_RULE),
        description=description,
        event_pattern=json.dumps(pattern),
    )
    permission = LambdaPermission(
        scope,
        "permission",
        action="lambda:InvokeFunction",
        function_name=function.name,
        principal=EVENTS,
        source_arn=rule.arn,
    )
    CloudwatchEventTarget(scope, "target", rule=rule.name, arn=function.arn, depends_on=[permission])
