from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

MONITOR = {"MonitorName": "services", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}


def test_monitors_and_subscriptions_belong_to_the_account_not_to_a_region(client: Client) -> None:
    costs = client("ce", account="500000000001")
    monitor = costs.create_anomaly_monitor(AnomalyMonitor=MONITOR)["MonitorArn"]
    subscription = costs.create_anomaly_subscription(
        AnomalySubscription={
            "MonitorArnList": [monitor],
            "Subscribers": [{"Address": "a@example.com", "Type": "EMAIL"}],
            "Frequency": "DAILY",
            "SubscriptionName": "daily",
        },
        ResourceTags=[{"Key": "a", "Value": "1"}],
    )["SubscriptionArn"]
    costs.update_anomaly_subscription(SubscriptionArn=subscription, Frequency="WEEKLY")
    costs.update_anomaly_monitor(MonitorArn=monitor, MonitorName="renamed")

    assert monitor.startswith("arn:aws:ce::500000000001:anomalymonitor/")
    assert costs.get_anomaly_monitors()["AnomalyMonitors"][0]["MonitorName"] == "renamed"
    found = costs.get_anomaly_subscriptions(SubscriptionArnList=[subscription])["AnomalySubscriptions"][0]
    assert (found["Frequency"], found["AccountId"]) == ("WEEKLY", "500000000001")
    tags = costs.list_tags_for_resource(ResourceArn=subscription)["ResourceTags"]
    assert tags == [{"Key": "a", "Value": "1"}]
    costs.delete_anomaly_subscription(SubscriptionArn=subscription)
    costs.delete_anomaly_monitor(MonitorArn=monitor)
    assert costs.get_anomaly_monitors()["AnomalyMonitors"] == []


def test_a_second_monitor_of_all_services_is_refused(client: Client) -> None:
    costs = client("ce", account="500000000002")
    costs.create_anomaly_monitor(AnomalyMonitor=MONITOR)

    with pytest.raises(ClientError, match="Limit exceeded on dimensional spend monitor creation"):
        costs.create_anomaly_monitor(AnomalyMonitor=MONITOR)


def test_a_subscription_to_an_unknown_monitor_is_refused(client: Client) -> None:
    subscription = {
        "MonitorArnList": ["arn:aws:ce::123456789012:anomalymonitor/none"],
        "Subscribers": [],
        "Frequency": "DAILY",
        "SubscriptionName": "x",
    }

    with pytest.raises(ClientError, match="UnknownMonitorException"):
        client("ce").create_anomaly_subscription(AnomalySubscription=subscription)


def test_moto_serves_the_tags_of_a_cost_category(client: Client) -> None:
    costs = client("ce")
    arn = costs.create_cost_category_definition(
        Name="teams",
        RuleVersion="CostCategoryExpression.v1",
        Rules=[{"Value": "a", "Rule": {"Tags": {"Key": "team", "Values": ["a"]}}}],
        ResourceTags=[{"Key": "a", "Value": "1"}],
    )["CostCategoryArn"]

    assert costs.list_tags_for_resource(ResourceArn=arn)["ResourceTags"] == [{"Key": "a", "Value": "1"}]
