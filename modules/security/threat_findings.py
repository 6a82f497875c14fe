"""GuardDuty's findings in a log group, and an alarm for those that a person must see.

Not from EventBridge to a topic: the key policy of an encrypted topic does not support conditions on the source, so
EventBridge of every account could use the key. With a log group, the findings are also kept.
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from constructs import Construct

from modules.label import Label, NameLimit
from modules.log_group import LogGroup
from modules.policy import Condition, Principal, Statement, render_statements
from modules.runbook import Runbook
from modules.security.event_alarm import add_event_alarm
from modules.topic import Severity

if TYPE_CHECKING:
    from modules.key import Key
    from modules.topic import Topics

_WRITERS: Final = Principal.service("events.amazonaws.com", "delivery.logs.amazonaws.com")
KEY: Final = "threats"
"""Component of the alias of the key of the findings."""
_LOWEST: Final = 4


@dataclass(frozen=True, kw_only=True)
class Band:
    """Findings of one severity range of GuardDuty.

    https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
    """

    id: str
    description: str
    pattern: str
    severity: Severity

    @property
    def alarm(self) -> str:
        """Component of its alarm's name."""
        return f"threats-{self.id}"


BANDS: Final = (
    Band(
        id="high",
        description="GuardDuty has a finding of high or critical severity",
        pattern="{ $.detail.severity >= 7 }",
        severity=Severity.CRITICAL,
    ),
    Band(
        id="medium",
        description="GuardDuty has a finding of medium severity",
        pattern="{ ($.detail.severity >= 4) && ($.detail.severity < 7) }",
        severity=Severity.WARNING,
    ),
)


def rule_name(label: Label) -> str:
    """Name of the rule that sends the findings to the log group."""
    return label.name("threat-findings", limit=NameLimit.EVENT_RULE)


def group_name(label: Label) -> str:
    """Name of the log group of the findings; EventBridge's console uses this path, and AWS requires its prefix."""
    return f"/aws/events/{label.prefix}/threat-findings"


class ThreatFindings(Construct):
    """Keeps every finding of medium severity or higher, and alarms within five minutes of its event."""

    def __init__(
        self, scope: Construct, id_: str, *, retention_days: int, label: Label, key: Key, topics: Topics
    ) -> None:
        super().__init__(scope, id_)
        rule = CloudwatchEventRule(
            self,
            "rule",
            name=rule_name(label),
            description="Findings of GuardDuty of medium severity or higher",
            event_pattern=json.dumps(
                {
                    "source": ["aws.guardduty"],
                    "detail-type": ["GuardDuty Finding"],
                    "detail": {"severity": [{"numeric": [">=", _LOWEST]}]},
                }
            ),
        )
        group = LogGroup(
            self,
            "group",
            label=label,
            name=group_name(label),
            retention_days=retention_days,
            key=key,
        )
        # In the form of AWS and the provider; the first of the two calls has no source:
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
        policy = CloudwatchLogResourcePolicy(
            self,
            "policy",
            policy_name=label.name("threat-findings", limit=NameLimit.LOG_RESOURCE_POLICY),
            policy_document=render_statements(
                Statement(
                    sid="AllowEventStreams",
                    principal=_WRITERS,
                    actions=("logs:CreateLogStream",),
                    resources=(f"{group.arn}:*",),
                ),
                Statement(
                    sid="AllowEvents",
                    principal=_WRITERS,
                    actions=("logs:PutLogEvents",),
                    resources=(f"{group.arn}:*:*",),
                    conditions=(Condition(operator="ArnEquals", key="aws:SourceArn", values=(rule.arn,)),),
                ),
            ),
        )
        CloudwatchEventTarget(self, "target", rule=rule.name, arn=group.arn, depends_on=[policy])
        namespace = f"{label.prefix}/threats"
        for band in BANDS:
            add_event_alarm(
                self,
                band.id,
                label=label,
                name=band.alarm,
                namespace=namespace,
                log_group=group,
                pattern=band.pattern,
                description=band.description,
                severity=band.severity,
                runbook=Runbook.THREAT_FINDINGS,
                topics=topics,
            )
