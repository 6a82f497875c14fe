"""Starts restore tests now, and ends their validation windows: neither schedules nor hours pass by themselves here."""

from __future__ import annotations

import datetime as dt
import json
import random
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from emulator.clock import now
from emulator.http import HttpResponse
from emulator.outages.state import lost_since
from emulator.policy import matches_pattern
from emulator.registry import REGISTRY, Context, route
from emulator.services.backup.records import POINTS, RESTORE_JOBS
from emulator.services.backup.restore_jobs import run_restore
from emulator.services.backup.restore_overrides import PREFIX, inferred, override
from emulator.services.backup.restore_testing import PLANS, selections_of
from emulator.services.backup.restore_validation import clean_up, close_window, is_open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.http import HttpRequest
    from emulator.services.backup.records import Job, RecoveryPoint
    from emulator.store import Shape

START: Final = "/emulator/restore-tests"
CLOSE: Final = "/emulator/validation-windows"
_MEMBERS: Final = frozenset({"account", "plan", "region"})
_TAG: Final = "aws:ResourceTag/"
_RANDOM: Final = "RANDOM_WITHIN_WINDOW"


@route(START)
def start(incoming: HttpRequest) -> HttpResponse:
    """Run all restore testing plans, or those that `{"account": .., "region": .., "plan": ..}` names.

    Of each protected resource that a selection finds, one recovery point is restored:
    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html#restore-testing-create
    The answer has the jobs, `{"restores": [..]}`, each as `DescribeRestoreJob` shows the most of it.
    """
    wanted = _read(incoming)
    if wanted is None:
        return _refusal()
    jobs = []
    with REGISTRY.lock:
        for plan, context in _plans(wanted):
            plan["LastExecutionTime"] = now()
            for selection in selections_of(plan["RestoreTestingPlanName"], context):
                jobs += [_run(point, selection, context) for point in select(plan, selection, context)]
    return _answer(HTTPStatus.OK, {"restores": [_summary(job) for job in jobs]})


@route(CLOSE)
def close(incoming: HttpRequest) -> HttpResponse:
    """End the validation windows of the jobs of those plans; the answer has the jobs that were not validated."""
    wanted = _read(incoming)
    if wanted is None:
        return _refusal()
    closed = []
    with REGISTRY.lock:
        for plan, context in _plans(wanted):
            creator = {"RestoreTestingPlanArn": plan["RestoreTestingPlanArn"]}
            for job in context.table(RESTORE_JOBS).values():
                if job.shape.get("CreatedBy") == creator and is_open(job):
                    close_window(job, context)
                    closed.append(job)
    return _answer(HTTPStatus.OK, {"restores": [_summary(job) for job in closed]})


def select(plan: Shape, selection: Shape, context: Context) -> list[RecoveryPoint]:
    """Return what a plan restores by a selection: one eligible recovery point of each protected resource.

    The tags of a resource are those of its latest recovery point.
    """
    criteria = plan["RecoveryPointSelection"]
    by_resource: dict[str, list[RecoveryPoint]] = {}
    for point in context.table(POINTS).values():
        if point.resource_type == selection["ProtectedResourceType"] and point.status == "COMPLETED":
            by_resource.setdefault(point.resource_arn, []).append(point)
    found = []
    for arn, points in by_resource.items():
        ordered = sorted(points, key=lambda point: point.created)
        eligible = [point for point in ordered if _is_eligible(point, criteria)]
        if eligible and _is_selected(arn, ordered[-1].tags, selection):
            found.append(random.choice(eligible) if criteria["Algorithm"] == _RANDOM else eligible[-1])  # noqa: S311  no secret
    return found


def _is_eligible(point: RecoveryPoint, criteria: Shape) -> bool:
    vault = point.vault.backup_vault_arn
    return (
        # All that the emulator makes are snapshots.
        "SNAPSHOT" in criteria["RecoveryPointTypes"]
        and point.created >= now() - dt.timedelta(days=criteria["SelectionWindowDays"])
        and any(matches_pattern(one, vault) for one in criteria["IncludeVaults"])
        and not any(matches_pattern(one, vault) for one in criteria["ExcludeVaults"])
    )


def _is_selected(arn: str, tags: dict[str, str], selection: Shape) -> bool:
    arns = selection.get("ProtectedResourceArns") or ["*"]
    conditions = selection.get("ProtectedResourceConditions") or {}

    def has(test: Shape) -> bool:
        return bool(tags.get(test["Key"].removeprefix(_TAG)) == test["Value"])

    return (
        bool({"*", arn} & set(arns))
        and all(has(test) for test in conditions.get("StringEquals") or ())
        and not any(has(test) for test in conditions.get("StringNotEquals") or ())
    )


def _run(point: RecoveryPoint, selection: Shape, context: Context) -> Job:
    metadata = override(inferred(point), selection.get("RestoreMetadataOverrides") or {}, point.resource_type)
    hours = selection.get("ValidationWindowHours") or 0
    job = run_restore(
        point,
        metadata,
        context,
        role=selection["IamRoleArn"],
        # AWS documents the key, and not the value.
        tags={PREFIX: selection["RestoreTestingPlanName"]},
        plan=selection["RestoreTestingPlanArn"],
    )
    if not hours and job.shape["Status"] == "COMPLETED":
        clean_up(job, context)
    return job


def _plans(wanted: dict[str, Any]) -> Iterator[tuple[Shape, Context]]:
    for (account, region), table in REGISTRY.store.tables(PLANS).items():
        if lost_since(region) or wanted.get("account") not in {None, account}:
            continue
        if wanted.get("region") not in {None, region}:
            continue
        context = Context("backup", "StartRestoreJob", account, region, REGISTRY.store)
        for plan in list(table.values()):
            if wanted.get("plan") in {None, plan["RestoreTestingPlanName"], plan["RestoreTestingPlanArn"]}:
                yield plan, context


def _read(incoming: HttpRequest) -> dict[str, Any] | None:
    try:
        wanted = json.loads(incoming.body or b"{}")
    except ValueError:
        return None
    return wanted if isinstance(wanted, dict) and wanted.keys() <= _MEMBERS else None


def _refusal() -> HttpResponse:
    reason = f"the body must be a JSON object with any of {', '.join(sorted(_MEMBERS))}"
    return _answer(HTTPStatus.BAD_REQUEST, {"error": reason})


def _summary(job: Job) -> dict[str, Any]:
    shape = job.shape
    return {
        "id": shape["RestoreJobId"],
        "resource": shape["SourceResourceArn"],
        "created": shape.get("CreatedResourceArn"),
        "state": shape["Status"],
        "message": shape.get("StatusMessage"),
        "validation": shape.get("ValidationStatus"),
        "deletion": shape.get("DeletionStatus"),
    }


def _answer(status: HTTPStatus, result: dict[str, Any]) -> HttpResponse:
    return HttpResponse(status, [("Content-Type", "application/json")], json.dumps(result).encode())
