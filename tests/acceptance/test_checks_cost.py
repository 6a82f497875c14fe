"""The checks of costs find a budget without a receiver, and a topic or key that is closed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.account import EmulatedSession
from acceptance.checks.cost import check_aws_may_report_costs, check_the_budget_notifies_at_each_threshold
from config.cost import AnomalyDetectionSettings, BudgetSettings, CostSettings
from emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.environment import Environment

ACCOUNT = "900000000082"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:user-management-dev-warning"
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
BUDGETS, ANOMALIES = "budgets.amazonaws.com", "costalerts.amazonaws.com"
COST = CostSettings(
    budget=BudgetSettings(monthly_usd=200, actual_percent=(80,), forecast_percent=(100,)),
    anomaly_detection=AnomalyDetectionSettings(),
)


@pytest.fixture
def session() -> Iterator[EmulatedSession]:
    with Emulator() as running:
        made = EmulatedSession(url=running.url, account_id=ACCOUNT, region="us-east-1")
        yield made
        for budget in made.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"]:
            made.client("budgets").delete_budget(AccountId=ACCOUNT, BudgetName=budget["BudgetName"])
        made.client("sns").delete_topic(TopicArn=TOPIC)


@pytest.fixture
def dev(environments: dict[str, Environment]) -> Environment:
    return environments["dev"].model_copy(update={"account_id": ACCOUNT, "cost": COST})


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(service: str, *actions: str, resource: str = "*", **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions, "Resource": resource, **more}


def add_topic(
    session: EmulatedSession, *, publishers: tuple[str, ...], encrypters: tuple[str, ...], topic: str
) -> None:
    """The topic of warnings, whose policy and key allow these services."""
    condition = {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": topic}}
    keys = [allow(service, "kms:GenerateDataKey*", "kms:Decrypt", Condition=condition) for service in encrypters]
    key = session.client("kms").create_key(Policy=document(ROOT, *keys))["KeyMetadata"]["Arn"]
    policy = document(*(allow(service, "sns:Publish", resource=TOPIC) for service in publishers))
    attributes = {"Policy": policy, "KmsMasterKeyId": key}
    session.client("sns").create_topic(Name="user-management-dev-warning", Attributes=attributes)


def add_budget(
    session: EmulatedSession, *, amount: str = "200", thresholds: dict[str, int], topic: bool = True
) -> None:
    subscriber = {"SubscriptionType": "SNS", "Address": TOPIC}
    if not topic:
        subscriber = {"SubscriptionType": "EMAIL", "Address": "a@example.com"}
    budget = {
        "BudgetName": "user-management-dev-monthly",
        "BudgetLimit": {"Amount": amount, "Unit": "USD"},
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
    }
    notifications = [
        {
            "Notification": {"NotificationType": kind, "ComparisonOperator": "GREATER_THAN", "Threshold": percent},
            "Subscribers": [subscriber],
        }
        for kind, percent in thresholds.items()
    ]
    session.client("budgets").create_budget(
        AccountId=ACCOUNT, Budget=budget, NotificationsWithSubscribers=notifications
    )


def test_what_is_as_it_should_be_has_no_problems(session: EmulatedSession, dev: Environment) -> None:
    add_topic(session, publishers=(BUDGETS, ANOMALIES), encrypters=(BUDGETS, ANOMALIES), topic=TOPIC)
    add_budget(session, thresholds={"ACTUAL": 80, "FORECASTED": 100})
    assert list(check_the_budget_notifies_at_each_threshold(dev, session)) == []
    assert list(check_aws_may_report_costs(dev, session)) == []


def test_another_amount_another_threshold_and_another_receiver_are_found(
    session: EmulatedSession, dev: Environment
) -> None:
    add_topic(session, publishers=(BUDGETS,), encrypters=(BUDGETS,), topic=TOPIC)
    add_budget(session, amount="20", thresholds={"ACTUAL": 90}, topic=False)
    assert list(check_the_budget_notifies_at_each_threshold(dev, session)) == [
        "user-management-dev-monthly is 20 USD, not 200 USD",
        "user-management-dev-monthly notifies at [('ACTUAL', 90.0)], not at [('ACTUAL', 80.0), ('FORECASTED', 100.0)]",
        f"user-management-dev-monthly at ('ACTUAL', 90.0) does not notify {TOPIC} alone",
    ]


def test_a_topic_and_a_key_that_are_closed_are_found(session: EmulatedSession, dev: Environment) -> None:
    add_topic(session, publishers=(BUDGETS,), encrypters=(ANOMALIES,), topic=TOPIC)
    assert list(check_aws_may_report_costs(dev, session)) == [
        f"the key of {TOPIC} does not allow {BUDGETS} to encrypt",
        f"{TOPIC} does not allow {ANOMALIES} to publish",
    ]


def test_a_key_that_is_open_for_another_topic_only_is_found(session: EmulatedSession, dev: Environment) -> None:
    add_topic(session, publishers=(BUDGETS, ANOMALIES), encrypters=(BUDGETS, ANOMALIES), topic=f"{TOPIC}-other")
    assert len(list(check_aws_may_report_costs(dev, session))) == 2


def test_an_environment_that_measures_nothing_has_no_problems(session: EmulatedSession, dev: Environment) -> None:
    session.client("sns").create_topic(Name="user-management-dev-warning")
    for cost in (None, CostSettings(allocation_tags=("Owner",))):
        none = dev.model_copy(update={"cost": cost})
        assert list(check_the_budget_notifies_at_each_threshold(none, session)) == []
        assert list(check_aws_may_report_costs(none, session)) == []
