"""AWS CodeDeploy: deployment configurations of an account, which moto lacks."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from moto.codedeploy.models import codedeploy_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.releases.configurations import PREDEFINED, require_accepted
from emulator.store import Kind

if TYPE_CHECKING:
    from emulator.store import Shape

CONFIGS: Kind[Shape] = Kind(
    "deployment config",
    missing="DeploymentConfigDoesNotExistException",
    message="No Deployment Configuration found for name: {key}",
)


def configuration(name: str, context: Context) -> Shape:
    """A configuration of AWS or of the account, or AWS's error."""
    return PREDEFINED.get(name) or context.table(CONFIGS).require(name)


@operation("codedeploy", "CreateDeploymentConfig")
def create_config(params: Shape, context: Context) -> Shape:
    """Store a custom deployment configuration."""
    require_accepted(params)
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
    """Return a deployment configuration."""
    return {"deploymentConfigInfo": configuration(params["deploymentConfigName"], context)}


@operation("codedeploy", "DeleteDeploymentConfig")
def delete_config(params: Shape, context: Context) -> Shape:
    """Delete a deployment configuration that no group uses; AWS accepts an unknown one.

    https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeleteDeploymentConfig.html
    """
    name = params["deploymentConfigName"]
    for groups in context.backend(codedeploy_backends).deployment_groups.values():
        if any(group.deployment_config_name == name for group in groups.values()):
            raise AwsError(
                code="DeploymentConfigInUseException", message="The deployment configuration is still in use."
            )
    context.table(CONFIGS).pop(name, None)
    return {}


@operation("codedeploy", "ListDeploymentConfigs")
def list_configs(_: Shape, context: Context) -> Shape:
    """List the names of the account's configurations and of AWS's own."""
    return {"deploymentConfigsList": [*PREDEFINED, *context.table(CONFIGS)]}
