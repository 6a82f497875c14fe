"""Threat detection: GuardDuty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from cdktf_cdktf_provider_aws.guardduty_detector import GuarddutyDetector
from cdktf_cdktf_provider_aws.guardduty_detector_feature import GuarddutyDetectorFeature
from constructs import Construct

from config.security import ThreatDetectionFeature

if TYPE_CHECKING:
    from config.security import ThreatDetectionSettings

FEATURES: Final[tuple[str, ...]] = get_args(ThreatDetectionFeature)


class ThreatDetection(Construct):
    """GuardDuty in this region; it sends an event for a changed finding within 15 minutes."""

    def __init__(self, scope: Construct, id_: str, *, config: ThreatDetectionSettings) -> None:
        super().__init__(scope, id_)
        detector = GuarddutyDetector(self, "Default", enable=True, finding_publishing_frequency="FIFTEEN_MINUTES")
        for name in FEATURES:
            # Also those that are off: a new detector has some of them on.
            GuarddutyDetectorFeature(
                self,
                name.lower().replace("_", "-"),
                detector_id=detector.id,
                name=name,
                status="ENABLED" if name in config.features else "DISABLED",
            )
