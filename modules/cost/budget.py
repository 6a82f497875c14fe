"""The monthly budget of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.budgets_budget import (
    BudgetsBudget,
    BudgetsBudgetCostFilter,
    BudgetsBudgetCostTypes,
    BudgetsBudgetNotification,
)
from constructs import Construct

from modules.label import Label, NameLimit
from modules.topic import Severity

if TYPE_CHECKING:
    from config.cost import BudgetSettings
    from modules.topic import Topics


class Budget(Construct):
    """A budget that notifies the topic of warnings when the cost of a month is, or will be, above a threshold.

    It measures before credits and refunds: with them, nothing would be noticed until they end.
    """

    def __init__(self, scope: Construct, id_: str, *, config: BudgetSettings, label: Label, topics: Topics) -> None:
        super().__init__(scope, id_)
        self._topic = topics.by_severity[Severity.WARNING]
        # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html has this pattern
        self._topic.allow_publisher(
            "budgets.amazonaws.com", sid="AllowBudgets", source_arns=[label.arn("budgets", "*", region="")]
        )
        BudgetsBudget(
            self,
            "Default",
            name=label.name("monthly", limit=NameLimit.BUDGET),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(config.monthly_usd),
            limit_unit="USD",
            cost_filter=[_costs_of(label)] if config.scope == "environment" else None,
            cost_types=BudgetsBudgetCostTypes(include_credit=False, include_refund=False),
            notification=[
                *(self._notification("ACTUAL", percent) for percent in config.actual_percent),
                *(self._notification("FORECASTED", percent) for percent in config.forecast_percent),
            ],
        )

    def _notification(self, notification_type: str, percent: int) -> BudgetsBudgetNotification:
        return BudgetsBudgetNotification(
            notification_type=notification_type,
            comparison_operator="GREATER_THAN",
            threshold=percent,
            threshold_type="PERCENTAGE",
            subscriber_sns_topic_arns=[self._topic.arn],
        )


def _costs_of(label: Label) -> BudgetsBudgetCostFilter:
    """Only what has the environment's tag.

    The format: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
    """
    return BudgetsBudgetCostFilter(name="TagKeyValue", values=[f"user:Environment${label.environment}"])
