"""The budget notifies the topic of warnings at each of its thresholds."""

from __future__ import annotations

from typing import Any

from config.cost import BudgetSettings
from modules.cost.budget import Budget
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements


def template(**settings: Any) -> Template:
    stack = new_stack()
    config = BudgetSettings.model_validate(settings)
    Budget(stack, "budget", config=config, label=LABEL, topics=topics_in(stack))
    return Template.of(stack)


def budget(**settings: Any) -> dict[str, Any]:
    return template(**settings).named("aws_budgets_budget.budget")


def test_it_is_monthly_and_in_dollars() -> None:
    found = budget(monthly_usd=200)
    assert (found["limit_amount"], found["limit_unit"], found["time_unit"]) == ("200", "USD", "MONTHLY")


def test_credits_and_refunds_do_not_hide_costs() -> None:
    assert budget()["cost_types"] == {"include_credit": False, "include_refund": False}


def test_each_threshold_notifies_the_topic_of_warnings() -> None:
    found = budget(actual_percent=(50, 90), forecast_percent=(110,))["notification"]
    assert [(one["notification_type"], one["threshold"]) for one in found] == [
        ("ACTUAL", 50),
        ("ACTUAL", 90),
        ("FORECASTED", 110),
    ]
    assert {one["threshold_type"] for one in found} == {"PERCENTAGE"}
    assert {one["comparison_operator"] for one in found} == {"GREATER_THAN"}
    for one in found:
        (topic,) = one["subscriber_sns_topic_arns"]
        assert topic.startswith("${aws_sns_topic.topics_warning_")


def test_it_measures_the_account_or_what_has_the_tag_of_the_environment() -> None:
    assert "cost_filter" not in budget()
    (found,) = budget(scope="environment")["cost_filter"]
    assert (found["name"], found["values"]) == ("TagKeyValue", ["user:Environment$test"])


def test_only_budgets_of_the_account_may_publish() -> None:
    policy = template().named("aws_sns_topic_policy.topics_warning_policy")["policy"]
    (allow,) = [one for one in statements(policy) if one["Sid"] == "AllowBudgets"]
    assert allow["Principal"] == {"Service": "budgets.amazonaws.com"}
    assert allow["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "444444444444"},
        "ArnLike": {"aws:SourceArn": "arn:aws:budgets::444444444444:*"},
    }
