"""AWS CodeStar Notifications: moto has no backend for it."""

from __future__ import annotations

import uuid

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.store import Kind, Shape
from emulator.tagging import tag_operations

SERVICE = "codestar-notifications"
RULES: Kind[Shape] = Kind(
    "notification rule", missing="ResourceNotFoundException", message="Notification rule {key} not found"
)

tag_operations(SERVICE, arn="Arn", style="map")


@operation(SERVICE, "CreateNotificationRule")
def create_rule(params: Shape, context: Context) -> Shape:
    """Store the rule under its ARN."""
    if any(rule["Name"] == params["Name"] for rule in context.table(RULES).values()):
        raise AwsError(
            code="ResourceAlreadyExistsException",
            message=f"A notification rule with the name {params['Name']} already exists.",
        )
    arn = context.arn(f"notificationrule/{uuid.uuid4().hex}")
    context.table(RULES)[arn] = {
        "Status": "ENABLED",
        **params,
        "Arn": arn,
        "CreatedTimestamp": now(),
        "LastModifiedTimestamp": now(),
    }
    context.tags(arn).update(params.get("Tags") or {})
    return {"Arn": arn}


@operation(SERVICE, "DescribeNotificationRule")
def describe_rule(params: Shape, context: Context) -> Shape:
    """Return the rule in the format of a response, which differs from the request's."""
    rule = context.table(RULES).require(params["Arn"])
    same = (
        "Arn",
        "Name",
        "Resource",
        "DetailType",
        "Status",
        "CreatedTimestamp",
        "LastModifiedTimestamp",
    )
    return {
        **{key: rule.get(key) for key in same},
        "EventTypes": [{"EventTypeId": event} for event in rule.get("EventTypeIds", [])],
        "Targets": [{**target, "TargetStatus": "ACTIVE"} for target in rule.get("Targets", [])],
        "Tags": dict(context.tags(params["Arn"])),
    }


@operation(SERVICE, "UpdateNotificationRule")
def update_rule(params: Shape, context: Context) -> Shape:
    """Change the given members."""
    context.table(RULES).require(params["Arn"]).update(params, LastModifiedTimestamp=now())
    return {}


@operation(SERVICE, "DeleteNotificationRule")
def delete_rule(params: Shape, context: Context) -> Shape:
    """Delete the rule; AWS accepts an unknown one."""
    context.table(RULES).pop(params["Arn"], None)
    context.store.forget_tags(params["Arn"])
    return {"Arn": params["Arn"]}


@operation(SERVICE, "DeleteTarget")
def delete_target(_: Shape, __: Context) -> Shape:
    """Accept the call: targets are stored in their rules."""
    return {}
