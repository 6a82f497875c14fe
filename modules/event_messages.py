"""Events of AWS services as messages that a person can read: rules of EventBridge that publish to the topics."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetInputTransformer,
)
from constructs import Construct

from modules.alarm import Alarm, Comparison, MissingData
from modules.errors import LimitError, WiringError
from modules.label import Label, NameLimit
from modules.metric import Metric, MetricExpression
from modules.runbook import Runbook
from modules.topic import EVENTS, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modules.topic import Topics

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html
_LONGEST_TEMPLATE: Final = 8192
_MOST_VALUES: Final = 100
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
_LONGEST_PATTERN: Final = 2048
_PLACEHOLDER: Final = re.compile(r"<([^<>]*)>")
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html (metrics of one alarm)
_MOST_RULES: Final = 10
_PERIOD_SECONDS: Final = 300
ACCOUNT_MESSAGE: Final = "account-"
"""The start of the ids of messages that watch the account; pipelines cannot change rules with such names."""
_TIME: Final = "time"


@dataclass(frozen=True, kw_only=True)
class EventMessage:
    """Which events of an AWS service become a message, and its text.

    A placeholder like `<service>` in the text is a value of the event. Each must be in every event that matches: if one
    is missing, EventBridge leaves it out:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-issues
    """

    id: str
    """Component of the rule's name."""
    what: str
    """What has happened, in a sentence without a full stop."""
    where: str
    """What it has happened to."""
    severity: Severity
    pattern: Mapping[str, object]
    details: tuple[str, ...] = ()
    """Further lines."""
    values: Mapping[str, str] = field(default_factory=dict)
    """The JSON path of each placeholder; `time` is always there."""
    runbook: Runbook | None = None
    """What a person must do; None if nothing."""

    @property
    def paths(self) -> dict[str, str]:
        """The JSON path of each placeholder."""
        return {_TIME: "$.time", **self.values}

    def rule_name(self, label: Label) -> str:
        """Name of its rule."""
        return label.name(self.id, limit=NameLimit.EVENT_RULE)

    def template(self, label: Label) -> str:
        """The text as EventBridge wants it: each line in quotation marks."""
        lines = [
            f"{self.severity.value.upper()} in {label.prefix}: {self.what}",
            f"Where: {self.where}",
            f"When: <{_TIME}>",
            *self.details,
            f"What to do: {self.runbook.link}" if self.runbook else "What to do: nothing, this is information",
        ]
        return "\n".join(f'"{line}"' for line in lines)

    def problem(self, label: Label) -> str | None:
        """What EventBridge would refuse or garble; None if nothing."""
        template, pattern = self.template(label), json.dumps(self.pattern)
        used, given = set(_PLACEHOLDER.findall(template)), set(self.paths)
        if any(mark in line for line in (self.what, self.where, *self.details) for mark in '"\\\n'):
            return "its text has a quotation mark, a backslash or a line break; remove it"
        if used != given:
            return (
                f"its text has the placeholders {', '.join(sorted(used))}, and its values are "
                f"{', '.join(sorted(given))}; they must be the same"
            )
        if len(given) > _MOST_VALUES:
            return f"it has {len(given)} values; EventBridge accepts at most {_MOST_VALUES}: use fewer"
        if len(template) > _LONGEST_TEMPLATE:
            return f"its text has {len(template)} characters; EventBridge accepts at most {_LONGEST_TEMPLATE}"
        if len(pattern) > _LONGEST_PATTERN:
            return f"its pattern has {len(pattern)} characters; EventBridge accepts at most {_LONGEST_PATTERN}"
        return None


def undelivered_alarm(name: str) -> str:
    """Component of the name of the alarm on messages that were lost."""
    return f"{name}-undelivered"


class EventMessages(Construct):
    """A rule for each message whose severity has a topic, and one alarm for messages that EventBridge cannot deliver.

    There is no dead-letter queue: what a message says can be read from the service itself, and the alarm notifies by
    CloudWatch, which has its own permissions for topics and key. EventBridge tries again for a day:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
    """

    def __init__(
        self, scope: Construct, id_: str, *, label: Label, name: str, messages: Sequence[EventMessage], topics: Topics
    ) -> None:
        """Create the rules.

        Args:
            label: Names them.
            name: Component of the alarm's name.
            messages: At most ten, which is what one alarm can watch.
            topics: The topics of the region; the events of a region reach its own rules only.

        Raises:
            WiringError: A message is not valid, or the topics are in another region.
            LimitError: There are too many.
        """
        super().__init__(scope, id_)
        if topics.region != label.region:
            message = f"events in {label.region} cannot reach topics in {topics.region}; create the rules there"
            raise WiringError(self, message)
        wanted = [message for message in messages if message.severity in topics.by_severity]
        if len(wanted) > _MOST_RULES:
            message = f"it has {len(wanted)} messages, and one alarm can watch {_MOST_RULES} rules; split it"
            raise LimitError(self, message)
        rules = [self._add(message, label, topics) for message in wanted]
        if not rules:
            return
        failed = {
            f"rule{number}": Metric(
                namespace="AWS/Events",
                name="FailedInvocations",
                statistic="Sum",
                dimensions={"RuleName": rule.name},
                region=label.region,
                period_seconds=_PERIOD_SECONDS,
            )
            for number, rule in enumerate(rules)
        }
        Alarm(
            self,
            "undelivered-alarm",
            label=label,
            name=undelivered_alarm(name),
            description="EventBridge could not publish a message to a topic, so it is lost",
            # EventBridge sends the metric only if it is not zero:
            # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
            metric=MetricExpression(
                expression=" + ".join(f"FILL({id_}, 0)" for id_ in failed),
                metrics=failed,
                label="Messages that were not delivered",
                late_value=0,
            ),
            threshold=0,
            comparison=Comparison.ABOVE,
            severity=Severity.WARNING,
            missing_data=MissingData.NOT_BREACHING,  # no metric at all: nothing failed
            runbook=Runbook.UNDELIVERED_MESSAGES,
            topics=topics,
        )

    def _add(self, message: EventMessage, label: Label, topics: Topics) -> CloudwatchEventRule:
        if (problem := message.problem(label)) is not None:
            raise WiringError(self, f"message {message.id}: {problem}")
        topic = topics.by_severity[message.severity]
        topic.allow_publisher(EVENTS, sid="AllowEventRules", source_arns=())
        rule = CloudwatchEventRule(
            self,
            message.id,
            name=message.rule_name(label),
            description=_PLACEHOLDER.sub(r"\1", message.what),
            event_pattern=json.dumps(message.pattern),
            tags={"Severity": message.severity.value},
        )
        CloudwatchEventTarget(
            self,
            f"{message.id}-target",
            rule=rule.name,
            arn=topic.arn,
            input_transformer=CloudwatchEventTargetInputTransformer(
                input_paths=message.paths, input_template=message.template(label)
            ),
        )
        return rule
