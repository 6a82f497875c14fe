"""What plans, selections and vaults refuse: names, retentions, windows, roles and policies that are not valid."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from moto.backup.models import backup_backends

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.permissions import role_actions, role_trusts
from emulator.policy import as_list, statements
from emulator.registry import Context, guard
from emulator.services.backup.plans import SELECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emulator.store import Shape

_SERVICE: Final = "backup.amazonaws.com"
_NAME: Final = re.compile(r"[a-zA-Z0-9\-_.]{1,50}")
_VAULT_NAME: Final = re.compile(r"[a-zA-Z0-9\-_]{2,50}")
_TAG: Final = "aws:ResourceTag/"
_MAX_DAYS: Final = 36_500
_MAX_CONTINUOUS_DAYS: Final = 35
_MIN_COLD_DAYS: Final = 90
_MIN_START_MINUTES: Final = 60
_MAX_PATTERNS, _MAX_ARNS = 30, 500


@guard("backup", "CreateBackupVault")
def refuse_vault_name(params: Shape, context: Context) -> None:
    """Refuse a name that is not valid.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
    """
    del context
    _refuse(_name_problems("vault", params["BackupVaultName"], _VAULT_NAME))


@guard("backup", "PutBackupVaultAccessPolicy")
def refuse_wildcard(params: Shape, context: Context) -> None:
    """Refuse a policy of a vault with a wildcard in an action.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
    """
    del context
    text = params.get("Policy") or "{}"
    found = statements(text) if "Statement" in json.loads(text) else ()
    actions = [action for statement in found for action in as_list(statement.get("Action", []))]
    _refuse(f"The policy of a backup vault does not support a wildcard in {one}" for one in actions if "*" in one)


@guard("backup", "CreateBackupPlan", "UpdateBackupPlan")
def refuse_plan(params: Shape, context: Context) -> None:
    """Refuse a plan with a name or a rule that is not valid.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupPlanInput.html
    https://github.com/hashicorp/terraform-provider-aws/issues/24960 and
    https://github.com/lgallard/terraform-aws-backup/issues/40 have the texts of the lifecycle.
    """
    del context
    plan = params["BackupPlan"]
    _refuse(_name_problems("plan", plan["BackupPlanName"], _NAME))
    names = [rule["RuleName"] for rule in plan["Rules"]]
    _refuse(f"Error in rule {name} : its name is not unique" for name in names if names.count(name) > 1)
    _refuse(f"Error in rule {rule['RuleName']} : {problem}" for rule in plan["Rules"] for problem in _problems(rule))


@guard("backup", "CreateBackupSelection")
def refuse_selection(params: Shape, context: Context) -> None:
    """Refuse a selection that is not valid, or whose role AWS Backup cannot use.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html
    https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/backup/selection.go has the texts on
    the role.
    """
    plan, selection = params["BackupPlanId"], params["BackupSelection"]
    if plan not in context.backend(backup_backends).plans:
        return  # the operation itself says so
    name, role = selection["SelectionName"], selection["IamRoleArn"]
    _refuse(_name_problems("selection", name, _NAME))
    for one in context.table(SELECTIONS).values():
        if (one["BackupPlanId"], one["BackupSelection"]["SelectionName"]) == (plan, name):
            raise AwsError(code="AlreadyExistsException", message=f"Backup selection {name} already exists")
    _refuse(_selection_problems(selection))
    _refuse(_role_problems(role))


def _refuse(problems: Iterable[str]) -> None:
    for problem in problems:
        raise AwsError(code="InvalidParameterValueException", message=problem)


def _name_problems(what: str, name: str, pattern: re.Pattern[str]) -> Iterator[str]:
    if not pattern.fullmatch(name):
        yield f"Invalid backup {what} name: {name}. It must match {pattern.pattern}"


def _role_problems(role: str) -> Iterator[str]:
    if not role_trusts(role, _SERVICE):
        yield f"IAM Role {role} cannot be assumed by AWS Backup"
    if not role_actions(role, ("tag:GetResources",)):
        yield f"IAM Role {role} is not authorized to call tag:GetResources"


def _problems(rule: Shape) -> Iterator[str]:
    if not _NAME.fullmatch(rule["RuleName"]):
        yield f"Invalid rule name. It must match {_NAME.pattern}"
    start, completion = rule.get("StartWindowMinutes"), rule.get("CompletionWindowMinutes")
    # https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html
    if start is not None and start < _MIN_START_MINUTES:
        yield f"Invalid start window. It must be at least {_MIN_START_MINUTES} minutes"
    if start is not None and completion is not None and completion <= start:
        yield "Invalid completion window. It must be longer than the start window"
    continuous = bool(rule.get("EnableContinuousBackup"))
    yield from _lifecycle_problems(rule.get("Lifecycle") or {}, continuous=continuous)
    for copy in rule.get("CopyActions") or ():
        arn = parse_arn(copy["DestinationBackupVaultArn"])
        if arn is None or arn.service != "backup" or not arn.resource.startswith("backup-vault:"):
            yield f"Invalid destination backup vault ARN: {copy['DestinationBackupVaultArn']}"
        yield from _lifecycle_problems(copy.get("Lifecycle") or {}, continuous=False)


def _lifecycle_problems(lifecycle: Shape, *, continuous: bool) -> Iterator[str]:
    """What is wrong with how long a backup is kept; a continuous one is kept for 35 days at most, and never cold.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
    https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
    """
    end, cold = lifecycle.get("DeleteAfterDays"), lifecycle.get("MoveToColdStorageAfterDays")
    if continuous and cold is not None:
        yield "Invalid lifecycle. MoveToColdStorageAfterDays is unavailable"
    if continuous and (end is None or end > _MAX_CONTINUOUS_DAYS):
        yield f"Invalid lifecycle. DeleteAfterDays of a continuous backup is at most {_MAX_CONTINUOUS_DAYS} days"
    if end is not None and not 1 <= end <= _MAX_DAYS:
        yield f"Invalid lifecycle. DeleteAfterDays cannot be less than 1 or more than {_MAX_DAYS} days"
    if end is not None and cold is not None and end < cold + _MIN_COLD_DAYS:
        yield (
            f"Invalid lifecycle. DeleteAfterDays cannot be less than {_MIN_COLD_DAYS} days apart from "
            "MoveToColdStorageAfterDays"
        )


def _selection_problems(selection: Shape) -> Iterator[str]:
    for member in ("Resources", "NotResources"):
        arns = selection.get(member) or ()
        patterns = [arn for arn in arns if "*" in arn]
        if len(patterns) > _MAX_PATTERNS or len(arns) > _MAX_ARNS:
            yield f"{member} has too many ARNs: at most {_MAX_PATTERNS} with wildcards, or {_MAX_ARNS} without"
        for arn in patterns:
            # `*` stands for the region and the account, too: arn:aws:rds:*:*:cluster:*
            resource = arn if arn == "*" else arn.split(":", maxsplit=5)[-1]
            if "*" in resource[:-1]:
                yield f"{member}: the asterisk must be at the end: {arn}"
    for tests in (selection.get("Conditions") or {}).values():
        for test in tests or ():
            if not test["ConditionKey"].startswith(_TAG):
                yield f"Conditions: {test['ConditionKey']} must begin with {_TAG}"
