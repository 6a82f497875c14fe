"""AWS CodeDeploy: deployments to ECS, which really happen; moto answers for other platforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.codedeploy.models import codedeploy_backends
from moto.ecs.models import ecs_backends

from emulator.errors import AwsError
from emulator.registry import FORWARD, Context, Forward, operation
from emulator.releases import hooks, run
from emulator.releases.deployment import DEPLOYMENTS, Deployment
from emulator.services.codedeploy.configurations import configuration

if TYPE_CHECKING:
    from emulator.store import Shape


@operation("codedeploy", "CreateDeployment")
def create(params: Shape, context: Context) -> Shape | Forward:
    """Start a deployment, if the group has none that runs.

    https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html
    """
    backend = context.backend(codedeploy_backends)
    application = backend.get_application(params["applicationName"])
    if application.compute_platform != "ECS":
        return FORWARD
    name = params.get("deploymentGroupName")
    if not name:
        raise AwsError(code="DeploymentGroupNameRequiredException", message="Deployment Group name is missing")
    group = backend.get_deployment_group(application.application_name, name)
    revision = params.get("revision")
    if not revision or not revision.get("revisionType"):
        raise AwsError(code="RevisionRequiredException", message="RevisionLocation must be specified")
    running = run.active(context.account, context.region, application.application_name, name)
    if running is not None:
        raise AwsError(
            code="DeploymentLimitExceededException",
            message=f"The Deployment Group '{name}' already has an active Deployment '{running.id}'",
        )
    config_name = params.get("deploymentConfigName") or group.deployment_config_name
    deployment = Deployment(
        account=context.account,
        region=context.region,
        application=application.application_name,
        group=group,
        service=_service(group, context),
        revision=revision,
        config_name=config_name,
        description=params.get("description") or "",
        overridden_alarms=params.get("overrideAlarmConfiguration"),
        rollback=params.get("autoRollbackConfiguration"),
    )
    chosen = configuration(config_name, context)
    context.table(DEPLOYMENTS)[deployment.id] = deployment
    run.RUNS.start(deployment, chosen)
    return {"deploymentId": deployment.id}


@operation("codedeploy", "GetDeployment")
def get(params: Shape, context: Context) -> Shape | Forward:
    """Return a deployment."""
    found = _find(params["deploymentId"], context)
    return FORWARD if found is None else {"deploymentInfo": found.answer()}


@operation("codedeploy", "BatchGetDeployments")
def batch_get(params: Shape, context: Context) -> Shape | Forward:
    """Return several deployments; those that do not exist are left out."""
    table = context.table(DEPLOYMENTS)
    found = [table[one].answer() for one in params["deploymentIds"] if one in table]
    return {"deploymentsInfo": found} if found else FORWARD


@operation("codedeploy", "ListDeployments")
def list_all(params: Shape, context: Context) -> Shape | Forward:
    """List deployments of an application and group, those of the last time first."""
    application, group = params.get("applicationName"), params.get("deploymentGroupName")
    statuses = params.get("includeOnlyStatuses") or ()
    known = context.backend(codedeploy_backends).applications.get(application)
    if known is not None and known.compute_platform != "ECS":
        return FORWARD
    table = context.table(DEPLOYMENTS)
    found = [
        one.id
        for one in reversed(table.values())
        if application in {None, one.application}
        and group in {None, one.group.deployment_group_name}
        and (not statuses or one.status in statuses)
    ]
    return {"deployments": found}


@operation("codedeploy", "ListDeploymentTargets")
def list_targets(params: Shape, context: Context) -> Shape:
    """List the only target of a deployment to ECS: its service."""
    return {"targetIds": [context.table(DEPLOYMENTS).require(params["deploymentId"]).target_id()]}


@operation("codedeploy", "GetDeploymentTarget")
def get_target(params: Shape, context: Context) -> Shape:
    """Return the lifecycle events and the task sets of a deployment."""
    return {"deploymentTarget": _target(params["deploymentId"], params.get("targetId"), context)}


@operation("codedeploy", "BatchGetDeploymentTargets")
def batch_get_targets(params: Shape, context: Context) -> Shape:
    """Return the targets of a deployment by their ids."""
    targets = [_target(params["deploymentId"], one, context) for one in params.get("targetIds") or ()]
    return {"deploymentTargets": targets}


@operation("codedeploy", "StopDeployment")
def stop(params: Shape, context: Context) -> Shape:
    """Stop a deployment, with or without the way back.

    https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_StopDeployment.html
    """
    deployment = context.table(DEPLOYMENTS).require(params["deploymentId"])
    run.stop(deployment, rolls_back=bool(params.get("autoRollbackEnabled")))
    return {"status": "Pending", "statusMessage": "Stopping deployment."}


@operation("codedeploy", "PutLifecycleEventHookExecutionStatus")
def report(params: Shape, context: Context) -> Shape:
    """Store the result of a hook."""
    deployment = context.table(DEPLOYMENTS).require(str(params.get("deploymentId")))
    execution = str(params.get("lifecycleEventHookExecutionId"))
    hooks.report(deployment, execution, str(params.get("status")))
    return {"lifecycleEventHookExecutionId": execution}


def _service(group: Any, context: Context) -> Any:
    """The service of a group, which CodeDeploy must be able to deploy."""
    services = context.backend(ecs_backends).services
    for one in group.ecs_services:
        found = services.get(f"{one['clusterName'].rsplit('/', 1)[-1]}:{one['serviceName'].rsplit('/', 1)[-1]}")
        if found is not None and found.status == "ACTIVE":
            return found
    raise AwsError(code="InvalidECSServiceException", message="The Amazon ECS service identifier is not valid.")


def _find(deployment_id: str, context: Context) -> Deployment | None:
    """A deployment to ECS; None if moto may have it."""
    if deployment_id in context.backend(codedeploy_backends).deployments:
        return None
    return context.table(DEPLOYMENTS).require(deployment_id)


def _target(deployment_id: str, target_id: str | None, context: Context) -> Shape:
    deployment = context.table(DEPLOYMENTS).require(deployment_id)
    if target_id is not None and target_id.rsplit("/", 1)[-1] not in {
        deployment.target_id(),
        deployment.target_id().rsplit(":", 1)[-1],
    }:
        raise AwsError(
            code="DeploymentTargetDoesNotExistException",
            message=f"The deployment target {target_id} does not exist in the deployment {deployment_id}",
        )
    return deployment.target()
