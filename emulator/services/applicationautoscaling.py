"""Application Auto Scaling: moto keeps targets and policies but no tags."""

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
    """Keep the tags that moto drops when a target is registered."""
    targets = context.backend(applicationautoscaling_backends).targets
    target = targets[params["ScalableDimension"]][params["ResourceId"]]
    context.tags(target.arn).update(params.get("Tags") or {})
