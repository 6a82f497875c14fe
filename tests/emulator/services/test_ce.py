from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

MONITOR = {"MonitorName": "services", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
EMAIL = {"Address": "a@example.com", "Type": "EMAIL"}
TOPIC = {"Address": "arn:aws:sns:us-east-1:123456789012:alerts", "Type": "SNS"}


def at_least(value: str, **changes: object) -> dict[str, Any]:
    dimension = {
        "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
        "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
        "Values": [value],
        **changes,
    }
    return {"Dimensions": dimension}


def test_monitors_and_subscriptions_belong_to_the_account_not_to_a_region(client: Client) -> None:
    costs = client("ce", account="500000000001")
    monitor = costs.create_anomaly_monitor(AnomalyMonitor=MONITOR)["MonitorArn"]
    subscription = costs.create_anomaly_subscription(
        AnomalySubscription={
            "MonitorArnList": [monitor],
            "Subscribers": [EMAIL],
            "Frequency": "DAILY",
            "ThresholdExpression": at_least("20"),
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


def test_a_monitor_of_another_dimension_is_allowed(client: Client) -> None:
    costs = client("ce", account="500000000003")
    costs.create_anomaly_monitor(AnomalyMonitor=MONITOR)
    costs.create_anomaly_monitor(AnomalyMonitor={**MONITOR, "MonitorDimension": "LINKED_ACCOUNT"})

    assert len(costs.get_anomaly_monitors()["AnomalyMonitors"]) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Frequency": "IMMEDIATE"}, "IMMEDIATE needs subscribers of the type SNS"),
        ({"Subscribers": [TOPIC]}, "DAILY needs subscribers of the type EMAIL"),
        ({"Threshold": 20}, "and not both"),
        ({"ThresholdExpression": {}}, "ThresholdExpression is not valid"),
        ({"ThresholdExpression": at_least("-1")}, "ThresholdExpression is not valid"),
        ({"ThresholdExpression": at_least("much")}, "ThresholdExpression is not valid"),
        ({"ThresholdExpression": at_least("1", MatchOptions=["EQUALS"])}, "ThresholdExpression is not valid"),
        ({"ThresholdExpression": {"And": [at_least("1"), at_least("1", Key="SERVICE")]}}, "is not valid"),
    ],
)
def test_a_subscription_that_contradicts_itself_is_refused(
    client: Client, changes: dict[str, Any], reason: str
) -> None:
    costs = client("ce", account="500000000004")
    monitors = costs.get_anomaly_monitors()["AnomalyMonitors"]
    monitor = monitors[0] if monitors else costs.create_anomaly_monitor(AnomalyMonitor=MONITOR)
    valid = {
        "MonitorArnList": [monitor["MonitorArn"]],
        "Subscribers": [EMAIL],
        "Frequency": "DAILY",
        "SubscriptionName": "x",
        "ThresholdExpression": {"And": [at_least("20"), at_least("40", Key="ANOMALY_TOTAL_IMPACT_PERCENTAGE")]},
    }
    made = costs.create_anomaly_subscription(AnomalySubscription=valid)["SubscriptionArn"]

    with pytest.raises(ClientError, match=reason):
        costs.create_anomaly_subscription(AnomalySubscription={**valid, **changes})
    if "Threshold" not in changes:  # an update has either
        with pytest.raises(ClientError, match=reason):
            costs.update_anomaly_subscription(SubscriptionArn=made, **changes)


def test_a_tag_can_be_activated_once_a_resource_has_it(client: Client) -> None:
    costs = client("ce", account="500000000005")
    wanted = [{"TagKey": key, "Status": "Active"} for key in ("Environment", "Team")]
    refused = costs.update_cost_allocation_tags_status(CostAllocationTagsStatus=wanted)["Errors"]
    assert {(one["TagKey"], one["Code"]) for one in refused} == {
        ("Environment", "TagKeysNotFoundException"),
        ("Team", "TagKeysNotFoundException"),
    }

    sqs = client("sqs", account="500000000005")
    queue = sqs.create_queue(QueueName="a", tags={"Environment": "dev"})["QueueUrl"]
    (found,) = costs.list_cost_allocation_tags()["CostAllocationTags"]
    assert (found["TagKey"], found["Status"]) == ("Environment", "Inactive")
    (error,) = costs.update_cost_allocation_tags_status(CostAllocationTagsStatus=wanted)["Errors"]
    assert error["TagKey"] == "Team"
    client("sqs", account="500000000005").delete_queue(QueueUrl=queue)
    (tag,) = (
        costs.list_cost_allocation_tags()["CostAllocationTags"]
        or costs.list_cost_allocation_tags(TagKeys=["Environment"])["CostAllocationTags"]
    )
    assert (tag["TagKey"], tag["Status"]) == ("Environment", "Active")
    assert costs.list_cost_allocation_tags(TagKeys=["Environment"], Status="Inactive")["CostAllocationTags"] == []


def test_a_subscription_to_an_unknown_monitor_is_refused(client: Client) -> None:
    subscription = {
        "MonitorArnList": ["arn:aws:ce::123456789012:anomalymonitor/none"],
        "Subscribers": [],
        "Frequency": "DAILY",
        "SubscriptionName": "x",
        "Threshold": 20,
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
