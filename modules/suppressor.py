"""What keeps alarms silent while an environment sleeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformStack

from modules.composite_alarm import CompositeAlarm, GrowingRule

if TYPE_CHECKING:
    from constructs import Construct

    from modules.composite_alarm import Watched
    from modules.label import Label
    from modules.topic import Severity, Topics


class Suppressor:
    """The alarm that is in the state ALARM while the environment sleeps, and those that are silent meanwhile.

    A metric alarm has no suppressor, a composite alarm has one, and costs five times as much. So all metric alarms of
    a stack that go off because the environment sleeps notify through one composite alarm per severity. Its message
    names the alarms that set it off; if a second one follows while the first lasts, there is no second message.
    """

    def __init__(self, alarm_name: str) -> None:
        """Start with no alarm.

        Args:
            alarm_name: Name of the alarm that suppresses the actions of others.
        """
        self.alarm_name = alarm_name
        self._rules: dict[tuple[str, Severity], list[GrowingRule]] = {}

    def notify_through_composite(
        self, alarm: Watched, scope: Construct, *, label: Label, severity: Severity, topics: Topics
    ) -> None:
        """Let an alarm without actions notify through the composite alarm of its stack and severity."""
        stack = TerraformStack.of(scope)
        rules = self._rules.setdefault((stack.node.path, severity), [])
        if rules and rules[-1].add(alarm):
            return
        number = f"-{len(rules) + 1}" if rules else ""
        rules.append(GrowingRule(alarm))
        CompositeAlarm(
            stack,
            f"awake-{severity.value}{number}",
            label=label,
            name=f"{label.layer}-{severity.value}{number}",
            description=f"An alarm of the layer {label.layer} is in the state ALARM",
            rule=rules[-1],
            severity=severity,
            runbook=None,
            topics=topics,
            fires_asleep=True,
        )
