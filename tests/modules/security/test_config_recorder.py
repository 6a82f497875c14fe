"""Config records everything, and is created in the only order that AWS accepts."""

from __future__ import annotations

import pytest

from config.security import ConfigRecorderSettings
from modules.bucket import Bucket, BucketConfig
from modules.key import Key
from modules.security.config_recorder import ConfigRecorder
from tests.template import LABEL, Template, new_stack, statements


def template(*, create_service_role: bool = True) -> Template:
    stack = new_stack()
    logs_config = BucketConfig(noncurrent_version_days=30, protect=False)
    logs = Bucket(stack, "logs", config=logs_config, label=LABEL, name="logs-1", key=None, access_logs=None)
    ConfigRecorder(
        stack,
        "config",
        config=ConfigRecorderSettings(frequency="DAILY", retention_days=400, create_service_role=create_service_role),
        label=LABEL,
        key=Key(stack, "key", label=LABEL, name="audit", description="Audit", protect=True),
        access_logs=logs,
        protect=True,
    )
    return Template.of(stack)


@pytest.fixture(scope="module")
def plain() -> Template:
    return template()


def test_it_records_every_type_the_global_ones_included(plain: Template) -> None:
    recorder = plain.named("aws_config_configuration_recorder.config")
    assert recorder["recording_group"] == {"all_supported": True, "include_global_resource_types": True}
    assert recorder["recording_mode"] == {"recording_frequency": "DAILY"}


def test_recorder_channel_and_status_are_created_in_this_order(plain: Template) -> None:
    channel = plain.named("aws_config_delivery_channel.config_delivery")
    assert channel["depends_on"][0] == "aws_config_configuration_recorder.config"
    assert channel["depends_on"][1].startswith("aws_s3_bucket_policy.config_bucket_policy")
    (after,) = plain.named("aws_config_configuration_recorder_status.config_on")["depends_on"]
    assert after.startswith("aws_config_delivery_channel.config_delivery")


def test_config_writes_for_this_account_only(plain: Template) -> None:
    policy = statements(plain.named("aws_s3_bucket_policy.config_bucket_policy")["policy"])
    allowed = [s for s in policy if s["Effect"] == "Allow"]
    assert [s["Principal"] for s in allowed] == [{"Service": "config.amazonaws.com"}] * 2
    assert all(s["Condition"]["StringEquals"]["aws:SourceAccount"] == LABEL.account_id for s in allowed)
    assert allowed[1]["Resource"].endswith("/AWSLogs/444444444444/Config/*")


def test_its_bucket_is_encrypted_with_the_key_and_has_no_object_lock(plain: Template) -> None:
    assert plain.named("aws_config_delivery_channel.config_delivery")["s3_kms_key_arn"] == "${aws_kms_key.key.arn}"
    assert plain.all("aws_s3_bucket_object_lock_configuration") == {}


def test_it_uses_the_service_linked_role(plain: Template) -> None:
    assert plain.only("aws_iam_service_linked_role")["aws_service_name"] == "config.amazonaws.com"
    role = plain.named("aws_config_configuration_recorder.config")["role_arn"]
    assert role.startswith("${aws_iam_service_linked_role.config_service-role")


def test_an_existing_service_linked_role_is_used_by_its_name() -> None:
    there = template(create_service_role=False)
    assert there.all("aws_iam_service_linked_role") == {}
    assert there.named("aws_config_configuration_recorder.config")["role_arn"] == (
        "arn:aws:iam::444444444444:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    )


def test_a_role_that_was_created_is_forgotten_and_not_deleted_when_the_setting_changes(plain: Template) -> None:
    (created,) = plain.all("aws_iam_service_linked_role")
    assert "removed" not in plain.document
    there = template(create_service_role=False)
    assert there.document["removed"] == [
        {"from": f"aws_iam_service_linked_role.{created}", "lifecycle": {"destroy": False}}
    ]
