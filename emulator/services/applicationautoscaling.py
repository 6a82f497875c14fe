"""Application Auto Scaling: moto stores targets and policies but no tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.applicationautoscaling.models import applicationautoscaling_backends

from emulator.registry import Context, after
from emulator.tagging import tag_operations

if TYPE_CHECKING:
    from emulator.store import Shape

tag_operations("application-autoscaling", arn="ResourceARN", style="map")


@after("application-autoscaling", "RegisterScalableTarget")
def keep_target_tags(params: Shape, context: Context) -> None:
    """Store the tags of a new target, which moto drops."""
    targets = context.backend(applicationautoscaling_backends).targets
    target = targets[params["ScalableDimension"]][params["ResourceId"]]
    context.tags(target.arn).update(params.get("Tags") or {})
