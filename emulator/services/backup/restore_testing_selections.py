"""Selections of restore testing plans: which protected resources a plan restores, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.services.backup import listing
from emulator.services.backup.restore_testing import PLANS, SELECTIONS, selections_of

if TYPE_CHECKING:
    from emulator.store import Shape

_LISTED = (
    "CreationTime",
    "IamRoleArn",
    "ProtectedResourceType",
    "RestoreTestingPlanName",
    "RestoreTestingSelectionName",
    "ValidationWindowHours",
)


@operation("backup", "CreateRestoreTestingSelection")
def create_selection(params: Shape, context: Context) -> Shape:
    """Store which recovery points a plan restores."""
    plan = context.table(PLANS).require(params["RestoreTestingPlanName"])
    record = {
        "ValidationWindowHours": 0,
        "RestoreMetadataOverrides": {},
        **params["RestoreTestingSelection"],
        "RestoreTestingPlanName": plan["RestoreTestingPlanName"],
        "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"],
        "CreationTime": now(),
    }
    if _key(record) in context.table(SELECTIONS):
        message = f"Restore testing selection {record['RestoreTestingSelectionName']} already exists"
        raise AwsError(code="AlreadyExistsException", message=message)
    context.table(SELECTIONS)[_key(record)] = record
    return record


@operation("backup", "GetRestoreTestingSelection")
def get_selection(params: Shape, context: Context) -> Shape:
    """Return one selection."""
    return {"RestoreTestingSelection": context.table(SELECTIONS).require(_key(params))}


@operation("backup", "ListRestoreTestingSelections")
def list_selections(params: Shape, context: Context) -> Shape:
    """List the selections of a plan."""
    plan = context.table(PLANS).require(params["RestoreTestingPlanName"])
    listed = [
        {name: one[name] for name in _LISTED if name in one}
        for one in selections_of(plan["RestoreTestingPlanName"], context)
    ]
    return listing.page("RestoreTestingSelections", listed, params)


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
