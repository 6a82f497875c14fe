"""Keys, secrets, parameters, messages, storage, security, delivery."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pricing.samples import charges, gaps, resource

ARM = {"environment": {"type": "ARM_CONTAINER", "compute_type": "BUILD_GENERAL1_SMALL"}}
STAGES = [
    {"action": [{"category": "Source"}, {"category": "Build"}]},
    {"action": {"category": "Approval"}},
    {"action": {"category": "Deploy"}},
]


@pytest.mark.parametrize(
    ("of", "found"),
    [
        (resource("aws_kms_key.k"), {"kms_key": 1, "kms_requests": 1}),
        (resource("aws_kms_key.k", customer_master_key_spec="ECC_NIST_P256"), {"kms_key": 1}),
        (resource("aws_kms_replica_key.k"), {"kms_key": 1, "kms_requests": 1}),
        (
            resource("aws_secretsmanager_secret.s", replica=[{"region": "us-west-2"}]),
            {"secrets_manager_secret": 2, "secrets_manager_calls": 0.1},
        ),
        (resource("aws_ssm_parameter.p"), {"parameter_standard": 1}),
        (resource("aws_ssm_parameter.p", tier="Advanced"), {"parameter_advanced": 1}),
        (resource("aws_sqs_queue.q"), {"queue_requests": 0.003}),
        (resource("aws_sqs_queue.q", fifo_queue=True), {"queue_requests_fifo": 0.003}),
        (resource("aws_scheduler_schedule.s"), {"scheduler_runs": 0.003}),
        (resource("aws_s3_bucket.b"), {"s3_storage": 2, "s3_put": 20, "s3_get": 20}),
        (resource("aws_ecr_repository.r"), {"ecr_storage": 2}),
        (resource("aws_cloudtrail.t"), {"trail_management": 1}),
        (
            resource("aws_cloudtrail.t", advanced_event_selector={"field_selector": [{}]}),
            {"trail_management": 1, "trail_data": 10},
        ),
        (resource("aws_guardduty_detector.d"), {"guardduty_events": 1, "guardduty_logs": 5}),
        (resource("aws_guardduty_detector.d", enable=False), {}),
        (resource("aws_guardduty_detector_feature.f", name="S3_DATA_EVENTS", status="DISABLED"), {}),
        (
            resource("aws_guardduty_detector_feature.f", name="S3_DATA_EVENTS", status="ENABLED"),
            {"guardduty_s3_events": 1},
        ),
        (resource("aws_config_configuration_recorder.r"), {"config_item": 1000}),
        (
            resource("aws_config_configuration_recorder.r", recording_mode={"recording_frequency": "DAILY"}),
            {"config_item_daily": 1000},
        ),
        (resource("aws_securityhub_standards_subscription.s"), {"security_hub_check": 5000}),
        (resource("aws_accessanalyzer_analyzer.a", type="ACCOUNT"), {}),
        (resource("aws_ecr_registry_scanning_configuration.s", scan_type="BASIC"), {}),
        (
            resource("aws_ecr_registry_scanning_configuration.s", scan_type="ENHANCED"),
            {"inspector_image": 20, "inspector_image_again": 300},
        ),
        (resource("aws_codebuild_project.p", **ARM), {"build_arm_small": 80}),
        (resource("aws_codepipeline.p"), {"pipeline_v1": 1}),
        (resource("aws_codepipeline.p", pipeline_type="V2", stage=STAGES), {"pipeline_minute": 3 * 80}),
    ],
)
def test_it_is_charged_for(of: Any, found: dict[str, float]) -> None:
    assert charges(of) == pytest.approx(found)


def test_replication_time_and_metrics_cost_if_they_are_on() -> None:
    on = {
        "rule": [{"status": "Enabled", "destination": {"replication_time": {"status": "Enabled"}, "metrics": {"x": 1}}}]
    }
    found = charges(resource("aws_s3_bucket_replication_configuration.r", **on), copied_gib=9)
    assert found == {"inter_region_data": 9, "s3_replication_time_control": 9, "metric": 4}
    off = {"rule": [{"status": "Disabled"}]}
    assert charges(resource("aws_s3_bucket_replication_configuration.r", **off)) == {}


def test_only_receivers_by_email_cost() -> None:
    topic = resource("aws_sns_topic.t")
    receivers = [
        resource(f"aws_sns_topic_subscription.{protocol}", topic_arn="-> aws_sns_topic.t", protocol=protocol)
        for protocol in ("email", "email-json", "lambda", "sqs")
    ]
    assert charges(topic, *receivers, emails=1000) == {"topic_emails": 0.02}
    assert charges(topic) == {}


def test_threat_detection_of_databases_counts_their_vcpus() -> None:
    feature = resource("aws_guardduty_detector_feature.f", name="RDS_LOGIN_EVENTS", status="ENABLED")
    assert charges(feature, resource("aws_db_instance.a", instance_class="db.m5.xlarge")) == {"guardduty_rds": 4}
    assert charges(feature) == {}


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (resource("aws_ssm_parameter.p", tier="Intelligent-Tiering"), "AWS chooses the tier"),
        (resource("aws_sns_topic.t", fifo_topic=True), "a FIFO topic has no price"),
        (resource("aws_cloudwatch_event_bus.b", name="own"), "aws_cloudwatch_event_bus has no price"),
        (resource("aws_cloudtrail.t", insight_selector={"insight_type": "x"}), "CloudTrail Insights has no price"),
        (resource("aws_guardduty_detector_feature.f", name="NEW", status="ENABLED"), "the feature NEW has no price"),
        (resource("aws_accessanalyzer_analyzer.a", type="ACCOUNT_UNUSED_ACCESS"), "unused access has no price"),
        (resource("aws_inspector2_enabler.e", resource_types=["EC2"]), "scans of EC2 have no price"),
        (resource("aws_codebuild_project.p", environment={"type": "X", "compute_type": "Y"}), "Y of X has no price"),
        (resource("aws_shield_protection.p"), "Shield Advanced has no price"),
    ],
)
def test_what_has_no_price_is_said(of: Any, reason: str) -> None:
    (found,) = gaps(of)
    assert reason in found
