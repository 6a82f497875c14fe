"""Restore testing plans, which moto lacks.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
"""

from __future__ import annotations

import uuid

from moto.backup.models import backup_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.services.backup import listing
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
_LISTED = (
    "CreationTime",
    "LastExecutionTime",
    "LastUpdateTime",
    "RestoreTestingPlanArn",
    "RestoreTestingPlanName",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartWindowHours",
)


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


@operation("backup", "ListRestoreTestingPlans")
def list_plans(params: Shape, context: Context) -> Shape:
    """List all plans."""
    listed = [
        {name: plan[name] for name in _LISTED if plan.get(name) is not None} for plan in context.table(PLANS).values()
    ]
    return listing.page("RestoreTestingPlans", listed, params)


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
    """Delete a plan that has no selections; the API has no error for one that does not exist.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteRestoreTestingPlan.html
    """
    name = params["RestoreTestingPlanName"]
    if selections_of(name, context):
        raise AwsError(
            code="InvalidRequestException",
            message="Restore testing selections must be deleted prior to restore testing plan deletion",
        )
    context.table(PLANS).pop(name, None)
    return {}


def selections_of(plan: str, context: Context) -> list[Shape]:
    """Return the selections of a plan."""
    return [one for one in context.table(SELECTIONS).values() if one["RestoreTestingPlanName"] == plan]
