"""GuardDuty is on, and each feature is on or off as in the settings."""

from __future__ import annotations

from typing import get_args

from config.security import ThreatDetectionFeature, ThreatDetectionSettings
from modules.security.threat_detection import FEATURES, ThreatDetection
from tests.template import Template, new_stack


def test_each_feature_is_set_also_those_that_are_off() -> None:
    stack = new_stack()
    ThreatDetection(stack, "threats", config=ThreatDetectionSettings(features=("S3_DATA_EVENTS",)))
    template = Template.of(stack)
    states = {f["name"]: f["status"] for f in template.all("aws_guardduty_detector_feature").values()}
    assert states == {name: "ENABLED" if name == "S3_DATA_EVENTS" else "DISABLED" for name in FEATURES}


def test_findings_are_published_within_15_minutes() -> None:
    stack = new_stack()
    ThreatDetection(stack, "threats", config=ThreatDetectionSettings(features=()))
    detector = Template.of(stack).named("aws_guardduty_detector.threats")
    assert detector["enable"] is True
    assert detector["finding_publishing_frequency"] == "FIFTEEN_MINUTES"


def test_runtime_monitoring_and_its_agents_are_off() -> None:
    stack = new_stack()
    ThreatDetection(stack, "threats", config=ThreatDetectionSettings(features=get_args(ThreatDetectionFeature)))
    runtime = Template.of(stack).only("aws_guardduty_detector_feature", name="RUNTIME_MONITORING")
    assert runtime["status"] == "DISABLED"
    assert {agent["status"] for agent in runtime["additional_configuration"]} == {"DISABLED"}
    assert runtime["lifecycle"]["ignore_changes"] == ["additional_configuration"]
