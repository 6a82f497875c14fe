"""The task of a tunnel: it is started for one person, and stopped when that person is done."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from preflight.account import error_code
from runner.errors import FAILED, RunnerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from operations.account import Account
    from synthesis.manifest import Tunnel

GROUP: Final = "SECURITY_GROUP"
"""The variable of the container in which Terraform has written the security group of the task."""

_AGENT: Final = "ExecuteCommandAgent"
_LONGEST_SECONDS: Final = 180
_STEP_SECONDS: Final = 2
_NAME_LENGTH: Final = 40
_GONE: Final = {"InvalidParameterException"}
"""What StopTask answers for a task that ended a while ago."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task of a tunnel."""

    arn: str
    session: str
    """Who started it, and a random part."""
    started: datetime | None = None

    @property
    def id(self) -> str:
        """The last part of its ARN."""
        return self.arn.rpartition("/")[2]


def session_name(caller_arn: str) -> str:
    """A name for one tunnel of a caller, from what ECS allows in `startedBy`.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    person = re.sub(r"[^A-Za-z0-9_-]", "-", caller_arn.rpartition("/")[2] or caller_arn.rpartition(":")[2])
    return f"{person[:_NAME_LENGTH]}-{secrets.token_hex(3)}"


def security_group(account: Account, tunnel: Tunnel) -> str | None:
    """Id of the security group of its task; None if the task definition is not applied yet."""
    try:
        found = account.client("ecs").describe_task_definition(taskDefinition=tunnel.family)["taskDefinition"]
    except ClientError as error:
        if error_code(error) == "ClientException":  # there is none
            return None
        raise
    (container,) = found["containerDefinitions"]
    values = {one["name"]: one["value"] for one in container["environment"]}
    return str(values[GROUP])


def subnets(account: Account, tunnel: Tunnel) -> list[str]:
    """Ids of the subnets that its task may run in, sorted."""
    by_name = [{"Name": "tag:Name", "Values": [tunnel.subnets]}]
    return sorted(one["SubnetId"] for one in account.items("ec2", "describe_subnets", "Subnets", Filters=by_name))


def running(account: Account, tunnel: Tunnel) -> list[Task]:
    """The tasks of tunnels that run or start."""
    arns = account.items(
        "ecs", "list_tasks", "taskArns", cluster=tunnel.cluster, family=tunnel.family, desiredStatus="RUNNING"
    )
    if not arns:
        return []
    # As many as one call describes; more tunnels at a time are not described.
    found = account.client("ecs").describe_tasks(cluster=tunnel.cluster, tasks=arns[:100])["tasks"]
    return [
        Task(arn=one["taskArn"], session=one.get("startedBy", ""), started=one.get("createdAt") or one.get("startedAt"))
        for one in found
    ]


def start(account: Account, tunnel: Tunnel, *, group: str, session: str) -> Task:
    """Start a task.

    Raises:
        RunnerError: ECS has no room for it.
    """
    answer = account.client("ecs").run_task(
        cluster=tunnel.cluster,
        taskDefinition=tunnel.family,
        launchType="FARGATE",
        enableExecuteCommand=True,
        startedBy=session,
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": subnets(account, tunnel),
                "securityGroups": [group],
                "assignPublicIp": "DISABLED",
            }
        },
    )
    if not answer["tasks"]:
        reason = "; ".join(str(one.get("reason")) for one in answer["failures"])
        message = f"ECS does not start the task of the tunnel: {reason}."
        raise RunnerError(message, "Repeat it in a minute.", exit_code=FAILED)
    return Task(arn=answer["tasks"][0]["taskArn"], session=session)


def wait(
    account: Account,
    tunnel: Tunnel,
    task: Task,
    *,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> str:
    """Wait until its agent runs; return the target of a session.

    Raises:
        RunnerError: The task ended, or its agent does not run in time.
    """
    began = clock()
    while True:
        (found,) = account.client("ecs").describe_tasks(cluster=tunnel.cluster, tasks=[task.arn])["tasks"]
        if found["desiredStatus"] == "STOPPED" or found["lastStatus"] == "STOPPED":
            message = f"The task of the tunnel ended: {found.get('stoppedReason') or 'ECS gives no reason'}."
            raise RunnerError(message, f"Its log: aws logs tail {tunnel.log_group} --since 15m", exit_code=FAILED)
        container = _container(found, tunnel.container)
        agents = {one["name"]: one["lastStatus"] for one in container.get("managedAgents", ())}
        if found["lastStatus"] == "RUNNING" and agents.get(_AGENT) == "RUNNING":
            # https://github.com/aws/aws-cli/blob/develop/awscli/customizations/ecs/executecommand.py
            return f"ecs:{tunnel.cluster}_{task.id}_{container['runtimeId']}"
        if clock() - began > _LONGEST_SECONDS:
            state = f"{found['lastStatus']}, its agent {agents.get(_AGENT, 'is not there')}"
            message = f"The task of the tunnel is not ready after {_LONGEST_SECONDS} s: it is {state}."
            remedy = "It needs a way to Session Manager and the registry: docs/day-2.md#if-it-does-not-open"
            raise RunnerError(message, remedy, exit_code=FAILED)
        pause(_STEP_SECONDS)


def stop(account: Account, tunnel: Tunnel, task: Task) -> None:
    """Stop a task; one that has ended is left alone."""
    try:
        account.client("ecs").stop_task(cluster=tunnel.cluster, task=task.arn, reason="make tunnel ended")
    except ClientError as error:
        if error_code(error) not in _GONE:
            raise


def _container(task: dict[str, Any], name: str) -> dict[str, Any]:
    return next((dict(one) for one in task.get("containers", ()) if one["name"] == name), {})
