"""Plans, selections and vaults: moto misreads tag paths, and accepts any vault."""

from __future__ import annotations

import uuid
from typing import Any

from moto.backup.models import Plan, backup_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.keys import key_exists
from emulator.registry import Context, after, guard, operation
from emulator.store import Kind, Shape

SELECTIONS: Kind[Shape] = Kind(
    "backup selection",
    missing="ResourceNotFoundException",
    message="Cannot find Backup plan selection with ID {key}",
)
POLICIES: Kind[str] = Kind(
    "vault policy",
    missing="ResourceNotFoundException",
    message="Cannot find access policy for Backup vault {key}",
)


@guard("backup", "CreateBackupPlan", "UpdateBackupPlan")
def refuse_unknown_vault(params: Shape, context: Context) -> None:
    """Refuse a plan whose rules write to a vault that does not exist."""
    for rule in params["BackupPlan"]["Rules"]:
        name = rule["TargetBackupVaultName"]
        if name not in context.backend(backup_backends).vaults:
            raise AwsError(
                code="InvalidParameterValueException",
                message=f"Error in rule {rule['RuleName']} : Backup vault {name} does not exist.",
            )


@guard("backup", "CreateBackupVault")
def refuse_unknown_key(params: Shape, context: Context) -> None:
    """Refuse a vault with an unknown KMS key."""
    key = params.get("EncryptionKeyArn")
    if key and not key_exists(key, context):
        raise AwsError(
            code="InvalidParameterValueException",
            message=f"The specified KMS key does not exist: {key}",
        )


@operation("backup", "ListTags")
def list_tags(params: Shape, context: Context) -> Shape:
    """List tags; moto expects a slash at the end of the path, which the Go SDK does not send."""
    return {"Tags": context.backend(backup_backends).list_tags(params["ResourceArn"])}


@operation("backup", "TagResource")
def tag(params: Shape, context: Context) -> Shape:
    """Add tags; see list_tags for why."""
    context.backend(backup_backends).tag_resource(params["ResourceArn"], params["Tags"])
    return {}


@operation("backup", "UntagResource")
def untag(params: Shape, context: Context) -> Shape:
    """Remove tags; see list_tags for why."""
    context.backend(backup_backends).untag_resource(params["ResourceArn"], params["TagKeyList"])
    return {}


@operation("backup", "UpdateBackupPlan")
def update_plan(params: Shape, context: Context) -> Shape:
    """Replace the document of a plan under the same id."""
    backend = context.backend(backup_backends)
    old = _plan(params["BackupPlanId"], context)
    new = Plan(backup_plan=params["BackupPlan"], creator_request_id=old.creator_request_id, backend=backend)
    new.backup_plan_id, new.backup_plan_arn = old.backup_plan_id, old.backup_plan_arn
    backend.plans[old.backup_plan_id] = new
    return {
        "BackupPlanId": new.backup_plan_id,
        "BackupPlanArn": new.backup_plan_arn,
        "VersionId": new.version_id,
        "CreationDate": now(),
    }


@operation("backup", "CreateBackupSelection")
def create_selection(params: Shape, context: Context) -> Shape:
    """Store the resources that a plan covers."""
    plan = _plan(params["BackupPlanId"], context).backup_plan_id
    identifier = str(uuid.uuid4())
    context.table(SELECTIONS)[identifier] = {
        "BackupSelection": params["BackupSelection"],
        "SelectionId": identifier,
        "BackupPlanId": plan,
        "CreationDate": now(),
        "CreatorRequestId": params.get("CreatorRequestId"),
    }
    return {"SelectionId": identifier, "BackupPlanId": plan, "CreationDate": now()}


@operation("backup", "GetBackupSelection")
def get_selection(params: Shape, context: Context) -> Shape:
    """Return one selection."""
    return context.table(SELECTIONS).require(params["SelectionId"])


@operation("backup", "ListBackupSelections")
def list_selections(params: Shape, context: Context) -> Shape:
    """List a plan's selections."""
    held = context.table(SELECTIONS).values()
    return {
        "BackupSelectionsList": [
            {**one, "SelectionName": one["BackupSelection"]["SelectionName"]}
            for one in held
            if one["BackupPlanId"] == params["BackupPlanId"]
        ]
    }


@operation("backup", "DeleteBackupSelection")
def delete_selection(params: Shape, context: Context) -> Shape:
    """Delete a selection."""
    context.table(SELECTIONS).remove(params["SelectionId"])
    return {}


@guard("backup", "DeleteBackupPlan")
def refuse_plan_in_use(params: Shape, context: Context) -> None:
    """Refuse to delete a plan that still has selections."""
    if any(one["BackupPlanId"] == params["BackupPlanId"] for one in context.table(SELECTIONS).values()):
        raise AwsError(
            code="InvalidRequestException",
            message="Related backup plan selections must be deleted prior to backup plan deletion",
        )


@operation("backup", "PutBackupVaultAccessPolicy")
def put_policy(params: Shape, context: Context) -> Shape:
    """Store the policy of a vault."""
    _vault(params["BackupVaultName"], context)
    context.table(POLICIES)[params["BackupVaultName"]] = params.get("Policy") or ""
    return {}


@operation("backup", "GetBackupVaultAccessPolicy")
def get_policy(params: Shape, context: Context) -> Shape:
    """Return the policy of a vault."""
    vault = _vault(params["BackupVaultName"], context)
    return {
        "BackupVaultName": vault.backup_vault_name,
        "BackupVaultArn": vault.backup_vault_arn,
        "Policy": context.table(POLICIES).require(vault.backup_vault_name),
    }


@operation("backup", "DeleteBackupVaultAccessPolicy")
def delete_policy(params: Shape, context: Context) -> Shape:
    """Delete the policy of a vault."""
    context.table(POLICIES).pop(params["BackupVaultName"], None)
    return {}


@after("backup", "DeleteBackupVault")
def forget_policy(params: Shape, context: Context) -> None:
    """Delete the policy of a deleted vault."""
    context.table(POLICIES).pop(params["BackupVaultName"], None)


def _plan(identifier: str, context: Context) -> Any:
    plan = context.backend(backup_backends).plans.get(identifier)
    if plan is None or plan.deletion_date is not None:
        raise AwsError(code="ResourceNotFoundException", message=f"Cannot find Backup plan with ID {identifier}")
    return plan


def _vault(name: str, context: Context) -> Any:
    vaults = context.backend(backup_backends).vaults
    if name not in vaults:
        raise AwsError(code="ResourceNotFoundException", message=f"Backup vault {name} not found")
    return vaults[name]
