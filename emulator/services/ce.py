"""AWS Cost Explorer: moto lacks anomaly monitors and subscriptions, and cost-allocation tags."""

from __future__ import annotations

import uuid
from itertools import chain

from moto.core.resource_tagging import iter_taggable_backends
from moto.kms.models import kms_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.store import Kind, Scope, Shape
from emulator.tagging import tag_operations, to_map

MONITORS: Kind[Shape] = Kind(
    "anomaly monitor",
    missing="UnknownMonitorException",
    message="Monitor {key} not found",
    scope=Scope.ACCOUNT,
)
SUBSCRIPTIONS: Kind[Shape] = Kind(
    "anomaly subscription",
    missing="UnknownSubscriptionException",
    message="Subscription {key} not found",
    scope=Scope.ACCOUNT,
)

ALLOCATION_TAGS: Kind[str] = Kind("cost-allocation tag", missing="TagKeysNotFoundException", scope=Scope.ACCOUNT)
"""The status of each tag that was ever activated."""

_CHANNELS = {"IMMEDIATE": "SNS", "DAILY": "EMAIL", "WEEKLY": "EMAIL"}
_IMPACTS = ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "ANOMALY_TOTAL_IMPACT_PERCENTAGE")
_INVALID = "ValidationException"
_MOST_IMPACT = 10_000_000_000

tag_operations("ce", arn="ResourceArn", tags="ResourceTags", keys="ResourceTagKeys", shared_with_moto=True)


@operation("ce", "CreateAnomalyMonitor")
def create_monitor(params: Shape, context: Context) -> Shape:
    """Store the monitor; an account may have only one for each dimension.

    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2515
    """
    monitor = params["AnomalyMonitor"]
    dimension = monitor.get("MonitorDimension")
    if dimension and any(one.get("MonitorDimension") == dimension for one in context.table(MONITORS).values()):
        raise AwsError(code=_INVALID, message="Limit exceeded on dimensional spend monitor creation")
    arn = context.arn(f"anomalymonitor/{uuid.uuid4()}", region="")
    context.table(MONITORS)[arn] = {
        **monitor,
        "MonitorArn": arn,
        "CreationDate": f"{now().isoformat()}Z",
        "DimensionalValueCount": 0,
    }
    context.tags(arn).update(to_map(params.get("ResourceTags")))
    return {"MonitorArn": arn}


@operation("ce", "GetAnomalyMonitors")
def get_monitors(params: Shape, context: Context) -> Shape:
    """Return the named monitors, or all."""
    table = context.table(MONITORS)
    return {"AnomalyMonitors": [table.require(arn) for arn in params.get("MonitorArnList") or table]}


@operation("ce", "UpdateAnomalyMonitor")
def update_monitor(params: Shape, context: Context) -> Shape:
    """Rename."""
    context.table(MONITORS).require(params["MonitorArn"]).update(params)
    return {"MonitorArn": params["MonitorArn"]}


@operation("ce", "DeleteAnomalyMonitor")
def delete_monitor(params: Shape, context: Context) -> Shape:
    """Delete the monitor and its tags."""
    context.table(MONITORS).remove(params["MonitorArn"])
    context.store.forget_tags(params["MonitorArn"])
    return {}


@operation("ce", "CreateAnomalySubscription")
def create_subscription(params: Shape, context: Context) -> Shape:
    """Store a subscription to existing monitors."""
    subscription = params["AnomalySubscription"]
    _check_subscription(subscription)
    for monitor in subscription["MonitorArnList"]:
        context.table(MONITORS).require(monitor)
    arn = context.arn(f"anomalysubscription/{uuid.uuid4()}", region="")
    context.table(SUBSCRIPTIONS)[arn] = {
        **subscription,
        "SubscriptionArn": arn,
        "AccountId": context.account,
    }
    context.tags(arn).update(to_map(params.get("ResourceTags")))
    return {"SubscriptionArn": arn}


