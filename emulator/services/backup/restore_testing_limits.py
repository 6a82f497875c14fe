"""What restore testing plans and their selections refuse.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html#restore-testing-quotas has the limits. AWS
documents them, and not the texts of the refusals.
"""

from __future__ import annotations

import re
import zoneinfo
from typing import TYPE_CHECKING, Final

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.registry import Context, guard
from emulator.services.backup.resources import DOCUMENT_DB, RDS
from emulator.services.backup.restore_overrides import OVERRIDES, override_problems
from emulator.services.backup.restore_testing import PLANS, SELECTIONS, selections_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from emulator.store import Shape

_NAME: Final = re.compile(r"[a-zA-Z0-9_]{1,50}")
_CRON: Final = re.compile(r"cron\(([^()]+)\)")
_CRON_FIELDS: Final = 6
_ALGORITHMS: Final = ("LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW")
_POINT_TYPES: Final = ("CONTINUOUS", "SNAPSHOT")
_TAG: Final = "aws:ResourceTag/"
_MOST_PLANS, _MOST_SELECTIONS, _MOST_TAGS, _MOST_SELECTORS = 100, 30, 50, 30
_MOST_WINDOW_DAYS, _MOST_HOURS = 365, 168
# The resource of an ARN of each type that the emulator backs up.
_RESOURCES: Final[Mapping[str, tuple[str, str]]] = {RDS: ("rds", "db:"), DOCUMENT_DB: ("rds", "cluster:")}


@guard("backup", "CreateRestoreTestingPlan")
def refuse_plan(params: Shape, context: Context) -> None:
    """Refuse a plan that is not valid, or the 101st.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html
    """
    plan = params["RestoreTestingPlan"]
    name = plan["RestoreTestingPlanName"]
    _refuse(_name_problems("plan", name))
    if len(params.get("Tags") or {}) > _MOST_TAGS:
        _refuse([f"A restore testing plan has at most {_MOST_TAGS} tags"])
    _refuse(_plan_problems(plan))
    points = plan["RecoveryPointSelection"]
    for member in ("Algorithm", "IncludeVaults", "RecoveryPointTypes"):
        if not points.get(member):
            raise AwsError(
                code="MissingParameterValueException", message=f"RecoveryPointSelection: {member} is required"
            )
    if name not in context.table(PLANS) and len(context.table(PLANS)) >= _MOST_PLANS:
        raise AwsError(code="LimitExceededException", message=f"At most {_MOST_PLANS} restore testing plans")


@guard("backup", "UpdateRestoreTestingPlan")
def refuse_plan_change(params: Shape, context: Context) -> None:
    """Refuse a change that is not valid; the name cannot change."""
    del context
    _refuse(_plan_problems(params["RestoreTestingPlan"]))


@guard("backup", "CreateRestoreTestingSelection")
def refuse_selection(params: Shape, context: Context) -> None:
    """Refuse a selection that is not valid, or the 31st of a plan.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html
    """
    selection, plan = params["RestoreTestingSelection"], params["RestoreTestingPlanName"]
    context.table(PLANS).require(plan)
    _refuse(_name_problems("selection", selection["RestoreTestingSelectionName"]))
    if selection["ProtectedResourceType"] not in OVERRIDES:
        allowed = ", ".join(OVERRIDES)
        wrong = selection["ProtectedResourceType"]
        _refuse([f"ProtectedResourceType: {wrong} is not a resource type of restore testing; allowed: {allowed}"])
    if not selection.get("ProtectedResourceArns") and not _conditions(selection):
        message = "A restore testing selection must have ProtectedResourceArns or ProtectedResourceConditions"
        raise AwsError(code="MissingParameterValueException", message=message)
    _refuse(_selection_problems(selection, context))
    if len(selections_of(plan, context)) >= _MOST_SELECTIONS:
        message = f"A restore testing plan has at most {_MOST_SELECTIONS} selections"
        raise AwsError(code="LimitExceededException", message=message)


@guard("backup", "UpdateRestoreTestingSelection")
def refuse_selection_change(params: Shape, context: Context) -> None:
    """Refuse a change after which the selection would not be valid."""
    key = f"{params['RestoreTestingPlanName']}/{params['RestoreTestingSelectionName']}"
    _refuse(
        _selection_problems({**context.table(SELECTIONS).require(key), **params["RestoreTestingSelection"]}, context)
    )


def _refuse(problems: Iterable[str]) -> None:
    for problem in problems:
        raise AwsError(code="InvalidParameterValueException", message=problem)


