"""Unusual costs are reported to the topic of warnings."""

from __future__ import annotations

from typing import Any

from config.cost import AnomalyDetectionSettings
from modules.cost.anomaly_detection import AnomalyDetection
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

MONITOR = "arn:aws:ce::444444444444:anomalymonitor/12345678-1234-1234-1234-123456789012"


def detection(**settings: Any) -> Template:
    stack = new_stack()
    config = AnomalyDetectionSettings.model_validate(settings)
    AnomalyDetection(stack, "anomalies", config=config, label=LABEL, topics=topics_in(stack))
    return Template.of(stack)


def test_it_watches_every_service_and_reports_at_once() -> None:
    template = detection()
    monitor = template.only("aws_ce_anomaly_monitor")
    assert (monitor["monitor_type"], monitor["monitor_dimension"]) == ("DIMENSIONAL", "SERVICE")
    subscription = template.only("aws_ce_anomaly_subscription", frequency="IMMEDIATE")
    (arn,) = subscription["monitor_arn_list"]
    assert arn.startswith("${aws_ce_anomaly_monitor.")
    (subscriber,) = subscription["subscriber"]
    assert subscriber["type"] == "SNS"
    assert subscriber["address"].startswith("${aws_sns_topic.topics_warning_")


def test_both_thresholds_must_be_reached() -> None:
    found = detection(impact_usd=50, impact_percent=30).only("aws_ce_anomaly_subscription")["threshold_expression"]
    assert {(one["dimension"]["key"], *one["dimension"]["values"]) for one in found["and"]} == {
        ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "50"),
        ("ANOMALY_TOTAL_IMPACT_PERCENTAGE", "30"),
    }
    assert {option for one in found["and"] for option in one["dimension"]["match_options"]} == {"GREATER_THAN_OR_EQUAL"}


def test_an_existing_monitor_is_used() -> None:
    template = detection(monitor_arn=MONITOR)
    assert template.all("aws_ce_anomaly_monitor") == {}
    assert template.only("aws_ce_anomaly_subscription")["monitor_arn_list"] == [MONITOR]


def test_only_subscriptions_of_the_account_may_publish() -> None:
    policy = detection().named("aws_sns_topic_policy.topics_warning_policy")["policy"]
    (allow,) = [one for one in statements(policy) if one["Sid"] == "AllowCostAnomalyDetection"]
    assert allow["Principal"] == {"Service": "costalerts.amazonaws.com"}
    assert allow["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "444444444444"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ce::444444444444:anomalysubscription/*"},
    }
