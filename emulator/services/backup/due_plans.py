"""Runs plans now: schedules do not run by themselves here, and tests do not wait for them."""

from __future__ import annotations

import json
import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from moto.backup.models import backup_backends
from moto.core.utils import unix_time

from emulator.http import HttpResponse
from emulator.outages.state import lost_since
from emulator.registry import REGISTRY, Context, route
from emulator.services.backup.backup_jobs import run_backup
from emulator.services.backup.copy_jobs import run_copy
from emulator.services.backup.matching import select
from emulator.services.backup.plans import SELECTIONS
from emulator.services.backup.records import POINTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.http import HttpRequest

PATH: Final = "/emulator/backups"


@route(PATH)
def run_plans(incoming: HttpRequest) -> HttpResponse:
    """Run the rules of all plans, or of those that `{"account": .., "region": .., "plan": .., "rule": ..}` names.

    All are due at the same time: of several rules of a plan, only the one that keeps its backups the longest runs.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
    The answer has the jobs: `{"backups": [..], "copies": [..]}`, each with its id, state and message, and a backup with
    what AWS does not say: whether it is empty.
    """
    try:
        wanted = json.loads(incoming.body or b"{}")
    except ValueError:
        wanted = None
    if not isinstance(wanted, dict) or not wanted.keys() <= {"account", "region", "plan", "rule"}:
        reason = 'the body must be a JSON object with any of "account", "region", "plan" and "rule"'
        return _answer(HTTPStatus.BAD_REQUEST, {"error": reason})
    jobs: dict[str, list[Any]] = {"backups": [], "copies": []}
    with REGISTRY.lock:
        for plan, context in _plans(wanted):
            due = [rule for rule in plan.backup_plan["Rules"] if wanted.get("rule") in {None, rule["RuleName"]}]
            if due:
                _run(plan, max(due, key=_retention_days), context, jobs)
    return _answer(HTTPStatus.OK, jobs)


def _plans(wanted: dict[str, Any]) -> Iterator[tuple[Any, Context]]:
    for account, regions in list(dict.items(backup_backends)):
        for region, backend in list(dict.items(regions)):
            if lost_since(region) or wanted.get("account") not in {None, account}:
                continue
            context = Context("backup", "StartBackupJob", account, region, REGISTRY.store)
            for plan in list(backend.plans.values()):
                name = plan.backup_plan["BackupPlanName"]
                if (
                    plan.deletion_date is None
                    and wanted.get("region") in {None, region}
                    and wanted.get("plan") in {None, name, plan.backup_plan_id}
                ):
                    yield plan, context


def _retention_days(rule: dict[str, Any]) -> float:
    """How long a rule keeps its backups: without an end, for ever."""
    days = (rule.get("Lifecycle") or {}).get("DeleteAfterDays") or 0
    return days if days > 0 else math.inf


def _run(plan: Any, rule: dict[str, Any], context: Context, jobs: dict[str, list[Any]]) -> None:
    created_by = {
        "BackupPlanId": plan.backup_plan_id,
        "BackupPlanArn": plan.backup_plan_arn,
        "BackupPlanVersion": plan.version_id,
        "BackupRuleId": rule["RuleId"],
        "BackupPlanName": plan.backup_plan["BackupPlanName"],
        "BackupRuleName": rule["RuleName"],
    }
    for held in list(context.table(SELECTIONS).values()):
        if held["BackupPlanId"] != plan.backup_plan_id:
            continue
        selection = held["BackupSelection"]
        role = selection["IamRoleArn"]
        for resource in select(selection, context):
            job = run_backup(
                resource,
                rule["TargetBackupVaultName"],
                context,
                role=role,
                lifecycle=rule.get("Lifecycle") or {},
                tags=rule.get("RecoveryPointTags") or {},
                created_by=created_by,
            )
            point = context.table(POINTS).get(job.shape.get("RecoveryPointArn", ""))
            jobs["backups"].append({**_summary(job.shape, "BackupJobId"), "empty": point is None or point.is_empty})
            if point is None:
                continue
            for action in rule.get("CopyActions") or ():
                copy = run_copy(
                    point,
                    action["DestinationBackupVaultArn"],
                    context,
                    role=role,
                    lifecycle=action.get("Lifecycle") or {},
                    created_by=created_by,
                    backup_job=job.shape["BackupJobId"],
                )
                jobs["copies"].append(_summary(copy.shape, "CopyJobId"))
    plan.last_execution_date = unix_time()


def _summary(shape: dict[str, Any], id_: str) -> dict[str, Any]:
    return {
        "id": shape[id_],
        "resource": shape["ResourceArn"],
        "state": shape["State"],
        "message": shape.get("StatusMessage"),
    }


def _answer(status: HTTPStatus, result: dict[str, Any]) -> HttpResponse:
    return HttpResponse(status, [("Content-Type", "application/json")], json.dumps(result).encode())
