"""What vaults refuse: backups that their lock does not allow, the deletion of backups, and their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.backup.models import Vault, backup_backends

from emulator.arns import parse_arn
from emulator.conditions import is_met
from emulator.errors import AwsError
from emulator.outages.state import lost_since
from emulator.policy import as_list, matches_pattern, named_principals, statements
from emulator.registry import REGISTRY, Context, guard
from emulator.services.backup.plans import POLICIES
from emulator.services.backup.records import POINTS, JobFailedError, RecoveryPoint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.store import Shape


# moto counts under another name than the one by which its serializer reads the member of DescribeBackupVault.
Vault.number_of_recovery_points = property(lambda vault: vault.num_of_recovery_points)  # type: ignore[attr-defined]


def points_of(vault: Any) -> list[RecoveryPoint]:
    """Return the recovery points of a vault."""
    arn = parse_arn(vault.backup_vault_arn)
    table: Mapping[str, RecoveryPoint] = REGISTRY.store.table(POINTS, arn.account, arn.region) if arn else {}
    return [point for point in table.values() if point.vault.backup_vault_arn == vault.backup_vault_arn]


def find_vault(name: str, context: Context) -> Any:
    """Return a vault of the caller's region."""
    vaults = context.backend(backup_backends).vaults
    if name not in vaults:
        raise AwsError(code="ResourceNotFoundException", message=f"Backup vault {name} not found")
    return vaults[name]


def find_destination(text: str) -> Any:
    """Return the vault of an ARN, in whatever region.

    Raises:
        JobFailedError: There is none, or its region is lost.
    """
    arn = parse_arn(text)
    name = arn.resource.removeprefix("backup-vault:") if arn else ""
    if arn is None or lost_since(arn.region) or name not in backup_backends[arn.account][arn.region].vaults:
        message = f"Copy job failed because the destination Backup vault {text} does not exist or cannot be reached."
        raise JobFailedError(message)
    return backup_backends[arn.account][arn.region].vaults[name]


def require_retention(vault: Any, lifecycle: Shape) -> None:
    """Require that the lock of a vault allows to keep a backup as long as that; without an end is longer than any.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html

    Raises:
        JobFailedError: It does not; AWS documents that the job fails, and not the text.
    """
    days = lifecycle.get("DeleteAfterDays")
    least, most = vault.min_retention_days, vault.max_retention_days
    if not vault.locked or not (least or most):
        return
    if (least and days is not None and days < least) or (most and (days is None or days > most)):
        message = (
            f"The retention of {'no end' if days is None else f'{days} days'} does not fit Backup Vault Lock of "
            f"{vault.backup_vault_name}: at least {least or 1} days, at most {most or 36500} days."
        )
        raise JobFailedError(message)


def refuse_by_policy(vault: Any, action: str, resource: str, context: Context) -> None:
    """Refuse what the policy of a vault denies to the account.

    Who calls is not known, so a denial with an exception for a user or a role is one.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
    """
    policy = context.table(POLICIES).get(vault.backup_vault_name)
    everybody = {"*", context.account, f"arn:aws:iam::{context.account}:root"}
    sent = {"aws:principalaccount": (context.account,), "aws:securetransport": ("true",)}
    for statement in statements(policy) if policy and "Statement" in json.loads(policy) else []:
        if (
            statement["Effect"] == "Deny"
            and everybody & set(named_principals(statement))
            and any(matches_pattern(one.lower(), action.lower()) for one in as_list(statement.get("Action", [])))
            and any(matches_pattern(one, resource) for one in as_list(statement.get("Resource", [])))
            and is_met(statement.get("Condition") or {}, sent)
        ):
            raise AwsError(code="AccessDeniedException", message="Insufficient privileges to perform this action.")


@guard("backup", "DeleteBackupVault", "DeleteBackupVaultAccessPolicy", "PutBackupVaultAccessPolicy")
def refuse_denied_change(params: Shape, context: Context) -> None:
    """Refuse a change of a vault, or of its policy, that the policy denies.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
    """
    vault = context.backend(backup_backends).vaults.get(params["BackupVaultName"])
    if vault is not None:
        refuse_by_policy(vault, f"backup:{context.operation}", vault.backup_vault_arn, context)


@guard("backup", "DeleteBackupVault")
def refuse_vault_with_points(params: Shape, context: Context) -> None:
    """Refuse to delete a vault that has backups.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html
    """
    vault = context.backend(backup_backends).vaults.get(params["BackupVaultName"])
    if vault is not None and points_of(vault):
        message = "Backup vault cannot be deleted because it contains recovery points."
        raise AwsError(code="InvalidRequestException", message=message)
