"""Amazon GuardDuty: moto has a detector's tags but no tag operations, and drops features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.guardduty.models import Detector, guardduty_backends

from emulator.errors import AwsError
from emulator.registry import FORWARD, Context, Forward, guard, operation, patch

if TYPE_CHECKING:
    from emulator.store import Shape

_ON_BY_DEFAULT = (
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "S3_DATA_EVENTS",
)
_AGENTS = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")


@operation("guardduty", "TagResource")
def tag(params: Shape, context: Context) -> Shape | Forward:
    """Add tags to a detector."""
    if _is_deeper(params):
        return FORWARD
    _detector(params, context).tags.update(params["Tags"])
    return {}


@operation("guardduty", "UntagResource")
def untag(params: Shape, context: Context) -> Shape | Forward:
    """Remove tags from a detector."""
    if _is_deeper(params):
        return FORWARD
    tags = _detector(params, context).tags
    for key in params["TagKeys"]:
        tags.pop(key, None)
    return {}


@operation("guardduty", "ListTagsForResource")
def list_tags(params: Shape, context: Context) -> Shape | Forward:
    """List a detector's tags."""
    if _is_deeper(params):
        return FORWARD
    return {"Tags": _detector(params, context).tags}


@guard("guardduty", "CreateDetector")
def refuse_second_detector(_: Shape, context: Context) -> None:
    """Refuse a second detector in an account and region; moto creates it.

    https://github.com/hashicorp/terraform-provider-aws/issues/11780
    """
    if context.backend(guardduty_backends).detectors:
        message = "The request is rejected because a detector already exists for the current account."
        raise AwsError(code="BadRequestException", message=message)


@patch(Detector, "__init__")
def switch_features_on(original: Any, detector: Any, *args: Any, **kwargs: Any) -> None:
    """Give a new detector the features that AWS gives it: all that the call does not name, but no runtime monitoring.

    https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html
    """
    original(detector, *args, **kwargs)
    named = {feature["name"] for feature in detector.features}
    detector.features = [*detector.features, *(one for one in _new_features() if one["name"] not in named)]


@patch(Detector, "update")
def merge_features(original: Any, detector: Any, *settings: Any) -> None:
    """Change the named features and keep the others, as AWS does; moto drops them."""
    *others, features = settings
    if features is not None:
        named = {feature["name"] for feature in features}
        features = [_in_own_order(feature) for feature in features]
        features = [*(feature for feature in detector.features if feature["name"] not in named), *features]
    original(detector, *others, features)


def _in_own_order(feature: dict[str, Any]) -> dict[str, Any]:
    """Return a feature whose parts are not in the order of the request: AWS has an order of its own.

    https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/guardduty/detector_feature.go
    """
    parts = feature.get("additionalConfiguration")
    if not parts:
        return feature
    return {**feature, "additionalConfiguration": sorted(parts, key=lambda part: str(part["name"]))}


def _new_features() -> list[dict[str, Any]]:
    agents = [{"name": name, "status": "DISABLED"} for name in _AGENTS]
    runtime = {"name": "RUNTIME_MONITORING", "status": "DISABLED", "additionalConfiguration": agents}
    return [*({"name": name, "status": "ENABLED"} for name in _ON_BY_DEFAULT), runtime]


def _is_deeper(params: Shape) -> bool:
    """Return whether the ARN is of a detector's filter or set, whose tags moto stores."""
    return str(params["ResourceArn"]).count("/") > 1


def _detector(params: Shape, context: Context) -> Any:
    detectors = context.backend(guardduty_backends).detectors
    identifier = params["ResourceArn"].partition("/")[2]
    if identifier not in detectors:
        message = "The request is rejected because the input detectorId is not owned by the current account."
        raise AwsError(code="BadRequestException", message=message)
    return detectors[identifier]
