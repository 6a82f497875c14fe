"""What an environment may cost: amounts and thresholds that AWS, or a person, would not understand are refused."""

from pathlib import Path
from typing import get_args

import pytest

from config.cost import AllocationTag, BudgetSettings, CostSettings, check_shared_account
from config.load import load_environment
from tests.config.examples import PROJECT, changed, loading, parsed, present, refusal, sharing, text
from tests.template import LABEL

ANOMALIES = "impact_usd = 20"
MONITOR = "arn:aws:ce::333333333333:anomalymonitor/12345678-1234-1234-1234-123456789012"
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


def test_an_existing_monitor_is_a_setting() -> None:
    cost = present(parsed(changed((ANOMALIES, f'monitor_arn = "{MONITOR}"'))).cost)
    assert present(cost.anomaly_detection).monitor_arn == MONITOR


@pytest.mark.parametrize("arn", ["", MONITOR[:-1], MONITOR.replace("ce::", "ce:us-east-1:"), "default"])
def test_what_is_not_an_arn_of_a_monitor_is_refused(arn: str) -> None:
    (line,) = refusal(changed((ANOMALIES, f'monitor_arn = "{arn}"')))
    assert "is not a valid ARN of an anomaly monitor; use one that `aws ce get-anomaly-monitors` lists" in line


def test_a_monitor_of_another_account_is_refused() -> None:
    other = MONITOR.replace("3" * 12, "4" * 12)
    (line,) = refusal(changed((ANOMALIES, f'monitor_arn = "{other}"')))
    assert line.startswith("cost.anomaly_detection.monitor_arn = ")
    assert line.endswith(': is not in the account "333333333333"; use the monitor of that account')


def test_the_tags_that_can_be_activated_are_those_of_every_resource() -> None:
    assert set(get_args(AllocationTag)) == set(LABEL.tags)


def test_a_tag_that_no_resource_has_is_refused() -> None:
    (line,) = refusal(changed(("[cost.budget]", '[cost]\nallocation_tags = ["Team"]\n[cost.budget]')))
    assert line.startswith('cost.allocation_tags[0] = "Team": ')


def test_a_tag_that_is_listed_twice_is_refused() -> None:
    tags = '["Owner", "Owner"]'
    assert refusal(changed(("[cost.budget]", f"[cost]\nallocation_tags = {tags}\n[cost.budget]"))) == [
        'cost.allocation_tags[1] = "Owner": is listed twice; remove one'
    ]


def test_two_environments_in_one_account_do_not_both_measure_all_of_it(tmp_path: Path) -> None:
    for name in ("prod", "other"):
        content = sharing("recovery").replace("users.example.com", f"{name}.example.org")
        content = content.replace("keep_builds", f'repository_prefix = "{name}"\nkeep_builds')
        (tmp_path / f"{name}.toml").write_text(content, "utf-8")
    budget, monitor = loading("prod", tmp_path).splitlines()
    assert budget == (
        f'{tmp_path}/prod.toml: cost.budget.scope = "account": would measure the costs of "other" too, which is in the '
        'same account and has such a budget itself; remove one of them, or set "environment" in both (docs/cost.md)'
    )
    assert monitor == (
        f'{tmp_path}/prod.toml: cost.anomaly_detection.monitor_arn: is missing, and also in "other", which is in the '
        "same account: an account can only have one monitor of AWS services. Remove [cost.anomaly_detection] from one "
        "of them: it reports on both"
    )


@pytest.mark.parametrize(
    "other",
    [
        text().replace("3" * 12, "4" * 12),  # another account
        text().replace(AMOUNT, 'scope = "environment"').replace(ANOMALIES, f'monitor_arn = "{MONITOR}"'),
        text().replace(AMOUNT, "monthly_usd = 0"),  # wrong, which is reported when it is loaded
    ],
)
def test_environments_that_share_no_budget_and_no_monitor_are_accepted(other: str, tmp_path: Path) -> None:
    for name, content in (("prod", sharing("recovery")), ("other", other)):
        own = content.replace("keep_builds", f'repository_prefix = "{name}"\nkeep_builds')
        (tmp_path / f"{name}.toml").write_text(own.replace("users.example.com", f"{name}.example.org"), "utf-8")
    assert load_environment("prod", folder=tmp_path, project=PROJECT).cost


def test_an_environment_without_costs_shares_nothing() -> None:
    assert [*check_shared_account(None, CostSettings(budget=BudgetSettings()), name="other")] == []


def test_a_tag_of_the_account_is_activated_by_one_environment() -> None:
    own = CostSettings(allocation_tags=("Owner", "Environment"))
    other = CostSettings(allocation_tags=("Environment", "Layer"))
    (problem,) = check_shared_account(own, other, name="dev")
    assert str(problem) == (
        'cost.allocation_tags[1] = "Environment": is activated for the whole account, and by "dev" in it, too: the '
        "first of the two that is destroyed deactivates it for both; remove it from one of them"
    )
    assert [*check_shared_account(own, CostSettings(allocation_tags=("Layer",)), name="dev")] == []