@operation("ce", "GetAnomalySubscriptions")
def get_subscriptions(params: Shape, context: Context) -> Shape:
    """Return the named subscriptions, or all."""
    table = context.table(SUBSCRIPTIONS)
    wanted = params.get("SubscriptionArnList") or table
    return {"AnomalySubscriptions": [table.require(arn) for arn in wanted]}


@operation("ce", "UpdateAnomalySubscription")
def update_subscription(params: Shape, context: Context) -> Shape:
    """Change the given members."""
    held = context.table(SUBSCRIPTIONS).require(params["SubscriptionArn"])
    _check_subscription({**held, **params})
    held.update(params)
    return {"SubscriptionArn": params["SubscriptionArn"]}


@operation("ce", "DeleteAnomalySubscription")
def delete_subscription(params: Shape, context: Context) -> Shape:
    """Delete the subscription and its tags."""
    context.table(SUBSCRIPTIONS).remove(params["SubscriptionArn"])
    context.store.forget_tags(params["SubscriptionArn"])
    return {}


@operation("ce", "ListCostAllocationTags")
def list_allocation_tags(params: Shape, context: Context) -> Shape:
    """Return the tags that resources of the account have, with their status; AWS finds them within a day."""
    active = context.table(ALLOCATION_TAGS)
    known = _seen(context) | set(active)
    wanted = params.get("TagKeys") or sorted(known)
    tags = [
        {"TagKey": key, "Type": "UserDefined", "Status": active.get(key, "Inactive")} for key in wanted if key in known
    ]
    return {"CostAllocationTags": [tag for tag in tags if params.get("Status") in (None, tag["Status"])]}


@operation("ce", "UpdateCostAllocationTagsStatus")
def update_allocation_tags(params: Shape, context: Context) -> Shape:
    """Change the status of tags; one that no resource has is an error of its own, and the others are changed.

    https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_UpdateCostAllocationTagsStatus.html
    """
    held = context.table(ALLOCATION_TAGS)
    known = _seen(context) | set(held)
    errors = []
    for entry in params["CostAllocationTagsStatus"]:
        key = entry["TagKey"]
        if key in known:
            held[key] = entry["Status"]
        else:
            errors.append({"TagKey": key, "Code": ALLOCATION_TAGS.missing, "Message": "Tag keys not found"})
    return {"Errors": errors}


def _seen(context: Context) -> set[str]:
    """The keys of tags on resources of the account, in the caller's region and in those with a KMS key."""
    regions = {context.region, *kms_backends[context.account]}
    return {
        key
        for region in regions
        for backend in iter_taggable_backends(context.account, region)
        for resource in backend.iter_tagged_resources()
        for key in resource.tags
    }


def _check_subscription(subscription: Shape) -> None:
    """Refuse a frequency that does not fit the subscribers, and a threshold that is missing or malformed.

    https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalySubscription.html has the rules; the
    messages are not AWS's.
    """
    channel = _CHANNELS[subscription["Frequency"]]
    if any(subscriber["Type"] != channel for subscriber in subscription["Subscribers"]):
        message = f"The frequency {subscription['Frequency']} needs subscribers of the type {channel}"
        raise AwsError(code=_INVALID, message=message)
    if ("Threshold" in subscription) == ("ThresholdExpression" in subscription):
        message = "One of Threshold or ThresholdExpression is required, and not both"
        raise AwsError(code=_INVALID, message=message)
    if "ThresholdExpression" in subscription:
        _check_expression(subscription["ThresholdExpression"])


def _check_expression(expression: Shape) -> None:
    nested = [*chain(expression.get("And") or (), expression.get("Or") or ())]
    for one in nested:
        _check_expression(one)
    if nested:
        return
    dimension = expression.get("Dimensions") or {}
    values = dimension.get("Values") or ()
    if (
        dimension.get("Key") not in _IMPACTS
        or dimension.get("MatchOptions") != ["GREATER_THAN_OR_EQUAL"]
        or not values
        or not all(_is_impact(value) for value in values)
    ):
        raise AwsError(code=_INVALID, message="ThresholdExpression is not valid")


def _is_impact(value: str) -> bool:
    try:
        return 0 <= float(value) <= _MOST_IMPACT
    except ValueError:
        return False
