"""AWS X-Ray: moto lacks groups, sampling rules, encryption and tags."""

from __future__ import annotations

import uuid

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.store import Kind, Shape
from emulator.tagging import tag_operations, to_map

RULES: Kind[Shape] = Kind(
    "sampling rule", missing="InvalidRequestException", message="Sampling rule {key} does not exist."
)
GROUPS: Kind[Shape] = Kind("xray group", missing="InvalidRequestException", message="Group not found")
ENCRYPTION: Kind[Shape] = Kind("xray encryption", missing="InvalidRequestException")

_MOST = 25
"""Sampling rules, and groups, in an account and region: https://docs.aws.amazon.com/general/latest/gr/xray.html"""

tag_operations("xray", arn="ResourceARN")


@operation("xray", "CreateSamplingRule")
def create_sampling_rule(params: Shape, context: Context) -> Shape:
    """Store the rule under its name."""
    name = params["SamplingRule"]["RuleName"]
    if name in context.table(RULES):
        raise AwsError(code="InvalidRequestException", message=f"Sampling rule already exists: {name}")
    _refuse_more(context.table(RULES), "sampling rules")
    rule = {"Attributes": {}, **params["SamplingRule"], "RuleARN": context.arn(f"sampling-rule/{name}")}
    record = {"SamplingRule": rule, "CreatedAt": now(), "ModifiedAt": now()}
    context.table(RULES)[name] = record
    context.tags(rule["RuleARN"]).update(to_map(params.get("Tags")))
    return {"SamplingRuleRecord": record}


@operation("xray", "GetSamplingRules")
def get_sampling_rules(_: Shape, context: Context) -> Shape:
    """List the rules."""
    return {"SamplingRuleRecords": list(context.table(RULES).values())}


@operation("xray", "UpdateSamplingRule")
def update_sampling_rule(params: Shape, context: Context) -> Shape:
    """Change the given members."""
    update = params["SamplingRuleUpdate"]
    record = context.table(RULES).require(update["RuleName"])
    record["SamplingRule"].update(update)
    record["ModifiedAt"] = now()
    return {"SamplingRuleRecord": record}


@operation("xray", "DeleteSamplingRule")
def delete_sampling_rule(params: Shape, context: Context) -> Shape:
    """Delete the rule and its tags."""
    record = context.table(RULES).remove(params["RuleName"])
    context.store.forget_tags(record["SamplingRule"]["RuleARN"])
    return {"SamplingRuleRecord": record}


@operation("xray", "CreateGroup")
def create_group(params: Shape, context: Context) -> Shape:
    """Store the group under its ARN."""
    name = params["GroupName"]
    if any(group["GroupName"] == name for group in context.table(GROUPS).values()):
        raise AwsError(code="InvalidRequestException", message=f"Group already exists: {name}")
    if name == "Default":
        raise AwsError(code="InvalidRequestException", message="Default is a reserved group name")
    _refuse_more(context.table(GROUPS), "groups")
    arn = context.arn(f"group/{name}/{uuid.uuid4().hex[:26].upper()}")
    group = {
        "GroupName": name,
        "GroupARN": arn,
        "FilterExpression": params.get("FilterExpression"),
        "InsightsConfiguration": {
            "InsightsEnabled": False,
            "NotificationsEnabled": False,
            **(params.get("InsightsConfiguration") or {}),
        },
    }
    context.table(GROUPS)[arn] = group
    context.tags(arn).update(to_map(params.get("Tags")))
    return {"Group": group}


@operation("xray", "GetGroup")
def get_group(params: Shape, context: Context) -> Shape:
    """Find a group by ARN or by name."""
    return {"Group": _find_group(params, context)}


@operation("xray", "GetGroups")
def list_groups(_: Shape, context: Context) -> Shape:
    """List the groups, without AWS's own."""
    return {"Groups": list(context.table(GROUPS).values())}


@operation("xray", "UpdateGroup")
def update_group(params: Shape, context: Context) -> Shape:
    """Change filter or insights."""
    group = _find_group(params, context)
    group.update({key: params[key] for key in ("FilterExpression", "InsightsConfiguration") if key in params})
    return {"Group": group}


@operation("xray", "DeleteGroup")
def delete_group(params: Shape, context: Context) -> Shape:
    """Delete the group and its tags."""
    arn = _find_group(params, context)["GroupARN"]
    context.table(GROUPS).remove(arn)
    context.store.forget_tags(arn)
    return {}


@operation("xray", "PutEncryptionConfig")
def put_encryption_config(params: Shape, context: Context) -> Shape:
    """Store the setting of the region."""
    config = {"KeyId": params.get("KeyId"), "Status": "ACTIVE", "Type": params["Type"]}
    context.table(ENCRYPTION)["config"] = config
    return {"EncryptionConfig": config}


@operation("xray", "GetEncryptionConfig")
def get_encryption_config(_: Shape, context: Context) -> Shape:
    """Return the setting, which AWS has by default."""
    default = {"Status": "ACTIVE", "Type": "NONE"}
    return {"EncryptionConfig": context.table(ENCRYPTION).get("config", default)}


def _refuse_more(held: Shape, what: str) -> None:
    if len(held) >= _MOST:
        raise AwsError(code="RuleLimitExceededException", message=f"You have reached the maximum of {_MOST} {what}.")


def _find_group(params: Shape, context: Context) -> Shape:
    for group in context.table(GROUPS).values():
        if group["GroupARN"] == params.get("GroupARN") or group["GroupName"] == params.get("GroupName"):
            return group
    raise AwsError(code="InvalidRequestException", message="Group not found")
