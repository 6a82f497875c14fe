"""What is replaced takes along what depends on it, and does not clash with its old one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.replacement import NAMELESS, REPLACING, created_first, fixed_name, replacing
from compliance.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource

# How the name depends on the arguments cannot be read here: a test compares two states of a stack instead.
_COMPARED: Final = frozenset({"aws_lb", "aws_lb_target_group"})
_DOTS_OF_AN_ATTRIBUTE: Final = 2
"""`type.name.attribute`; a whole resource has one."""
_SEPARATOR: Final = re.compile(r"[^a-z0-9]+")


@rule
def replacement_has_another_name(stack: Stack) -> Iterator[Finding]:
    """The name of what is created before its old one is destroyed depends on all that forces the replacement."""
    first = created_first(stack)
    for resource in stack.all():
        name = fixed_name(resource)
        if name is None or resource.address not in first or resource.kind in NAMELESS:
            continue
        if resource.kind not in REPLACING:
            yield Finding.about(
                resource,
                f"is created before its old one is destroyed; add {resource.kind} to compliance/replacement.py",
            )
        elif resource.kind not in _COMPARED:
            for argument, value in replacing(resource).items():
                # Whatever a reference means is new together with what refers to it.
                if "${" not in str(value) and _SEPARATOR.sub("-", str(value).lower()) not in name.lower():
                    yield Finding.about(
                        resource,
                        f"a change of {argument} creates a second one with the same name, which AWS refuses; "
                        f"put it in the name, use name_prefix, or add {argument} to ignore_changes",
                    )


@rule
def trigger_of_a_replacement_is_an_attribute(stack: Stack) -> Iterator[Finding]:
    """A resource is replaced with an attribute of another one: without one each update of the other would do it.

    https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#replace_triggered_by
    """
    for resource in stack.all():
        for trigger in _triggers(resource):
            if trigger.count(".") < _DOTS_OF_AN_ATTRIBUTE:
                yield Finding.about(
                    resource, f"{trigger} in replace_triggered_by is a whole resource; name its attribute, mostly id"
                )


@rule
def codedeploy_service_is_replaced_with_its_traffic(stack: Stack) -> Iterator[Finding]:
    """A service that CodeDeploy deploys is replaced with its target groups and the rules that forward to them.

    CodeDeploy sets the actions, so Terraform ignores their changes. A new rule forwards to the first group, also while
    the tasks are in the second one, and every request would get a 503 until the next deployment fails.
    """
    for service in stack.all("aws_ecs_service"):
        if service.block("deployment_controller").get("type") != "CODE_DEPLOY":
            continue
        groups = [
            group for group in stack.all("aws_lb_target_group") if group.is_referred_to_by(service.get("load_balancer"))
        ]
        rules = [
            forward
            for forward in stack.all("aws_lb_listener_rule")
            if any(group.is_referred_to_by(forward.get("action")) for group in groups)
        ]
        needed = {f"{resource.address}.id" for resource in (*groups, *rules)}
        # Only the rules refer to the target group of the other color.
        needed.update(trigger for forward in rules for trigger in _triggers(forward))
        for missing in sorted(needed - set(_triggers(service))):
            yield Finding.about(service, f"{missing} is not in its replace_triggered_by")


def _triggers(resource: Resource) -> list[str]:
    return list(resource.block("lifecycle").get("replace_triggered_by") or ())
