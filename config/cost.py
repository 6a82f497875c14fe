"""Settings of the layer `cost`: the monthly budget, reports of unusual costs, tags for the bill, the sleep schedule."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

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

_MONITOR_ARN: Final = r"arn:aws:ce::([0-9]{12}):anomalymonitor/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

AllocationTag = Literal["Project", "Environment", "Layer", "ManagedBy", "Owner", "CostCenter"]
"""The tags of every resource: `Label.tags`."""

Percent = Annotated[int, Field(ge=1, le=_MAX_PERCENT)]


def _monitor_arn(value: str) -> str:
    if re.fullmatch(_MONITOR_ARN, value):
        return value
    message = (
        "is not a valid ARN of an anomaly monitor; use one that `aws ce get-anomaly-monitors` lists, like "
        '"arn:aws:ce::111111111111:anomalymonitor/12345678-1234-1234-1234-123456789012"'
    )
    raise ValueError(message)


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


def _check_tags(allocation_tags: Sequence[str]) -> Iterator[Problem]:
    for index, tag in enumerate(allocation_tags):
        if tag in allocation_tags[:index]:
            yield Problem(key=f"allocation_tags[{index}]", value=tag, allowed="is listed twice; remove one")


class BudgetSettings(Model):
    """A monthly budget; AWS tells the receivers of [notifications.warning] when a threshold is crossed."""

    monthly_usd: int = Field(default=DESIGN_MONTHLY_USD, ge=1, le=_MAX_USD)
    """US dollars a month; the default is the design's estimate for production."""

    actual_percent: tuple[Percent, ...] = Field(default=(80, 100), json_schema_extra={"uniqueItems": True})
    """Percentages of the budget that notify once the month's cost is above them."""

    forecast_percent: tuple[Percent, ...] = Field(default=(100,), json_schema_extra={"uniqueItems": True})
    """Percentages of the budget that notify once AWS expects the month's cost to end above them.

    AWS makes a forecast only for an account with about five weeks of costs.
    """

    scope: Literal["account", "environment"] = "account"
    """What it measures: all costs of the account, or only what has the tag Environment of this environment.

    "environment" is for an account with several environments. It measures nothing until the tag is active:
    docs/cost.md.
    """

    checks: ClassVar[tuple[Check, ...]] = (_check_count,)


class AnomalyDetectionSettings(Model):
    """AWS Cost Anomaly Detection, which learns what each AWS service usually costs in the account; free.

    It tells the receivers of [notifications.warning] of an anomaly that reaches both thresholds.
    """

    monitor_arn: (
        Annotated[str, AfterValidator(_monitor_arn), WithJsonSchema({"type": "string", "pattern": f"^{_MONITOR_ARN}$"})]
        | None
    ) = None
    """The monitor of AWS services that the account has already: it can only have one. Without it one is created."""

    impact_usd: int = Field(default=20, ge=1, le=_MAX_USD)
    """US dollars above the usual cost from which an anomaly is reported."""

    impact_percent: Percent = 40
    """Percent above the usual cost from which an anomaly is reported."""


class CostSettings(Model):
    """What the environment may cost."""

    budget: BudgetSettings | None = None
    """The monthly budget; without the table there is none."""

    anomaly_detection: AnomalyDetectionSettings | None = None
    """Reports of unusual costs; without the table there are none."""

    allocation_tags: tuple[AllocationTag, ...] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Tags that are activated as cost-allocation tags, like "Environment", so that costs can be grouped by them.

    Only after the first apply: AWS must have seen a tag for a day. In an organization, only the management account can
    activate tags: docs/cost.md.
    """

    sleep: SleepSettings | None = None
    """The hours outside of which the environment sleeps; without the table it is always awake. Not for production."""

    checks: ClassVar[tuple[Check, ...]] = (_check_tags,)

    def problems(self) -> Iterator[Problem]:
        """The checks, and that the table has an effect: a layer needs at least one resource."""
        yield from super().problems()
        if not any(value for _, value in self):
            yield Problem(key="", allowed="has no effect; add [cost.budget], or remove the table")


def check_shared_account(own: CostSettings | None, other: CostSettings, *, name: str) -> Iterator[Problem]:
    """The problems between two environments in one account, of which `name` is the other."""
    if own is None:
        return
    if own.budget and other.budget and own.budget.scope == other.budget.scope == "account":
        yield Problem(
            key="cost.budget.scope",
            value=own.budget.scope,
            allowed=f'would measure the costs of "{name}" too, which is in the same account and has such a budget '
            'itself; remove one of them, or set "environment" in both (docs/cost.md)',
        )
    detections = (own.anomaly_detection, other.anomaly_detection)
    if all(detection and detection.monitor_arn is None for detection in detections):
        yield Problem(
            key="cost.anomaly_detection.monitor_arn",
            allowed=f'is missing, and also in "{name}", which is in the same account: an account can only have one '
            "monitor of AWS services. Remove [cost.anomaly_detection] from one of them: it reports on both",
        )
    # Terraform deactivates the tags that it destroys:
    # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/ce_cost_allocation_tag
    for index, tag in enumerate(own.allocation_tags):
        if tag in other.allocation_tags:
            yield Problem(
                key=f"cost.allocation_tags[{index}]",
                value=tag,
                allowed=f'is activated for the whole account, and by "{name}" in it, too: the first of the two that is '
                "destroyed deactivates it for both; remove it from one of them",
            )


def check_monitor_account(account_id: str, cost__anomaly_detection__monitor_arn: str | None) -> Iterator[Problem]:
    """An anomaly subscription can only have monitors of its own account."""
    arn = cost__anomaly_detection__monitor_arn
    found = re.fullmatch(_MONITOR_ARN, arn) if arn else None
    if found and found[1] != account_id:
        yield Problem(
            key="cost.anomaly_detection.monitor_arn",
            value=arn,
            allowed=f'is not in the account "{account_id}"; use the monitor of that account',
        )
