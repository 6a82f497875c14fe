"""Services that ECS itself deploys: the new tasks are started beside the old ones, which then end. It is over at once.

The caller has the emulator's lock.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from moto.events.models import events_backends

from emulator.clock import now
from emulator.releases import task_sets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.store import Shape

_FAILED: Final = "tasks failed to start."


def is_deployed_by_ecs(service: Any) -> bool:
    """Whether ECS itself replaces the tasks of a service of moto."""
    return (service.deployment_controller or {}).get("type") == "ECS"


def start(service: Any) -> None:
    """Start the tasks of a new service; without a load balancer they are only counted."""
    if service.load_balancers:
        _start_tasks(service, service.load_balancers)
    _settle(service)


def follow(service: Any) -> None:
    """Give a service the tasks that it wants, and replace them if it has another revision of its task definition.

    If the new ones fail their health checks, the circuit breaker keeps the old ones.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    """
    service.task_definition = _revision(service)
    old = task_sets.primary(service)
    if old is None:
        _settle(service)
        return
    targets = service.load_balancers
    if not targets:
        task_sets.end(service, old)  # its tasks are only counted from then on
        _settle(service)
        return
    task_sets.resize(service, old)
    if service.task_definition == old.task_definition and targets == old.load_balancers:
        _settle(service)
        return
    deployment = f"ecs-svc/{uuid4().int % 10**19}"
    _send(service, deployment, "IN_PROGRESS", "ECS deployment {} in progress.")
    new = _start_tasks(service, targets)
    if task_sets.is_steady(service, new):
        task_sets.end(service, old)
        _settle(service, deployment)
        _send(service, deployment, "COMPLETED", "ECS deployment {} completed.")
        return
    if _goes_back(service):
        task_sets.make_primary(service, old)
        task_sets.end(service, new)
        _settle(service)
        service.events.insert(
            0, {"id": str(uuid4()), "createdAt": now(), "message": f"(service {service.name}) rolls back: {_FAILED}"}
        )
        _send(service, deployment, "FAILED", f"ECS deployment circuit breaker: {_FAILED}")


def _revision(service: Any) -> str:
    """The ARN of the revision that a service names, which may be `family:number` in the call."""
    found = service._backend.describe_task_definition(service.task_definition)  # noqa: SLF001  moto has no public way
    return str(found.arn)


def _start_tasks(service: Any, targets: Sequence[Shape]) -> Any:
    new = task_sets.start(
        service,
        task_definition=service.task_definition,
        target=targets[0],
        network=None,
        capacity=(),
        platform_version=service.platform_version,
    )
    task_sets.make_primary(service, new)
    return new


def _goes_back(service: Any) -> bool:
    configuration = getattr(service, "deployment_configuration", None) or {}
    breaker: Shape = configuration.get("deploymentCircuitBreaker") or {}
    return bool(breaker.get("enable") and breaker.get("rollback"))


def _settle(service: Any, deployment: str | None = None) -> None:
    """One deployment, which is complete."""
    if not task_sets.running(service):
        service.running_count, service.pending_count = service.desired_count, 0
    first = service.deployments[0]
    first["id"] = deployment or first["id"]
    first |= {
        "status": task_sets.PRIMARY,
        "taskDefinition": service.task_definition,
        "desiredCount": service.desired_count,
        "runningCount": service.running_count,
        "pendingCount": service.pending_count,
        "rolloutState": "COMPLETED",
        "rolloutStateReason": f"ECS deployment {first['id']} completed.",
        "updatedAt": now(),
    }


def _send(service: Any, deployment: str, state: str, reason: str) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html."""
    detail = {
        "eventType": "ERROR" if state == "FAILED" else "INFO",
        "eventName": f"SERVICE_DEPLOYMENT_{state}",
        "deploymentId": deployment,
        "updatedAt": now().isoformat(),
        "reason": reason.format(deployment),
    }
    event = {
        "Source": "aws.ecs",
        "DetailType": "ECS Deployment State Change",
        "Detail": json.dumps(detail),
        "Resources": [service.arn],
    }
    backend = service._backend  # noqa: SLF001  moto has no public way
    events_backends[backend.account_id][backend.region_name].put_events([event])
