"""Composite alarms: one message about several alarms, and silence while an environment sleeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import jsii
from cdktf import IResolveContext, IStringProducer, Lazy
from cdktf_cdktf_provider_aws.cloudwatch_composite_alarm import (
    CloudwatchCompositeAlarm,
    CloudwatchCompositeAlarmActionsSuppressor,
)
from constructs import Construct

from modules.errors import WiringError
from modules.label import Label, NameLimit
from modules.runbook import PAGE

if TYPE_CHECKING:
    from modules.runbook import Runbook
    from modules.topic import Severity, Topics

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
_LONGEST_RULE: Final = 10_240
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html
MOST_ALARMS: Final = 100
"""Alarms that one composite alarm can name."""
_WAIT_SECONDS: Final = 60
"""How long it waits for the suppressor when it goes off itself: both are computed each minute, in no order."""
WAKE_SECONDS: Final = 900
"""How long it stays silent after the suppressor: tasks and databases need some minutes to work again."""


class Watched(Protocol):
    """A metric alarm or a composite alarm."""

    @property
    def name(self) -> str:
        """A token for its name, so that it is created before what names it."""

    @property
    def full_name(self) -> str:
        """Its name."""


@dataclass(frozen=True)
class AlarmRule:
    """Which states of which alarms make a composite alarm go off.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html (AlarmRule)
    """

    text: str
    """With tokens for the names."""
    plain: str
    """With the names."""
    alarms: frozenset[str]

    @staticmethod
    def any_of(*parts: AlarmRule | Watched) -> AlarmRule:
        """One of them is in the state ALARM."""
        return _joined(" OR ", parts)

    @staticmethod
    def all_of(*parts: AlarmRule | Watched) -> AlarmRule:
        """Each of them is in the state ALARM."""
        return _joined(" AND ", parts)

    @staticmethod
    def none_of(*parts: AlarmRule | Watched) -> AlarmRule:
        """None of them is in the state ALARM."""
        return AlarmRule.all_of(*(_negated(AlarmRule.any_of(part)) for part in parts))


def _negated(rule: AlarmRule) -> AlarmRule:
    return AlarmRule(text=f"NOT {rule.text}", plain=f"NOT {rule.plain}", alarms=rule.alarms)


def _joined(operator: str, parts: tuple[AlarmRule | Watched, ...]) -> AlarmRule:
    if not parts:
        message = "a rule of a composite alarm must name at least one alarm"
        raise ValueError(message)
    rules = [part if isinstance(part, AlarmRule) else _of_one(part) for part in parts]
    if len(rules) == 1:
        return rules[0]
    return AlarmRule(
        text=f"({operator.join(rule.text for rule in rules)})",
        plain=f"({operator.join(rule.plain for rule in rules)})",
        alarms=frozenset().union(*(rule.alarms for rule in rules)),
    )


def _of_one(alarm: Watched) -> AlarmRule:
    return AlarmRule(
        text=f'ALARM("{alarm.name}")', plain=f'ALARM("{alarm.full_name}")', alarms=frozenset({alarm.full_name})
    )


class CompositeAlarm(Construct):
    """An alarm on the states of other alarms that notifies the topic of its severity."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        name: str,
        description: str,
        rule: AlarmRule | GrowingRule,
        severity: Severity,
        runbook: Runbook | None,
        topics: Topics,
        notifies_recovery: bool = True,
        fires_asleep: bool = False,
        wake_seconds: int = WAKE_SECONDS,
    ) -> None:
        """Create the alarm.

        Args:
            label: Names it.
            name: Component of its name.
            description: What has happened when the alarm is in the state ALARM: a sentence without a full stop.
            rule: Which alarms must be in the state ALARM; a growing rule can still get further ones.
            severity: Whom it notifies.
            runbook: What a person must do; None if the alarms of the rule say it, which is then the whole page.
            topics: The topics of the alarm's region.
            notifies_recovery: Whether it also notifies when the state returns to OK.
            fires_asleep: Whether it also goes off because the environment sleeps; then it sends no message meanwhile.
            wake_seconds: How long it stays silent after the sleep.

        Raises:
            WiringError: The rule is too long or names too many alarms, or the topics are in another region.
        """
        super().__init__(scope, id_)
        if topics.region != label.region:
            message = f"an alarm in {label.region} cannot use topics in {topics.region}; create it in {topics.region}"
            raise WiringError(self, message)
        if isinstance(rule, AlarmRule) and (problem := problem_of(rule)) is not None:
            raise WiringError(self, problem)
        suppressor = topics.suppressor if fires_asleep else None
        topic_arn = topics.by_severity[severity].arn
        self.full_name: str = label.name(name, limit=NameLimit.ALARM)
        self._alarm = CloudwatchCompositeAlarm(
            self,
            "Default",
            alarm_name=self.full_name,
            alarm_description=f"{description}. Runbook: {runbook.link if runbook else PAGE}",
            alarm_rule=rule.text,
            alarm_actions=[topic_arn],
            # With a suppressor, each morning would begin with a recovery from an alarm that sent no message: at the
            # end of both periods AWS performs the actions of the state of that time.
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
            ok_actions=[topic_arn] if notifies_recovery and not suppressor else None,
            actions_suppressor=CloudwatchCompositeAlarmActionsSuppressor(
                alarm=suppressor.alarm_name, wait_period=_WAIT_SECONDS, extension_period=wake_seconds
            )
            if suppressor
            else None,
            tags={"Severity": severity.value},
        )

    @property
    def name(self) -> str:
        """A token for its name."""
        return self._alarm.alarm_name

    @property
    def arn(self) -> str:
        """ARN of the alarm."""
        return self._alarm.arn


class GrowingRule:
    """At least one of alarms is in the state ALARM, while alarms are still added."""

    def __init__(self, first: Watched) -> None:
        """Start with one alarm."""
        self._rule = AlarmRule.any_of(first)
        self._alarms = [first]
        self.text = Lazy.string_value(_Rendered(self))
        """A token for the rule with all alarms, rendered when the stack is synthesized."""

    def add(self, alarm: Watched) -> bool:
        """Add an alarm; False if AWS accepts no further one."""
        rule = AlarmRule.any_of(*self._alarms, alarm)
        if problem_of(rule) is not None:
            return False
        self._rule = rule
        self._alarms.append(alarm)
        return True

    def render(self) -> str:
        """The rule with the alarms so far."""
        return self._rule.text


@jsii.implements(IStringProducer)
class _Rendered:
    def __init__(self, rule: GrowingRule) -> None:
        self._rule = rule

    def produce(self, context: IResolveContext) -> str:  # noqa: ARG002 (the interface passes it)
        """The text, when the stack is synthesized."""
        return self._rule.render()


def problem_of(rule: AlarmRule) -> str | None:
    """Why AWS refuses a rule; None if it does not."""
    if len(rule.alarms) > MOST_ALARMS:
        return f"its rule names {len(rule.alarms)} alarms; AWS accepts at most {MOST_ALARMS}: split it into two alarms"
    if len(rule.plain) > _LONGEST_RULE:
        return (
            f"its rule has {len(rule.plain)} characters; AWS accepts at most {_LONGEST_RULE}: split it into two alarms"
        )
    return None
