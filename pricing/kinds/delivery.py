"""CodePipeline and CodeBuild."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pricing.charge import Charge, Gap, Item, Site, prices
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.resource import Billable

_COMPUTE: Final = {
    ("LINUX_CONTAINER", "BUILD_GENERAL1_SMALL"): "build_small",
    ("LINUX_CONTAINER", "BUILD_GENERAL1_MEDIUM"): "build_medium",
    ("LINUX_CONTAINER", "BUILD_GENERAL1_LARGE"): "build_large",
    ("ARM_CONTAINER", "BUILD_GENERAL1_SMALL"): "build_arm_small",
    ("ARM_CONTAINER", "BUILD_GENERAL1_LARGE"): "build_arm_large",
}


@prices("aws_codebuild_project")
def project(resource: Billable, site: Site) -> Iterator[Item]:
    """The minutes of its builds."""
    environment = resource.block("environment")
    kind, size = str(environment.get("type")), str(environment.get("compute_type"))
    if (kind, size) not in _COMPUTE:
        yield Gap(component="CodeBuild", reason=f"{size} of {kind} has no price")
        return
    minutes = site.usage.builds * site.usage.build_minutes
    yield Charge(component="CodeBuild", price=_COMPUTE[kind, size], quantity=minutes, is_usage=True)


@prices("aws_codepipeline")
def pipeline(resource: Billable, site: Site) -> Iterator[Item]:
    """V2: the minutes of its actions, but not of approvals; V1: the pipeline."""
    if resource.text("pipeline_type") != "V2":
        yield Charge(component="CodePipeline", price="pipeline_v1", quantity=1)
        return
    actions = [
        action
        for stage in resource.blocks("stage")
        for action in blocks(stage.get("action"))
        if action.get("category") != "Approval" and action.get("owner") != "Custom"
    ]
    minutes = site.usage.builds * len(actions) * site.usage.build_minutes
    yield Charge(component="CodePipeline", price="pipeline_minute", quantity=minutes, is_usage=True)
