"""AWS CodeDeploy: moto drops alarms, and cannot update or delete."""

from __future__ import annotations

import uuid
from typing import Any

from moto.codedeploy import responses
from moto.codedeploy.models import codedeploy_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation, patch
from emulator.store import Kind, Shape

CONFIGS: Kind[Shape] = Kind(
    "deployment config",
    missing="DeploymentConfigDoesNotExistException",
    message="No Deployment Configuration found for name: {key}",
)

# Members of a deployment group that an update may replace, by moto's attribute.
_CHANGEABLE = {
    "alarmConfiguration": "alarm_configuration",
    "autoRollbackConfiguration": "auto_rollback_configuration",
    "autoScalingGroups": "auto_scaling_groups",
    "blueGreenDeploymentConfiguration": "blue_green_deployment_configuration",
    "deploymentConfigName": "deployment_config_name",
    "deploymentStyle": "deployment_style",
    "ec2TagFilters": "ec2_tag_filters",
    "ec2TagSet": "ec2_tag_set",
    "ecsServices": "ecs_services",
    "loadBalancerInfo": "load_balancer_info",
    "onPremisesInstanceTagFilters": "on_premises_instance_tag_filters",
    "onPremisesTagSet": "on_premises_tag_set",
    "outdatedInstancesStrategy": "outdated_instances_strategy",
    "serviceRoleArn": "service_role_arn",
    "terminationHookEnabled": "termination_hook_enabled",
    "triggerConfigurations": "trigger_configurations",
}


@patch(responses, "_deployment_group_info")
def show_alarms(original: Any, group: Any) -> dict[str, Any]:
    """Return the alarm configuration; in moto's response it is always empty."""
    info: dict[str, Any] = original(group)
    if group.alarm_configuration is not None:
        info["alarmConfiguration"] = group.alarm_configuration
    return info


@operation("codedeploy", "UpdateDeploymentGroup")
def update_group(params: Shape, context: Context) -> Shape:
    """Change the given members, and the name."""
    application, name = params["applicationName"], params["currentDeploymentGroupName"]
    groups = _groups(application, context)
    if name not in groups:
        raise AwsError(
            code="DeploymentGroupDoesNotExistException",
            message=f"No Deployment Group found for name: {name}",
        )
    group = groups[name]
    for member, attribute in _CHANGEABLE.items():
        if member in params:
            setattr(group, attribute, params[member])
    if "newDeploymentGroupName" in params:
        group.deployment_group_name = params["newDeploymentGroupName"]
        groups[group.deployment_group_name] = groups.pop(name)
    return {"hooksNotCleanedUp": []}


@operation("codedeploy", "DeleteDeploymentGroup")
def delete_group(params: Shape, context: Context) -> Shape:
    """Delete a group; AWS accepts an unknown one."""
    _groups(params["applicationName"], context).pop(params["deploymentGroupName"], None)
    return {"hooksNotCleanedUp": []}


@operation("codedeploy", "DeleteApplication")
def delete_application(params: Shape, context: Context) -> Shape:
    """Delete an application with its groups; AWS accepts an unknown one."""
    backend = context.backend(codedeploy_backends)
    backend.applications.pop(params["applicationName"], None)
    backend.deployment_groups.pop(params["applicationName"], None)
    return {}


@operation("codedeploy", "CreateDeploymentConfig")
def create_config(params: Shape, context: Context) -> Shape:
    """Store a custom deployment configuration."""
    name = params["deploymentConfigName"]
    if name in context.table(CONFIGS):
        raise AwsError(
            code="DeploymentConfigAlreadyExistsException",
            message=f"Deployment Configuration with name: {name} already exists.",
        )
    identifier = str(uuid.uuid4())
    context.table(CONFIGS)[name] = {
        **params,
        "computePlatform": params.get("computePlatform") or "Server",
        "deploymentConfigId": identifier,
        "createTime": now(),
    }
    return {"deploymentConfigId": identifier}


@operation("codedeploy", "GetDeploymentConfig")
def get_config(params: Shape, context: Context) -> Shape:
    """Return a custom deployment configuration."""
    return {"deploymentConfigInfo": context.table(CONFIGS).require(params["deploymentConfigName"])}


@operation("codedeploy", "DeleteDeploymentConfig")
def delete_config(params: Shape, context: Context) -> Shape:
    """Delete a deployment configuration; AWS accepts an unknown one."""
    context.table(CONFIGS).pop(params["deploymentConfigName"], None)
    return {}


def _groups(application: str, context: Context) -> dict[str, Any]:
    backend = context.backend(codedeploy_backends)
    if application not in backend.applications:
        raise AwsError(code="ApplicationDoesNotExistException", message=f"No application found for name: {application}")
    groups: dict[str, Any] = backend.deployment_groups.setdefault(application, {})
    return groups
