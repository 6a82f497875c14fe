"""Amazon GuardDuty: moto has a detector's tags but no tag operations, and drops features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.guardduty.models import Detector, guardduty_backends

from emulator.errors import AwsError
from emulator.registry import FORWARD, Context, Forward, guard, operation, patch

if TYPE_CHECKING:
    from emulator.store import Shape


@guard("guardduty", "CreateDetector")
def refuse_second_detector(_: Shape, context: Context) -> None:
    """Refuse a second detector: an account has one in each region.

    https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html
    """
    if context.backend(guardduty_backends).detectors:
        raise AwsError(
            code="BadRequestException",
            message="The request is rejected because a detector already exists for the current account.",
        )


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


@patch(Detector, "update")
def merge_features(original: Any, detector: Any, *settings: Any) -> None:
    """Change the named features and keep the others, as AWS does; moto drops them."""
    *others, features = settings
    if features is not None:
        named = {feature["name"] for feature in features}
        features = [*(feature for feature in detector.features if feature["name"] not in named), *features]
    original(detector, *others, features)


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
