"""Tasks that people run, with the agent of ECS Exec: moto drops the agent, and lets every task end by itself."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from moto.ec2.models import ec2_backends
from moto.ecs.models import EC2ContainerServiceBackend, Task, ecs_backends
from moto.ecs.responses import EC2ContainerServiceResponse

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

_INVALID: Final = "InvalidParameterException"
_STOPPED: Final = "STOPPED"


@guard("ecs", "RunTask")
def refuse_agent_without_role(params: Shape, context: Context) -> None:
    """Refuse the agent in a task without a role, which it needs to open its channels.

    https://github.com/boto/boto3/issues/3173
    """
    if not params.get("enableExecuteCommand"):
        return
    definition = context.backend(ecs_backends).describe_task_definition(params["taskDefinition"])
    if not ((params.get("overrides") or {}).get("taskRoleArn") or getattr(definition, "task_role_arn", None)):
        raise AwsError(
            code=_INVALID,
            message=(
                "The execute command failed because a valid task role is not being used. Specify a valid task role in "
                "your task definition or as a task override and try again."
            ),
        )


@guard("ecs", "StopTask")
def refuse_unknown_task(params: Shape, context: Context) -> None:
    """Refuse to stop a task that is unknown; moto fails.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html
    """
    backend = context.backend(ecs_backends)
    known = backend.tasks.get(str(params.get("cluster") or "default").rsplit("/", maxsplit=1)[-1], {})
    if not any(arn.endswith(params["task"].rsplit("/", maxsplit=1)[-1]) for arn in known):
        raise AwsError(code=_INVALID, message="The referenced task was not found.")


@patch(EC2ContainerServiceResponse, "run_task")
def start_agent(original: Any, response: Any) -> Any:
    """Start the agent in each container, if the call asks for it.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedAgent.html
    """
    result = original(response)
    enabled = bool(response._get_param("enableExecuteCommand"))  # noqa: SLF001  moto's way to read a request
    for task in result.result["tasks"]:
        task.enable_execute_command = enabled
        task.created_at = task.started_at = now()
        for container in task.containers:
            container.last_status = "RUNNING"
            container.runtime_id = f"{task.id}-{secrets.randbelow(10**10):010}"
            if enabled:
                container.managed_agents = [{"name": "ExecuteCommandAgent", "lastStatus": "RUNNING"}]
    return result


@patch(Task, "__init__")
def keep_running(original: Any, task: Any, *args: Any, **kwargs: Any) -> None:
    """Let a task run until it is stopped: moto's ends after it was described a few times. AWS's ids have no hyphens."""
    original(task, *args, **kwargs)
    task._transitions = []  # noqa: SLF001  moto has no public way
    task.id = task.id.replace("-", "")


@patch(EC2ContainerServiceBackend, "stop_task")
def end_agent(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    """End the agent with the task, and delete the network interface, as AWS does: it would keep its group in use."""
    task = original(backend, *args, **kwargs)
    for container in task.containers:
        container.last_status = _STOPPED
        for agent in getattr(container, "managed_agents", ()):
            agent["lastStatus"] = _STOPPED
    interfaces = ec2_backends[backend.account_id][backend.region_name]
    for attachment in task.attachments:
        for detail in attachment["details"]:
            if detail["name"] == "networkInterfaceId" and detail["value"] in interfaces.enis:
                del interfaces.enis[detail["value"]]
        attachment["status"] = "DELETED"
    return task


@patch(EC2ContainerServiceBackend, "_calculate_task_resource_requirements")
def need_no_instance(original: Any, task_definition: Any) -> dict[str, Any]:
    """Need nothing of an instance on Fargate, where a container may leave its memory to the task; moto fails."""
    if "FARGATE" in (task_definition.requires_compatibilities or ()):
        return {}
    needed: dict[str, Any] = original(task_definition)
    return needed
