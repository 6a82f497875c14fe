"""Threat detection: GuardDuty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.guardduty_detector import GuarddutyDetector
from cdktf_cdktf_provider_aws.guardduty_detector_feature import (
    GuarddutyDetectorFeature,
    GuarddutyDetectorFeatureAdditionalConfiguration,
)
from constructs import Construct

from config.security import ThreatDetectionFeature

if TYPE_CHECKING:
    from config.security import ThreatDetectionSettings

FEATURES: Final[tuple[str, ...]] = (*get_args(ThreatDetectionFeature), "RUNTIME_MONITORING")
"""All that a detector has: a new one has every feature on that is not set, RUNTIME_MONITORING excepted.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html
"""
_AGENTS: Final = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")


class ThreatDetection(Construct):
    """GuardDuty in this region; it sends an event for a changed finding within 15 minutes.

    Runtime monitoring is always off: docs/security.md says what it needs.
    """

    def __init__(self, scope: Construct, id_: str, *, config: ThreatDetectionSettings) -> None:
        super().__init__(scope, id_)
        detector = GuarddutyDetector(self, "Default", enable=True, finding_publishing_frequency="FIFTEEN_MINUTES")
        for name in FEATURES:
            status = "ENABLED" if name in config.features else "DISABLED"
            agents = [
                GuarddutyDetectorFeatureAdditionalConfiguration(name=agent, status=status)
                for agent in (_AGENTS if name == "RUNTIME_MONITORING" else ())
            ]
            GuarddutyDetectorFeature(
                self,
                name.lower().replace("_", "-"),
                detector_id=detector.id,
                name=name,
                status=status,
                additional_configuration=agents or None,
                # AWS returns them in an order of its own, and this version of the provider compares lists: every plan
                # would replace the feature. Later versions compare sets:
                # https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/guardduty/detector_feature.go
                lifecycle=TerraformResourceLifecycle(ignore_changes=["additional_configuration"]) if agents else None,
            )
