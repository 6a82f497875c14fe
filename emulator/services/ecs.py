"""Amazon ECS: moto drops service settings, and accepts sizes, target groups and ports that AWS refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ecs.models import EC2ContainerServiceBackend, Task, ecs_backends
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elbv2.models import elbv2_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

# CPU units to MiB of memory: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
_GIB = 1024
_FARGATE_SIZES: dict[int, set[int]] = {
    256: {512, _GIB, 2 * _GIB},
    512: {size * _GIB for size in range(1, 5)},
    1024: {size * _GIB for size in range(2, 9)},
    2048: {size * _GIB for size in range(4, 17)},
    4096: {size * _GIB for size in range(8, 31)},
    8192: {size * _GIB for size in range(16, 61, 4)},
    16384: {size * _GIB for size in range(32, 121, 8)},
}

# Settings of a service that moto's constructor does not accept, by their name in the request.
_KEPT = {
    "capacityProviderStrategy": "capacity_provider_strategy",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "placementConstraints": "placement_constraints",
    "placementStrategy": "placement_strategy",
}


@guard("ecs", "RegisterTaskDefinition")
def refuse_impossible_fargate_size(params: Shape, _: Context) -> None:
    """Refuse a pair of CPU and memory that Fargate does not support."""
    if "FARGATE" not in (params.get("requiresCompatibilities") or ()):
        return
    cpu, memory = params.get("cpu"), params.get("memory")
    for name, value in (("cpu", cpu), ("memory", memory)):
        if not value:
            raise AwsError(
                code="ClientException",
                message=f"Fargate requires that '{name}' be defined at the task level.",
            )
    if _units(memory, _GIB, "GB") not in _FARGATE_SIZES.get(_units(cpu, _GIB, "vCPU"), set()):
        raise AwsError(
            code="ClientException",
            message=(
                f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. "
                "See the Amazon ECS documentation for the valid values."
            ),
        )


# What an update may change of a service that CodeDeploy deploys, and what AWS calls some of the others:
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
# https://github.com/hashicorp/terraform-provider-aws/issues/8005 and https://github.com/boto/boto3/issues/1936
_CODEDEPLOY_ALLOWS = {
    "cluster",
    "service",
    "desiredCount",
    "deploymentConfiguration",
    "healthCheckGracePeriodSeconds",
    "placementConstraints",
    "placementStrategy",
    "enableECSManagedTags",
    "propagateTags",
}
_CODEDEPLOY_NAMES = {
    "taskDefinition": "task definition",
    "networkConfiguration": "network parameters",
    "platformVersion": "platform version",
    "loadBalancers": "load balancers",
    "capacityProviderStrategy": "capacity provider strategy",
    "enableExecuteCommand": "execute command",
    "serviceRegistries": "service registries",
    "availabilityZoneRebalancing": "Availability Zone rebalancing",
}


@guard("ecs", "UpdateService")
def refuse_update_beside_codedeploy(params: Shape, context: Context) -> None:
    """Refuse to change what only a deployment of CodeDeploy may change."""
    controller = getattr(_service(params, context), "deployment_controller", None) or {}
    if controller.get("type") != "CODE_DEPLOY":
        return
    end = "services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment."
    for member in sorted(set(params) - _CODEDEPLOY_ALLOWS):
        if member == "forceNewDeployment":
            if params[member]:
                raise AwsError(code="InvalidParameterException", message=f"Cannot force a new deployment on {end}")
            continue
        what = _CODEDEPLOY_NAMES.get(member, member)
        raise AwsError(code="InvalidParameterException", message=f"Unable to update {what} on {end}")


@guard("ecs", "CreateService", "UpdateService")
def refuse_unknown_load_balancer_target(params: Shape, context: Context) -> None:
    """Refuse a target group that is unknown or not attached, and a container or port that the task does not have."""
    for target in params.get("loadBalancers") or ():
        _check_target_group(target.get("targetGroupArn"), context)
    name, targets = params.get("taskDefinition"), params.get("loadBalancers")
    if context.operation == "UpdateService" and (name or targets):
        service = _service(params, context)
        name = name or service.task_definition
        targets = service.load_balancers if targets is None else targets
    if name and targets:
        containers = _containers(name, context)
        for target in targets:
            _check_container(target, containers)


@patch(EC2ContainerServiceResponse, "create_service")
def keep_settings_at_create(original: Any, response: Any) -> Any:
    """Store the settings that moto's constructor drops."""
    result = original(response)
    service = result.result["service"]
    service.availability_zone_rebalancing = response._get_param("availabilityZoneRebalancing") or "DISABLED"  # noqa: SLF001
    service.deployment_configuration = response._get_param("deploymentConfiguration")  # noqa: SLF001
    _keep_settings(service, response)
    return result


