from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_deployment_group_keeps_alarms_and_can_be_changed_and_deleted(client: Client) -> None:
    deploy = client("codedeploy")
    deploy.create_application(applicationName="app", computePlatform="ECS")
    group = {"applicationName": "app", "deploymentGroupName": "web"}
    role = "arn:aws:iam::123456789012:role/deploy"
    alarms = {"enabled": True, "alarms": [{"name": "errors"}]}
    deploy.create_deployment_group(**group, serviceRoleArn=role, alarmConfiguration=alarms)
    deploy.update_deployment_group(
        applicationName="app",
        currentDeploymentGroupName="web",
        deploymentConfigName="CodeDeployDefault.ECSAllAtOnce",
    )

    info = deploy.get_deployment_group(**group)["deploymentGroupInfo"]
    assert info["alarmConfiguration"]["alarms"] == [{"name": "errors"}]
    assert info["deploymentConfigName"] == "CodeDeployDefault.ECSAllAtOnce"
    deploy.delete_deployment_group(**group)
    with pytest.raises(ClientError, match="No Deployment Group found for name: web"):
        deploy.update_deployment_group(applicationName="app", currentDeploymentGroupName="web")
    deploy.delete_application(applicationName="app")
    with pytest.raises(ClientError, match="No application found for name: app"):
        deploy.update_deployment_group(applicationName="app", currentDeploymentGroupName="web")


def test_a_deployment_config_is_stored_and_deleted(client: Client) -> None:
    deploy = client("codedeploy")
    config = {
        "deploymentConfigName": "slow",
        "computePlatform": "ECS",
        "trafficRoutingConfig": {
            "type": "TimeBasedLinear",
            "timeBasedLinear": {"linearPercentage": 20, "linearInterval": 5},
        },
    }
    deploy.create_deployment_config(**config)
    with pytest.raises(ClientError, match="name: slow already exists"):
        deploy.create_deployment_config(**config)

    info = deploy.get_deployment_config(deploymentConfigName="slow")["deploymentConfigInfo"]
    assert info["trafficRoutingConfig"]["timeBasedLinear"]["linearInterval"] == 5
    deploy.delete_deployment_config(deploymentConfigName="slow")
    with pytest.raises(ClientError, match="No Deployment Configuration found for name: slow"):
        deploy.get_deployment_config(deploymentConfigName="slow")
