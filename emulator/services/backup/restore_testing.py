"""Restore testing plans and their selections, which moto lacks."""

from __future__ import annotations

import uuid

from moto.backup.models import backup_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.store import Kind, Shape

PLANS: Kind[Shape] = Kind(
    "restore testing plan",
    missing="ResourceNotFoundException",
    message="Restore testing plan {key} not found",
)
SELECTIONS: Kind[Shape] = Kind(
    "restore testing selection",
    missing="ResourceNotFoundException",
    message="Restore testing selection {key} not found",
)

_PLAN_DEFAULTS = {"ScheduleExpressionTimezone": "Etc/UTC", "StartWindowHours": 24}
_SELECTION_WINDOW_DAYS = 30


@operation("backup", "CreateRestoreTestingPlan")
def create_plan(params: Shape, context: Context) -> Shape:
    """Store a restore testing plan with AWS's defaults."""
    plan = params["RestoreTestingPlan"]
    name = plan["RestoreTestingPlanName"]
    if name in context.table(PLANS):
        raise AwsError(code="AlreadyExistsException", message=f"Restore testing plan {name} already exists")
    arn = context.arn(f"restore-testing-plan:{name}-{uuid.uuid4()}")
    points = {
        "SelectionWindowDays": _SELECTION_WINDOW_DAYS,
        "ExcludeVaults": [],
        **plan["RecoveryPointSelection"],
    }
    context.table(PLANS)[name] = {
        **_PLAN_DEFAULTS,
        **plan,
        "RecoveryPointSelection": points,
        "RestoreTestingPlanArn": arn,
        "CreationTime": now(),
        "LastUpdateTime": now(),
    }
    context.backend(backup_backends).tag_resource(arn, params.get("Tags") or {})
    return context.table(PLANS)[name]


@operation("backup", "GetRestoreTestingPlan")
def get_plan(params: Shape, context: Context) -> Shape:
    """Return one plan."""
    return {"RestoreTestingPlan": context.table(PLANS).require(params["RestoreTestingPlanName"])}


@operation("backup", "UpdateRestoreTestingPlan")
def update_plan(params: Shape, context: Context) -> Shape:
    """Change the given members; the selection of recovery points is merged."""
    plan = context.table(PLANS).require(params["RestoreTestingPlanName"])
    changes = dict(params["RestoreTestingPlan"])
    points = {**plan["RecoveryPointSelection"], **changes.pop("RecoveryPointSelection", {})}
    plan.update(changes, RecoveryPointSelection=points, LastUpdateTime=now())
    return {**plan, "UpdateTime": now()}


@operation("backup", "DeleteRestoreTestingPlan")
def delete_plan(params: Shape, context: Context) -> Shape:
    """Delete a plan that has no selections."""
    name = params["RestoreTestingPlanName"]
    if any(one["RestoreTestingPlanName"] == name for one in context.table(SELECTIONS).values()):
        raise AwsError(
            code="InvalidRequestException",
            message="Restore testing selections must be deleted prior to restore testing plan deletion",
        )
    context.table(PLANS).remove(name)
    return {}


@operation("backup", "CreateRestoreTestingSelection")
def create_selection(params: Shape, context: Context) -> Shape:
    """Store which recovery points a plan restores."""
    plan = context.table(PLANS).require(params["RestoreTestingPlanName"])
    selection = params["RestoreTestingSelection"]
    record = {
        "ValidationWindowHours": 0,
        "RestoreMetadataOverrides": {},
        **selection,
        "RestoreTestingPlanName": plan["RestoreTestingPlanName"],
        "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"],
        "CreationTime": now(),
    }
    context.table(SELECTIONS)[_key(record)] = record
    return record


@operation("backup", "GetRestoreTestingSelection")
def get_selection(params: Shape, context: Context) -> Shape:
    """Return one selection."""
    return {"RestoreTestingSelection": context.table(SELECTIONS).require(_key(params))}


@operation("backup", "UpdateRestoreTestingSelection")
def update_selection(params: Shape, context: Context) -> Shape:
    """Change the given members."""
    selection = context.table(SELECTIONS).require(_key(params))
    selection.update(params["RestoreTestingSelection"])
    return {**selection, "UpdateTime": now()}


@operation("backup", "DeleteRestoreTestingSelection")
def delete_selection(params: Shape, context: Context) -> Shape:
    """Delete a selection."""
    context.table(SELECTIONS).remove(_key(params))
    return {}


def _key(names: Shape) -> str:
    return f"{names['RestoreTestingPlanName']}/{names['RestoreTestingSelectionName']}"