@patch(EC2ContainerServiceResponse, "update_service")
def keep_settings_at_update(original: Any, response: Any) -> Any:
    """Store the settings that have another name in moto's update."""
    result = original(response)
    _keep_settings(result.result["service"], response)
    return result


@patch(EC2ContainerServiceBackend, "update_service")
def merge_deployment_configuration(original: Any, backend: Any, properties: dict[str, Any]) -> Any:
    """Merge the deployment configuration as AWS does; moto replaces it."""
    service = _find_service(backend, properties.get("cluster", "default"), properties["service"])
    given = properties.get("deployment_configuration")
    if given is not None:
        prior = getattr(service, "deployment_configuration", None) or {}
        properties["deployment_configuration"] = {**prior, **given}
    return original(backend, properties)


def _keep_settings(service: Any, response: Any) -> None:
    for member, attribute in _KEPT.items():
        value = response._get_param(member)  # noqa: SLF001  moto's way to read a request
        if value is not None:
            setattr(service, attribute, value)
    if response._get_param("capacityProviderStrategy") and not response._get_param("launchType"):  # noqa: SLF001
        service.launch_type = None


def _units(value: Any, factor: int, suffix: str) -> int:
    """Read "512", "0.5 vCPU" and "2GB"."""
    text = str(value).strip()
    if text.lower().endswith(suffix.lower()):
        return int(float(text[: -len(suffix)]) * factor)
    return int(text) if text.isdigit() else -1


def _service(params: Shape, context: Context) -> Any:
    return _find_service(context.backend(ecs_backends), params.get("cluster") or "default", params["service"])


def _find_service(backend: Any, cluster: str, service: str) -> Any:
    """Find a service by name or ARN; moto's error for an unknown one is the same as AWS's."""
    return backend._get_service(cluster, service.rsplit("/", maxsplit=1)[-1])  # noqa: SLF001  no public way


def _containers(task_definition: str, context: Context) -> list[dict[str, Any]]:
    backend = context.backend(ecs_backends)
    found = backend.describe_task_definition(task_definition)
    return list(found.container_definitions)


def _check_target_group(arn: str | None, context: Context) -> None:
    if arn is None:
        return
    group = context.backend(elbv2_backends).target_groups.get(arn)
    if group is None:
        raise AwsError(
            code="InvalidParameterException",
            message=f"The specified target group does not exist. (targetGroupArn {arn})",
        )
    if not group.load_balancer_arns:
        raise AwsError(
            code="InvalidParameterException",
            message=f"The target group with targetGroupArn {arn} does not have an associated load balancer.",
        )


def _check_container(target: Shape, containers: list[dict[str, Any]]) -> None:
    name, port = target.get("containerName"), target.get("containerPort")
    found = next((one for one in containers if one["name"] == name), None)
    if found is None:
        raise AwsError(
            code="InvalidParameterException",
            message=f"The container {name} does not exist in the task definition.",
        )
    ports = {mapping.get("containerPort") for mapping in found.get("portMappings") or ()}
    if port not in ports:
        raise AwsError(
            code="InvalidParameterException",
            message=f"The container {name} did not have a container port {port} defined.",
        )


@patch(EC2ContainerServiceBackend, "list_clusters")
def list_active_clusters(original: Any, backend: Any) -> list[str]:
    """Do not list deleted clusters: AWS describes them for a while, as inactive, but does not list them."""
    active = {cluster.arn for cluster in backend.clusters.values() if cluster.status != "INACTIVE"}
    return [arn for arn in original(backend) if arn in active]


@patch(Task, "__init__")
def keep_task_size(original: Any, task: Any, cluster: Any, task_definition: Any, *args: Any, **kwargs: Any) -> None:
    """Return the size of a task, which is that of its definition; moto returns none.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
    """
    original(task, cluster, task_definition, *args, **kwargs)
    task.cpu, task.memory = task_definition.cpu, task_definition.memory
