"""The alarms of one objective: a burn rate is reported if a long and a short window show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from config.burn_rates import BUDGET_DAYS, FAST, MEDIUM, SLOW
from modules.alarm import Alarm, MissingData
from modules.composite_alarm import AlarmRule, CompositeAlarm
from modules.topic import Severity

if TYPE_CHECKING:
    from config.burn_rates import BurnRate
    from modules.label import Label
    from modules.observability.indicator import Indicator
    from modules.runbook import Runbook
    from modules.topic import Topics

_HOUR_SECONDS: Final = 3600
_MINUTE_SECONDS: Final = 60
_LATE_SECONDS: Final = 300
"""Data of AWS arrive within it."""


class Objective(Construct):
    """A share of good requests over 30 days, which a person hears of while it can still be kept.

    Only two composite alarms notify: `critical` if the budget is used up fast or medium fast, so one message whichever
    of the two shows it first, and `warning` if slowly, and not fast enough for the other. After a short outage the
    slow windows still contain it; the long window of the medium pair does too, and silences the warning.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        name: str,
        subject: str,
        objective_percent: float,
        indicator: Indicator,
        runbook: Runbook,
        topics: Topics,
        fires_asleep: bool = False,
    ) -> None:
        """Create the alarms.

        Args:
            label: Names them.
            name: Start of their names.
            subject: Whose objective it is and which, to start a sentence with.
            objective_percent: Share of good requests.
            indicator: Counts the requests.
            runbook: What a person must do.
            topics: Whom they notify.
            fires_asleep: Whether requests are bad while the environment sleeps.
        """
        super().__init__(scope, id_)
        self.objective_percent = objective_percent
        self.indicator = indicator
        self._label, self._name, self._subject = label, name, subject
        self._runbook, self._topics, self._fires_asleep = runbook, topics, fires_asleep
        fast, _ = self._pair("fast", FAST, Severity.CRITICAL)
        medium, medium_long = self._pair("medium", MEDIUM, Severity.CRITICAL)
        slow, _ = self._pair("slow", SLOW, Severity.WARNING)
        self.critical = self._composite(AlarmRule.any_of(fast, medium), Severity.CRITICAL, slowest=MEDIUM)
        self.warning = self._composite(
            AlarmRule.all_of(slow, AlarmRule.none_of(medium_long)), Severity.WARNING, slowest=SLOW
        )

    def _pair(self, name: str, burn: BurnRate, severity: Severity) -> tuple[AlarmRule, Alarm]:
        long = self._alarm(
            f"{name}-long", burn, burn.long_seconds, severity, burn.least_requests(self.objective_percent)
        )
        # The long window has enough requests: in the short one any share says that it goes on.
        short = self._alarm(f"{name}-short", burn, burn.short_seconds, severity, 1)
        return AlarmRule.all_of(long, short), long

    def _alarm(self, id_: str, burn: BurnRate, seconds: int, severity: Severity, least_requests: int) -> Alarm:
        return Alarm(
            self,
            id_,
            label=self._label,
            name=f"{self._name}-{id_}",
            description=f"{self._subject} uses up its error budget {burn.rate:g} times too fast over {_words(seconds)}",
            metric=self.indicator.bad_percent(seconds=seconds, least_requests=least_requests),
            threshold=burn.bad_percent(self.objective_percent),
            severity=severity,
            missing_data=MissingData.NOT_BREACHING,  # without requests nothing is used up
            runbook=self._runbook,
            topics=self._topics,
            notifies=False,
        )

    def _composite(self, rule: AlarmRule, severity: Severity, *, slowest: BurnRate) -> CompositeAlarm:
        days = f"{BUDGET_DAYS / slowest.rate:g}"
        return CompositeAlarm(
            self,
            severity.value,
            label=self._label,
            name=f"{self._name}-{severity.value}",
            description=f"{self._subject} uses up its error budget of {BUDGET_DAYS} days within {days} days or less",
            rule=rule,
            severity=severity,
            runbook=self._runbook,
            topics=self._topics,
            # The warning also ends because the critical alarm starts, which is not a recovery.
            notifies_recovery=severity is Severity.CRITICAL,
            fires_asleep=self._fires_asleep,
            # Until then its short window still contains the sleep.
            wake_seconds=slowest.short_seconds + _LATE_SECONDS,
        )


def _words(seconds: int) -> str:
    if seconds >= _HOUR_SECONDS:
        return f"{seconds // _HOUR_SECONDS} h"
    return f"{seconds // _MINUTE_SECONDS} min"
