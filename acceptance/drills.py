"""Runs a restore drill of an environment on the emulator: backups, their copies, restores, what is read in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from acceptance.database_clients import open_documentdb, open_postgres
from acceptance.database_roles import Roles
from config.database_roles import OWNER
from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.database_roles import DatabaseRole
    from config.environment import Environment
    from emulator import Emulator

_MADE: Final = "drill_check"
_DONE: Final = "COMPLETED"
_GOOD: Final = "SUCCESSFUL"
_CALLS: Final = 5
"""A cluster gets its instance in the first one, and is read in the second; the others find nothing to do."""


def check_drills_restore_and_leave_nothing(
    environment: Environment, session: boto3.Session, emulator: Emulator
) -> Iterator[str]:
    """Each database is backed up, copied, restored in the second region, read there by IAM, and deleted.

    The functions run as Terraform made them, in the network that it made: what a route, a group, a right or a key does
    not let through shows here.
    """
    region = environment.recovery_region
    if region is None:
        return
    roles = Roles(environment=environment, session=session, emulator=emulator)
    _fill(roles)
    account = environment.account_id
    made = emulator.call("backups", {"account": account, "region": environment.region})
    for job in (*made["backups"], *made["copies"]):
        if job["state"] != _DONE:
            yield f"a backup or its copy is {job['state']}: {job['message']}"
    restores = emulator.call("restore-tests", {"account": account, "region": region})["restores"]
    wanted = len([table for table in (environment.postgres, environment.documentdb) if table])
    if len(restores) != wanted:
        yield f"a drill restores {len(restores)} databases; it must restore {wanted}"
    for job in restores:
        if job["state"] != _DONE:
            yield f"the restore of {job['resource']} is {job['state']}: {job['message']}"
    name = environment.names.name("restore-check", limit=NameLimit.LAMBDA_FUNCTION)
    client: Any = session.client("lambda", region_name=region)
    for _ in range(_CALLS):
        answer = json.load(client.invoke(FunctionName=name, Payload=b"{}")["Payload"])
        if "errorMessage" in answer:
            yield f"{name} has failed: {answer['errorMessage']}"
            break
    yield from _outcomes(session, region, {job["id"] for job in restores if job["state"] == _DONE})


def _outcomes(session: boto3.Session, region: str, jobs: set[str]) -> Iterator[str]:
    backup: Any = session.client("backup", region_name=region)
    for id_ in sorted(jobs):
        job = backup.describe_restore_job(RestoreJobId=id_)
        validation, deletion = job.get("ValidationStatus"), job.get("DeletionStatus")
        if (validation, deletion) != (_GOOD, _GOOD):
            yield (
                f"the drill of {job['ResourceType']} is {validation} ({job.get('ValidationStatusMessage')}), and what "
                f"it restored is {deletion} ({job.get('DeletionStatusMessage')})"
            )


def _fill(roles: Roles) -> None:
    """Put something into each database, as its owner, which the migrations of the application are."""
    environment = roles.environment
    for found in (environment.postgres_roles, environment.documentdb_roles):
        writers = [role for role in found if role.access == "read_write"]
        for owner in (role for role in found if role.name == OWNER):
            _fill_as(roles, owner, writers[0].name)


def _fill_as(roles: Roles, owner: DatabaseRole, writer: str) -> None:
    url, emulator, account = roles.url(owner), roles.emulator, roles.environment.account_id
    if owner.database == "postgres":
        with open_postgres(url, emulator, account=account) as connection:
            connection.run(f'CREATE TABLE "{writer}".{_MADE} AS SELECT 1 AS number')
        return
    with open_documentdb(url, emulator, account=account) as database:
        database.client[writer][_MADE].insert_one({"number": 1})
