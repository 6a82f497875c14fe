"""Settings of the layer `cost`: what the environment may cost, and who learns that it costs more."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Final

from pydantic import Field

from config.errors import Problem
from config.model import Check, Model
from config.sleep import SleepSettings

DESIGN_MONTHLY_USD: Final = 495
"""The estimate for production in the platform's design, at list prices."""

# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html: how many
# notifications a budget can have, and the highest threshold
_MAX_NOTIFICATIONS: Final = 10
_MAX_PERCENT: Final = 1_000_000
_MAX_USD: Final = 10_000_000
"""Far above what this platform can cost: a higher number is a mistake."""

Percent = Annotated[int, Field(ge=1, le=_MAX_PERCENT)]


def _check_order(actual_percent: Sequence[int], forecast_percent: Sequence[int]) -> Iterator[Problem]:
    for key, values in (("actual_percent", actual_percent), ("forecast_percent", forecast_percent)):
        for index, value in enumerate(values[1:], start=1):
            before = values[index - 1]
            if value == before:
                yield Problem(key=f"{key}[{index}]", value=value, allowed="is listed twice; remove one")
            elif value < before:
                yield Problem(
                    key=f"{key}[{index}]",
                    value=value,
                    allowed=f"must be more than the {before} before it; sort the thresholds, the lowest first",
                )


def _check_count(actual_percent: Sequence[int], forecast_percent: Sequence[int]) -> Iterator[Problem]:
    count = len(actual_percent) + len(forecast_percent)
    if count == 0:
        yield Problem(
            key="actual_percent",
            allowed="must have a threshold if forecast_percent has none, because the budget would never notify "
            "anybody; add one, like 100",
        )
    if count > _MAX_NOTIFICATIONS:
        yield Problem(
            key="actual_percent",
            allowed=f"has, with forecast_percent, {count} thresholds; AWS allows {_MAX_NOTIFICATIONS} for a budget: "
            f"remove {count - _MAX_NOTIFICATIONS}",
        )


class BudgetSettings(Model):
    """A monthly budget, whose notifications go to the receivers of [notifications.warning]."""

    monthly_usd: int = Field(default=DESIGN_MONTHLY_USD, ge=1, le=_MAX_USD)
    """US dollars a month; the default is the design's estimate for production."""

    actual_percent: tuple[Percent, ...] = (80, 100)
    """Percentages of the budget that notify once the month's cost is above them."""

    forecast_percent: tuple[Percent, ...] = (100,)
    """Percentages of the budget that notify once AWS expects the month's cost to end above them.

    AWS makes a forecast only for an account with about five weeks of costs.
    """

    checks: ClassVar[tuple[Check, ...]] = (_check_order, _check_count)


class CostSettings(Model):
    """What the environment may cost."""

    budget: BudgetSettings | None = None
    """The monthly budget; without the table there is none."""

    sleep: SleepSettings | None = None
    """The hours outside of which the environment sleeps; without the table it is always awake. Not for production."""

    def problems(self) -> Iterator[Problem]:
        """The checks, and that the table has an effect: a layer needs at least one resource."""
        yield from super().problems()
        if all(value is None for _, value in self):
            yield Problem(key="", allowed="has no effect; add [cost.budget] or [cost.sleep], or remove the table")
