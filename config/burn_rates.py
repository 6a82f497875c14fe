"""Which pace of using up an error budget is reported: pure, so that settings and alarms use the same numbers.

An objective of 99.9 % leaves 0.1 % of the requests of 30 days as the budget for failures. A burn rate of 1 uses it up
in exactly 30 days. Each rate is watched over a long window, which shows that enough of the budget is gone to matter,
and a short one, which shows that it is still being used up; the method and the parts of the budget are those of
https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts. Its slowest pair, three days and six
hours, is left out: a period of CloudWatch is at most one day
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#CloudWatchPeriods).
"""

import math
from dataclasses import dataclass
from typing import Final

BUDGET_DAYS: Final = 30
"""Days over which an objective is kept."""

_HUNDRED: Final = 100
_HOUR_SECONDS: Final = 3600
_MINUTE_SECONDS: Final = 60
_LEAST_BAD: Final = 3
"""Bad requests from which a share of them means something: one of two at night is chance."""
_LEAST_REQUESTS: Final = 100
"""Requests from which a share in percent means something: each is then at most one percent."""


@dataclass(frozen=True, kw_only=True)
class BurnRate:
    """A pace at which the error budget is used up, and the windows over which it is measured."""

    budget_percent: int
    """The part of the budget that is gone after the long window at this pace."""
    long_seconds: int
    """Shows that the pace lasts."""
    short_seconds: int
    """Shows that it still does, so that the alarm ends soon after its cause."""

    @property
    def rate(self) -> float:
        """How many times faster than allowed the budget is used up."""
        budget_seconds = BUDGET_DAYS * 24 * _HOUR_SECONDS
        return self.budget_percent * budget_seconds / (_HUNDRED * self.long_seconds)

    def bad_percent(self, objective_percent: float) -> float:
        """The share of bad requests at this pace, for an objective in percent of the requests.

        More than 100 means that no share of bad requests reaches it.
        """
        return round(self.rate * (_HUNDRED - objective_percent), 6)

    def least_requests(self, objective_percent: float) -> int:
        """The requests in the long window from which it counts: so many that two bad ones are below `bad_percent`."""
        two_bad_ones = _HUNDRED * (_LEAST_BAD - 1) / self.bad_percent(objective_percent)
        return max(math.floor(two_bad_ones) + 1, _LEAST_REQUESTS)


FAST: Final = BurnRate(budget_percent=2, long_seconds=_HOUR_SECONDS, short_seconds=5 * _MINUTE_SECONDS)
MEDIUM: Final = BurnRate(budget_percent=5, long_seconds=6 * _HOUR_SECONDS, short_seconds=30 * _MINUTE_SECONDS)
SLOW: Final = BurnRate(budget_percent=10, long_seconds=24 * _HOUR_SECONDS, short_seconds=2 * _HOUR_SECONDS)

FASTEST: Final = max((FAST, MEDIUM, SLOW), key=lambda one: one.rate)
"""The one that an objective must leave reachable."""
