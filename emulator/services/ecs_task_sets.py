"""Amazon ECS: services have tasks, which moto does not start; those that CodeDeploy deploys have them in task sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ecs.models import EC2ContainerServiceBackend
from moto.elbv2.models import FakeHealthStatus, FakeTargetGroup

from emulator.registry import patch
from emulator.releases import rolling, task_sets

if TYPE_CHECKING:
    from moto.ecs.models import Service


@patch(EC2ContainerServiceBackend, "create_service")
def start_first_task_set(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Service:
    """Start the tasks that a service has from the beginning.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html (considerations)
    """
    service: Service = original(backend, *args, **kwargs)
    if rolling.is_deployed_by_ecs(service):
        rolling.start(service)
    elif task_sets.is_deployed_by_codedeploy(service) and service.load_balancers:
        first = task_sets.start(
            service,
            task_definition=service.task_definition or "",
            target=service.load_balancers[0],
            network=None,
            capacity=(),
            platform_version=service.platform_version,
        )
        task_sets.make_primary(service, first)
    return service


@patch(EC2ContainerServiceBackend, "update_service")
def follow_desired_count(original: Any, backend: Any, properties: dict[str, Any]) -> Service:
    """Give each task set as many tasks as the service wants: a deployment has two."""
    service: Service = original(backend, properties)
    if rolling.is_deployed_by_ecs(service):
        rolling.follow(service)
        return service
    for task_set in service.task_sets if task_sets.is_deployed_by_codedeploy(service) else ():
        task_sets.resize(service, task_set)
    return service


@patch(EC2ContainerServiceBackend, "delete_service")
def end_task_sets(original: Any, backend: Any, cluster: str, name: str, force: bool) -> Service:  # noqa: FBT001 (moto's)
    """End the tasks with their service."""
    service: Service = original(backend, cluster, name, force)
    for task_set in list(task_sets.running(service)):
        task_sets.end(service, task_set)
    return service


@patch(FakeTargetGroup, "health_for")
def report_sick_tasks(original: Any, group: Any, target: dict[str, Any], ec2_backend: Any) -> Any:
    """Report the health of a task that fails its checks; moto reports every target as healthy."""
    if target["Id"] not in task_sets.sick_targets(group):
        return original(group, target, ec2_backend)
    return FakeHealthStatus(
        target["Id"],
        target.get("Port", group.port),
        group.health_check_port,
        "unhealthy",
        "Target.FailedHealthChecks",
        "Health checks failed",
    )
