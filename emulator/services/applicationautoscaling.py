"""Application Auto Scaling: moto stores targets and policies, but no tags, and leaves the number of tasks as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.ecs.models import ecs_backends

from emulator.registry import Context, after
from emulator.tagging import tag_operations

if TYPE_CHECKING:
    from emulator.store import Shape

_SUSPENSIONS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")

tag_operations("application-autoscaling", arn="ResourceARN", style="map")


@after("application-autoscaling", "RegisterScalableTarget")
def keep_target_tags(params: Shape, context: Context) -> None:
    """Store the tags of a new target, which moto drops."""
    targets = context.backend(applicationautoscaling_backends).targets
    target = targets[params["ScalableDimension"]][params["ResourceId"]]
    context.tags(target.arn).update(params.get("Tags") or {})


@after("application-autoscaling", "RegisterScalableTarget")
def complete_suspension(params: Shape, context: Context) -> None:
    """Return all three parts of the suspension; those that were never set are off.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_SuspendedState.html
    """
    target = context.backend(applicationautoscaling_backends).targets[params["ScalableDimension"]][params["ResourceId"]]
    given = target.suspended_state or {}
    target.suspended_state = {name: bool(given.get(name)) for name in _SUSPENSIONS}


@after("application-autoscaling", "RegisterScalableTarget")
def move_into_bounds(params: Shape, context: Context) -> None:
    """Change the number of tasks of an ECS service to one between the bounds, also at an update.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
    """
    if params["ServiceNamespace"] != "ecs":
        return
    target = context.backend(applicationautoscaling_backends).targets[params["ScalableDimension"]][params["ResourceId"]]
    _, cluster, name = params["ResourceId"].split("/")
    backend = context.backend(ecs_backends)
    (service,), _ = backend.describe_services(cluster, [name])
    count = min(max(service.desired_count, target.min_capacity), target.max_capacity)
    if count != service.desired_count:
        backend.update_service({"cluster": cluster, "service": name, "desired_count": count})
