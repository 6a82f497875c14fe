"""What an environment may cost: amounts and thresholds that AWS, or a person, would not understand are refused."""

import pytest

from config.cost import BudgetSettings
from tests.config.examples import changed, parsed, present, refusal

AMOUNT = "monthly_usd = 495"
ACTUAL = "actual_percent = [80, 100]"
FORECAST = "forecast_percent = [100]"


def test_the_budget_of_production_is_the_designs() -> None:
    assert present(present(parsed(changed()).cost).budget).monthly_usd == 495
    assert BudgetSettings().monthly_usd == 495


@pytest.mark.parametrize("amount", ["-5", "0", "10000001"])
def test_an_amount_outside_of_the_limits_is_refused(amount: str) -> None:
    (line,) = refusal(changed((AMOUNT, f"monthly_usd = {amount}")))
    assert line.startswith(f"cost.budget.monthly_usd = {amount}: ")
    assert "1" in line


def test_thresholds_out_of_order_are_refused() -> None:
    assert refusal(changed((ACTUAL, "actual_percent = [100, 80]"))) == [
        "cost.budget.actual_percent[1] = 80: must be more than the 100 before it; sort the thresholds, the lowest first"
    ]


def test_a_threshold_that_is_listed_twice_is_refused() -> None:
    assert refusal(changed((FORECAST, "forecast_percent = [90, 90]"))) == [
        "cost.budget.forecast_percent[1] = 90: is listed twice; remove one"
    ]


@pytest.mark.parametrize("percent", ["0", "-80", "1000001"])
def test_a_threshold_outside_of_the_limits_is_refused(percent: str) -> None:
    (line,) = refusal(changed((ACTUAL, f"actual_percent = [{percent}]")))
    assert line.startswith(f"cost.budget.actual_percent[0] = {percent}: ")


def test_a_budget_that_would_never_notify_is_refused() -> None:
    (line,) = refusal(changed((ACTUAL, "actual_percent = []"), (FORECAST, "forecast_percent = []")))
    assert line == (
        "cost.budget.actual_percent: must have a threshold if forecast_percent has none, because the budget would "
        "never notify anybody; add one, like 100"
    )
    assert parsed(changed((ACTUAL, "actual_percent = []"))).cost


def test_more_thresholds_than_aws_allows_are_refused() -> None:
    ten = ", ".join(str(percent) for percent in range(10, 110, 10))
    assert refusal(changed((ACTUAL, f"actual_percent = [{ten}]"))) == [
        "cost.budget.actual_percent: has, with forecast_percent, 11 thresholds; AWS allows 10 for a budget: remove 1"
    ]
    assert parsed(changed((ACTUAL, f"actual_percent = [{ten}]"), (FORECAST, "forecast_percent = []"))).cost


def test_a_table_without_effect_is_refused() -> None:
    prod = changed()
    start, end = prod.index("[cost.budget]"), prod.index("[security]")
    assert refusal(f"{prod[:start]}[cost]\n{prod[end:]}") == [
        "cost: has no effect; add [cost.budget], or remove the table"
    ]
    assert parsed(prod[:start] + prod[end:]).cost is None
