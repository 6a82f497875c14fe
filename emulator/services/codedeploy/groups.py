"""AWS CodeDeploy: deployment groups. moto drops alarms, cannot update or delete, and accepts what AWS refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.codedeploy import responses
from moto.codedeploy.models import codedeploy_backends
from moto.ecs.models import ecs_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard, operation, patch
from emulator.releases.deployment import DEPLOYMENTS
from emulator.releases.task_sets import is_deployed_by_codedeploy

if TYPE_CHECKING:
    from emulator.store import Shape

_MOST_ALARMS: Final = 10
"""https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html"""
_MOST_MINUTES: Final = 2880
"""https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BlueInstanceTerminationOption.html"""
_PAIR: Final = 2

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


@guard("codedeploy", "CreateDeploymentGroup", "UpdateDeploymentGroup")
def refuse_impossible_group(params: Shape, context: Context) -> None:
    """Refuse too many or doubled alarms, a rollback on nothing, and old tasks that stay for too long."""
    alarms = params.get("alarmConfiguration") or {}
    names = [one.get("name") for one in alarms.get("alarms") or ()]
    if len(names) > _MOST_ALARMS:
        raise AwsError(
            code="AlarmsLimitExceededException",
            message=f"The maximum number of alarms for a deployment group ({_MOST_ALARMS}) was exceeded.",
        )
    if len(set(names)) < len(names) or (alarms.get("enabled") and not names):
        raise AwsError(
            code="InvalidAlarmConfigException",
            message="The alarm list must not be empty while it is enabled, and each alarm must have another name.",
        )
    rollback = params.get("autoRollbackConfiguration") or {}
    if rollback.get("enabled") and not rollback.get("events"):
        raise AwsError(
            code="InvalidAutoRollbackConfigException",
            message="Automatic rollback is enabled, but no event types were listed.",
        )
    end = (params.get("blueGreenDeploymentConfiguration") or {}).get("terminateBlueInstancesOnDeploymentSuccess") or {}
    if not 0 <= int(end.get("terminationWaitTimeInMinutes") or 0) <= _MOST_MINUTES:
        raise AwsError(
            code="InvalidBlueGreenDeploymentConfigurationException",
            message=f"The termination wait time must be between 0 and {_MOST_MINUTES} minutes.",
        )
    for service in params.get("ecsServices") or ():
        _require_deployable(service, params, context)


def _require_deployable(service: Shape, params: Shape, context: Context) -> None:
    """Require a service that CodeDeploy deploys, that no other group has, with two target groups and a listener.

    https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html
    """
    cluster, name = str(service.get("clusterName")), str(service.get("serviceName"))
    found = context.backend(ecs_backends).services.get(f"{cluster.rsplit('/', 1)[-1]}:{name.rsplit('/', 1)[-1]}")
    if found is None or found.status != "ACTIVE":
        raise AwsError(
            code="InvalidECSServiceException",
            message=f"The ECS service {name} in the cluster {cluster} does not exist.",
        )
    if not is_deployed_by_codedeploy(found):
        raise AwsError(
            code="InvalidECSServiceException",
            message="Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller.",
        )
    own = params.get("currentDeploymentGroupName") or params.get("deploymentGroupName")
    for application, groups in context.backend(codedeploy_backends).deployment_groups.items():
        for group in groups.values():
            if (application, group.deployment_group_name) != (params["applicationName"], own) and {
                "clusterName": cluster,
                "serviceName": name,
            } in [dict(one) for one in group.ecs_services]:
                raise AwsError(
                    code="ECSServiceMappingLimitExceededException",
                    message="The Amazon ECS service is associated with more than one deployment groups. An Amazon ECS "
                    "service can be associated with only one deployment group.",
                )
    for pair in (params.get("loadBalancerInfo") or {}).get("targetGroupPairInfoList") or ():
        routes = [pair.get("prodTrafficRoute"), pair.get("testTrafficRoute")]
        listeners = [(route or {}).get("listenerArns") or [] for route in routes]
        targets = {one.get("name") for one in pair.get("targetGroups") or ()}
        if len(targets) != _PAIR or len(listeners[0]) != 1 or len(listeners[1]) > 1:
            raise AwsError(
                code="InvalidLoadBalancerInfoException",
                message="A deployment group associated with an application that uses the ECS compute platform must "
                "contain a valid pair of target groups that identify a load balancer, and one listener for each route.",
            )


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
    """Delete an application with its groups and deployments; AWS accepts an unknown one.

    https://docs.aws.amazon.com/codedeploy/latest/userguide/applications-delete.html
    """
    backend, name = context.backend(codedeploy_backends), params["applicationName"]
    backend.applications.pop(name, None)
    backend.deployment_groups.pop(name, None)
    table = context.table(DEPLOYMENTS)
    for id_ in [id_ for id_, one in table.items() if one.application == name]:
        del table[id_]
    return {}


def _groups(application: str, context: Context) -> dict[str, Any]:
    backend = context.backend(codedeploy_backends)
    if application not in backend.applications:
        raise AwsError(code="ApplicationDoesNotExistException", message=f"No application found for name: {application}")
    groups: dict[str, Any] = backend.deployment_groups.setdefault(application, {})
    return groups
