from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


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
