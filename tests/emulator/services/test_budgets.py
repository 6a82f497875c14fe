from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "600000000001"


def test_a_budget_keeps_tags_subscribers_and_updates(client: Client) -> None:
    budgets = client("budgets")
    account = "123456789012"
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80}
    subscriber = {"SubscriptionType": "EMAIL", "Address": "a@example.com"}
    limit = {"Amount": "10", "Unit": "USD"}
    budget = {"BudgetName": "all", "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    budgets.create_budget(
        AccountId=account,
        Budget=budget,
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": [subscriber]}],
        ResourceTags=[{"Key": "a", "Value": "1"}],
    )
    budgets.update_budget(AccountId=account, NewBudget={**budget, "BudgetLimit": {**limit, "Amount": "20"}})
    new = {**notification, "Threshold": 90}
    named = {"AccountId": account, "BudgetName": "all"}
    budgets.update_notification(**named, OldNotification=notification, NewNotification=new)

    assert budgets.describe_budget(**named)["Budget"]["BudgetLimit"]["Amount"] == "20"
    heard = budgets.describe_subscribers_for_notification(**named, Notification=new)
    assert heard["Subscribers"] == [subscriber]
    arn = f"arn:aws:budgets::{account}:budget/all"
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [{"Key": "a", "Value": "1"}]
    with pytest.raises(ClientError, match="Unable to find the notification"):
        budgets.describe_subscribers_for_notification(**named, Notification=notification)


def named(name: str, amount: str = "10") -> dict[str, Any]:
    limit = {"Amount": amount, "Unit": "USD"}
    return {"BudgetName": name, "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"}


def at(percent: int) -> dict[str, Any]:
    return {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": percent}


def topic_of(client: Client, name: str, **statement: object) -> dict[str, str]:
    """A topic, to which the statement allows AWS Budgets to publish."""
    sns = client("sns", account=ACCOUNT)
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:{name}"
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "budgets.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": arn,
        **statement,
    }
    sns.create_topic(Name=name, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [allow]})})
    return {"SubscriptionType": "SNS", "Address": arn}


@pytest.mark.parametrize("amount", ["-5", "five", "5 USD", "1e3"])
def test_an_amount_that_is_not_a_positive_number_is_refused(client: Client, amount: str) -> None:
    budgets = client("budgets", account=ACCOUNT)
    with pytest.raises(ClientError, match="ValidationException"):
        budgets.create_budget(AccountId=ACCOUNT, Budget=named(f"amount-{amount}", amount))


@pytest.mark.parametrize("name", ["a:b", "a\\b", "a/action/b"])
def test_a_name_with_a_character_that_is_not_allowed_is_refused(client: Client, name: str) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        client("budgets", account=ACCOUNT).create_budget(AccountId=ACCOUNT, Budget=named(name))


def test_an_eleventh_and_a_repeated_notification_are_refused(client: Client) -> None:
    budgets = client("budgets", account=ACCOUNT)
    budgets.create_budget(AccountId=ACCOUNT, Budget=named("many"))
    email = [{"SubscriptionType": "EMAIL", "Address": "a@example.com"}]
    call = {"AccountId": ACCOUNT, "BudgetName": "many", "Subscribers": email}
    budgets.create_notification(**call, Notification=at(10))
    with pytest.raises(ClientError, match="DuplicateRecordException"):
        budgets.create_notification(**call, Notification=at(10))
    for percent in range(20, 110, 10):
        budgets.create_notification(**call, Notification=at(percent))
    with pytest.raises(ClientError, match="CreationLimitExceededException"):
        budgets.create_notification(**call, Notification=at(110))


def test_a_second_topic_is_refused(client: Client) -> None:
    budgets = client("budgets", account=ACCOUNT)
    first, second = topic_of(client, "first"), topic_of(client, "second")
    both = [{"Notification": at(80), "Subscribers": [first, second]}]
    with pytest.raises(ClientError, match="can only have 1 subscribers with type of SNS"):
        budgets.create_budget(AccountId=ACCOUNT, Budget=named("two"), NotificationsWithSubscribers=both)
    one = [{"Notification": at(80), "Subscribers": [first]}]
    budgets.create_budget(AccountId=ACCOUNT, Budget=named("two"), NotificationsWithSubscribers=one)
    with pytest.raises(ClientError, match="can only have 1 subscribers with type of SNS"):
        budgets.create_subscriber(AccountId=ACCOUNT, BudgetName="two", Notification=at(80), Subscriber=second)


@pytest.mark.parametrize(
    "statement",
    [
        {"Principal": {"Service": "cloudwatch.amazonaws.com"}},
        {"Action": "sns:Subscribe"},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:*"}}},
    ],
)
def test_a_topic_to_which_budgets_may_not_publish_is_refused(client: Client, statement: dict[str, Any]) -> None:
    budgets = client("budgets", account=ACCOUNT)
    closed = topic_of(client, f"closed-{abs(hash(json.dumps(statement)))}", **statement)
    budgets.create_budget(AccountId=ACCOUNT, Budget=named(closed["Address"].rpartition(":")[2]))
    call = {"AccountId": ACCOUNT, "BudgetName": closed["Address"].rpartition(":")[2], "Notification": at(80)}
    with pytest.raises(ClientError, match="Invalid SNS topic"):
        budgets.create_notification(**call, Subscribers=[closed])


def test_a_topic_that_does_not_exist_or_of_another_account_is_refused(client: Client) -> None:
    budgets = client("budgets", account=ACCOUNT)
    budgets.create_budget(AccountId=ACCOUNT, Budget=named("none"))
    for arn in (f"arn:aws:sns:us-east-1:{ACCOUNT}:none", "arn:aws:sns:us-east-1:123456789012:none", "none"):
        with pytest.raises(ClientError, match="Invalid SNS topic"):
            budgets.create_notification(
                AccountId=ACCOUNT,
                BudgetName="none",
                Notification=at(80),
                Subscribers=[{"SubscriptionType": "SNS", "Address": arn}],
            )


def test_a_topic_that_admits_budgets_of_the_account_is_accepted(client: Client) -> None:
    condition = {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:budgets::{ACCOUNT}:*"},
    }
    topic = topic_of(client, "open", Condition=condition)
    budgets = client("budgets", account=ACCOUNT)
    call = {"AccountId": ACCOUNT, "BudgetName": "open"}
    budgets.create_budget(AccountId=ACCOUNT, Budget=named("open"))
    budgets.create_notification(**call, Notification=at(80), Subscribers=[topic])
    assert budgets.describe_subscribers_for_notification(**call, Notification=at(80))["Subscribers"] == [topic]