def _name_problems(what: str, name: str) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        yield f"Invalid restore testing {what} name: {name}. It must match {_NAME.pattern}"


def _plan_problems(plan: Shape) -> Iterator[str]:
    if "ScheduleExpression" in plan and not _is_schedule(plan["ScheduleExpression"]):
        yield f"ScheduleExpression: {plan['ScheduleExpression']} is not a valid cron expression"
    zone = plan.get("ScheduleExpressionTimezone")
    if zone and zone not in zoneinfo.available_timezones():
        yield f"ScheduleExpressionTimezone: {zone} is not a time zone"
    hours = plan.get("StartWindowHours")
    if hours is not None and not 1 <= hours <= _MOST_HOURS:
        yield f"StartWindowHours must be 1 to {_MOST_HOURS}"
    points = plan.get("RecoveryPointSelection") or {}
    days = points.get("SelectionWindowDays")
    if days is not None and not 1 <= days <= _MOST_WINDOW_DAYS:
        yield f"SelectionWindowDays must be 1 to {_MOST_WINDOW_DAYS}"
    if points.get("Algorithm", _ALGORITHMS[0]) not in _ALGORITHMS:
        yield f"Algorithm must be one of {', '.join(_ALGORITHMS)}"
    for type_ in points.get("RecoveryPointTypes") or ():
        if type_ not in _POINT_TYPES:
            yield f"RecoveryPointTypes must be of {', '.join(_POINT_TYPES)}"
    for member in ("IncludeVaults", "ExcludeVaults"):
        yield from _vault_problems(member, points.get(member) or [])


def _vault_problems(member: str, vaults: list[str]) -> Iterator[str]:
    if len(vaults) > _MOST_SELECTORS:
        yield f"{member} has more than {_MOST_SELECTORS} vaults"
    for one in vaults:
        arn = parse_arn(one)
        if one != "*" and (arn is None or arn.service != "backup" or not arn.resource.startswith("backup-vault:")):
            yield f"{member}: {one} is not the ARN of a backup vault"
    if "*" in vaults and len(vaults) > 1:
        yield f"{member} has either * or ARNs"


def _is_schedule(expression: str) -> bool:
    """Whether it is a cron expression of six fields, of which one of the days is open.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
    """
    found = _CRON.fullmatch(expression)
    fields = found[1].split() if found else []
    return len(fields) == _CRON_FIELDS and "?" in {fields[2], fields[4]}


def _conditions(selection: Shape) -> list[Shape]:
    return [test for tests in (selection.get("ProtectedResourceConditions") or {}).values() for test in tests or ()]


def _selection_problems(selection: Shape, context: Context) -> Iterator[str]:
    arns, conditions = selection.get("ProtectedResourceArns") or [], _conditions(selection)
    yield from _arn_problems(arns, selection["ProtectedResourceType"])
    if conditions and arns and arns != ["*"]:
        yield "A restore testing selection has either ARNs or conditions, and conditions only with the ARN *"
    if len(conditions) > _MOST_SELECTORS:
        yield f"ProtectedResourceConditions has more than {_MOST_SELECTORS} conditions"
    for test in conditions:
        if not test["Key"].startswith(_TAG):
            yield f"ProtectedResourceConditions: {test['Key']} must begin with {_TAG}"
    hours = selection.get("ValidationWindowHours") or 0
    if not 0 <= hours <= _MOST_HOURS:
        yield f"ValidationWindowHours must be 0 to {_MOST_HOURS}"
    role = parse_arn(selection["IamRoleArn"])
    if role is None or role.service != "iam" or not role.resource.startswith("role/"):
        yield f"IamRoleArn: {selection['IamRoleArn']} is not the ARN of a role"
    elif role.account != context.account:
        yield "Cross-account pass role is not allowed."
    yield from override_problems(selection["ProtectedResourceType"], selection.get("RestoreMetadataOverrides") or {})


def _arn_problems(arns: list[str], resource_type: str) -> Iterator[str]:
    if len(arns) > _MOST_SELECTORS:
        yield f"ProtectedResourceArns has more than {_MOST_SELECTORS} ARNs"
    if "*" in arns and len(arns) > 1:
        yield "ProtectedResourceArns has either * or ARNs"
    for one in arns:
        if one == "*":
            continue
        arn = parse_arn(one)
        service, start = _RESOURCES.get(resource_type, ("", ""))
        if arn is None or (service and (arn.service != service or not arn.resource.startswith(start))):
            yield f"ProtectedResourceArns: {one} is not the ARN of a resource of type {resource_type}"
