from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_detectors_tags_can_be_read_and_changed(client: Client) -> None:
    guardduty = client("guardduty")
    detector = guardduty.create_detector(Enable=True, Tags={"a": "1"})["DetectorId"]
    arn = f"arn:aws:guardduty:us-east-1:123456789012:detector/{detector}"
    guardduty.tag_resource(ResourceArn=arn, Tags={"b": "2"})
    guardduty.untag_resource(ResourceArn=arn, TagKeys=["a"])

    assert guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}
    with pytest.raises(ClientError, match="not owned by the current account"):
        guardduty.list_tags_for_resource(ResourceArn=arn.replace(detector, "none"))


def test_tags_of_what_a_detector_contains_are_not_the_detectors(client: Client) -> None:
    guardduty = client("guardduty", account="900000000086")
    detector = guardduty.create_detector(Enable=True, Tags={"a": "1"})["DetectorId"]
    arn = f"arn:aws:guardduty:us-east-1:900000000086:detector/{detector}"

    with pytest.raises(ClientError, match="EmulatorGap"):
        guardduty.list_tags_for_resource(ResourceArn=f"{arn}/filter/one")
    with pytest.raises(ClientError, match="EmulatorGap"):
        guardduty.tag_resource(ResourceArn=f"{arn}/filter/one", Tags={"b": "2"})
    with pytest.raises(ClientError, match="EmulatorGap"):
        guardduty.untag_resource(ResourceArn=f"{arn}/filter/one", TagKeys=["a"])
    assert guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"a": "1"}


def test_a_detector_keeps_the_features_that_an_update_does_not_name(client: Client) -> None:
    guardduty = client("guardduty", account="900000000088")
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    guardduty.update_detector(DetectorId=detector, Features=[{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}])
    guardduty.update_detector(DetectorId=detector, Features=[{"Name": "RDS_LOGIN_EVENTS", "Status": "ENABLED"}])
    guardduty.update_detector(DetectorId=detector, Features=[{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}])
    guardduty.update_detector(DetectorId=detector, Enable=True)

    features = {f["Name"]: f["Status"] for f in guardduty.get_detector(DetectorId=detector)["Features"]}
    assert (features["S3_DATA_EVENTS"], features["RDS_LOGIN_EVENTS"]) == ("DISABLED", "ENABLED")


def test_a_new_detector_has_every_feature_on_that_is_not_named_but_no_runtime_monitoring(client: Client) -> None:
    guardduty = client("guardduty", account="900000000303")
    named = [{"Name": "EKS_AUDIT_LOGS", "Status": "DISABLED"}]
    detector = guardduty.create_detector(Enable=True, Features=named)["DetectorId"]

    features = {f["Name"]: f for f in guardduty.get_detector(DetectorId=detector)["Features"]}
    assert {name for name, feature in features.items() if feature["Status"] == "DISABLED"} == {
        "EKS_AUDIT_LOGS",
        "RUNTIME_MONITORING",
    }
    agents = features["RUNTIME_MONITORING"]["AdditionalConfiguration"]
    assert {agent["Status"] for agent in agents} == {"DISABLED"}


def test_an_account_has_one_detector_in_a_region(client: Client) -> None:
    guardduty = client("guardduty", account="900000000307")
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    with pytest.raises(ClientError, match="a detector already exists for the current account"):
        guardduty.create_detector(Enable=True)
    client("guardduty", account="900000000307", region="eu-west-1").create_detector(Enable=True)
    guardduty.delete_detector(DetectorId=detector)
    guardduty.create_detector(Enable=True)


def test_the_parts_of_a_feature_are_not_returned_in_the_order_of_the_request(client: Client) -> None:
    guardduty = client("guardduty", account="900000000309")
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    sent = [{"Name": name, "Status": "ENABLED"} for name in ("ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")]
    runtime = {"Name": "RUNTIME_MONITORING", "Status": "ENABLED", "AdditionalConfiguration": sent}
    guardduty.update_detector(DetectorId=detector, Features=[runtime])

    features = {f["Name"]: f for f in guardduty.get_detector(DetectorId=detector)["Features"]}
    returned = features["RUNTIME_MONITORING"]["AdditionalConfiguration"]
    assert [part["Name"] for part in returned] == ["EC2_AGENT_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT"]
