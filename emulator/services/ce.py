"""AWS Cost Explorer: moto lacks anomaly monitors and subscriptions; it has cost categories."""

from __future__ import annotations

import uuid

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

tag_operations("ce", arn="ResourceArn", tags="ResourceTags", keys="ResourceTagKeys", shared_with_moto=True)


@operation("ce", "CreateAnomalyMonitor")
def create_monitor(params: Shape, context: Context) -> Shape:
    """Store the monitor; an account may have only one for all services."""
    monitor = params["AnomalyMonitor"]
    dimensional = monitor["MonitorType"] == "DIMENSIONAL"
    held = context.table(MONITORS).values()
    if dimensional and any(one["MonitorType"] == "DIMENSIONAL" for one in held):
        raise AwsError(code="ValidationException", message="Limit exceeded on dimensional spend monitor creation")
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
    context.table(SUBSCRIPTIONS).require(params["SubscriptionArn"]).update(params)
    return {"SubscriptionArn": params["SubscriptionArn"]}


@operation("ce", "DeleteAnomalySubscription")
def delete_subscription(params: Shape, context: Context) -> Shape:
    """Delete the subscription and its tags."""
    context.table(SUBSCRIPTIONS).remove(params["SubscriptionArn"])
    context.store.forget_tags(params["SubscriptionArn"])
    return {}
