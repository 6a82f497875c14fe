"""What AWS refuses of deployments to ECS, of their groups and of their configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.releases.clock import CLOCK
from tests.emulator.releases import CLUSTER, SERVICE, Platform, appspec, failure, fast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client


@pytest.fixture(autouse=True)
def quarter_seconds() -> Iterator[None]:
    """A minute of a deployment takes a quarter of a second."""
    with fast(0.25):
        yield


@pytest.fixture
def platform(client: Client) -> Platform:
    return Platform(client)


def inline(content: str) -> dict[str, Any]:
    return {"revision": {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}}}


def test_a_result_is_reported_once_and_for_an_execution_that_there_is(platform: Platform) -> None:
    platform.make_group()
    deployment = platform.deploy(platform.register("web:2"))
    with pytest.raises(ClientError, match="InvalidLifecycleEventHookExecutionIdException"):
        platform.codedeploy.put_lifecycle_event_hook_execution_status(
            deploymentId=deployment, lifecycleEventHookExecutionId="unknown", status="Succeeded"
        )
    platform.wait(deployment)


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"container": "other"}, "ECS_UPDATE_ERROR", "The container other does not exist in the task definition."),
        ({"port": 1}, "ECS_UPDATE_ERROR", "did not have a container port 1 defined"),
        ({"hooks": {"BeforeEverything": "x"}}, "INVALID_REVISION", "BeforeEverything is not a hook"),
    ],
)
def test_a_revision_that_does_not_fit_the_task_definition_fails(
    platform: Platform, changes: dict[str, Any], code: str, says: str
) -> None:
    platform.make_group()
    second = platform.register("web:2")
    ended = failure(platform, platform.deploy(second, **inline(appspec(second, **changes))))
    assert ended[:2] == ("Failed", code)
    assert says in ended[2]


@pytest.mark.parametrize("content", ["Resources: [", "version: 0.0", "Resources: []", '{"Resources": [{"A": {}}]}'])
def test_a_file_that_is_not_valid_fails(platform: Platform, content: str) -> None:
    platform.make_group()
    ended = failure(platform, platform.deploy(platform.revision, **inline(content)))
    assert ended[:2] == ("Failed", "INVALID_REVISION")
    assert platform.weights() == {"blue": 1}


def test_an_unknown_revision_of_the_task_definition_fails(platform: Platform) -> None:
    platform.make_group()
    ended = failure(platform, platform.deploy(platform.revision.replace(":1", ":99")))
    assert ended[:2] == ("Failed", "ECS_UPDATE_ERROR")


def test_a_second_deployment_at_the_same_time_is_refused(platform: Platform) -> None:
    CLOCK.minute_seconds = 5
    platform.make_group()
    deployment = platform.deploy(platform.register("web:2"))
    with pytest.raises(ClientError, match=f"already has an active Deployment '{deployment}'") as caught:
        platform.deploy(platform.revision)
    assert caught.value.response["Error"]["Code"] == "DeploymentLimitExceededException"
    platform.codedeploy.stop_deployment(deploymentId=deployment)
    platform.wait(deployment)


def test_target_groups_behind_no_listener_fail(platform: Platform) -> None:
    platform.make_group(targets=("green", "other"))
    assert failure(platform, platform.deploy(platform.register("web:2")))[1] == "ELASTIC_LOAD_BALANCING_INVALID"


def test_a_listener_without_the_service_fails(platform: Platform) -> None:
    platform.make_group()
    platform.elb.modify_rule(
        RuleArn=platform.rules["production"], Actions=[{"Type": "forward", "TargetGroupArn": platform.groups["other"]}]
    )
    ended = failure(platform, platform.deploy(platform.register("web:2")))
    assert ended[1] == "ELASTIC_LOAD_BALANCING_INVALID"
    assert f"must be behind listener {platform.listeners['production']}" in ended[2]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (
            {"alarmConfiguration": {"enabled": True, "alarms": [{"name": str(n)} for n in range(11)]}},
            "AlarmsLimitExceededException",
        ),
        ({"alarmConfiguration": {"enabled": True, "alarms": []}}, "InvalidAlarmConfigException"),
        (
            {"alarmConfiguration": {"enabled": True, "alarms": [{"name": "a"}, {"name": "a"}]}},
            "InvalidAlarmConfigException",
        ),
        ({"autoRollbackConfiguration": {"enabled": True, "events": []}}, "InvalidAutoRollbackConfigException"),
        (
            {
                "blueGreenDeploymentConfiguration": {
                    "terminateBlueInstancesOnDeploymentSuccess": {"terminationWaitTimeInMinutes": 2881}
                }
            },
            "InvalidBlueGreenDeploymentConfigurationException",
        ),
        ({"ecsServices": [{"clusterName": CLUSTER, "serviceName": "none"}]}, "InvalidECSServiceException"),
        ({"targets": ("blue",)}, "InvalidLoadBalancerInfoException"),
    ],
)
def test_a_group_that_aws_refuses(platform: Platform, changes: dict[str, Any], code: str) -> None:
    platform.codedeploy.create_application(applicationName="web", computePlatform="ECS")
    with pytest.raises(ClientError, match=code):
        platform.codedeploy.create_deployment_group(**platform.group(**changes))


def test_a_second_group_of_a_service_is_refused(platform: Platform) -> None:
    platform.make_group()
    with pytest.raises(ClientError, match="ECSServiceMappingLimitExceededException"):
        platform.codedeploy.create_deployment_group(**platform.group(deploymentGroupName="again"))
    platform.codedeploy.update_deployment_group(
        applicationName="web",
        currentDeploymentGroupName="web",
        ecsServices=[{"clusterName": CLUSTER, "serviceName": SERVICE}],
    )


def test_a_service_that_ecs_deploys_has_no_group(platform: Platform) -> None:
    platform.ecs.create_service(cluster=CLUSTER, serviceName="worker", taskDefinition=platform.revision, desiredCount=1)
    platform.codedeploy.create_application(applicationName="web", computePlatform="ECS")
    with pytest.raises(ClientError, match="must be configured for a CODE_DEPLOY deployment controller"):
        platform.codedeploy.create_deployment_group(
            **platform.group(ecsServices=[{"clusterName": CLUSTER, "serviceName": "worker"}])
        )


@pytest.mark.parametrize(
    ("kind", "percent", "interval"), [("Canary", 150, 5), ("Canary", 10, 0), ("Linear", 0, 5), ("Linear", 1, 30)]
)
def test_steps_out_of_range_are_refused(platform: Platform, kind: str, percent: int, interval: int) -> None:
    name = kind.lower()
    steps = {f"{name}Percentage": percent, f"{name}Interval": interval}
    with pytest.raises(ClientError, match="InvalidTrafficRoutingConfigurationException"):
        platform.codedeploy.create_deployment_config(
            deploymentConfigName="bad",
            computePlatform="ECS",
            trafficRoutingConfig={"type": f"TimeBased{kind}", f"timeBased{kind}": steps},
        )


def test_the_configurations_of_aws_are_there(platform: Platform) -> None:
    name = "CodeDeployDefault.ECSCanary10Percent5Minutes"
    info = platform.codedeploy.get_deployment_config(deploymentConfigName=name)["deploymentConfigInfo"]
    assert info["trafficRoutingConfig"]["timeBasedCanary"] == {"canaryPercentage": 10, "canaryInterval": 5}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"revision": {}}, "RevisionRequiredException"),
        ({"deploymentGroupName": "other"}, "DeploymentGroupDoesNotExistException"),
        ({"applicationName": "other"}, "ApplicationDoesNotExistException"),
        ({"deploymentConfigName": "other"}, "DeploymentConfigDoesNotExistException"),
    ],
)
def test_a_call_that_aws_refuses_starts_nothing(platform: Platform, changes: dict[str, Any], code: str) -> None:
    platform.make_group()
    with pytest.raises(ClientError, match=code):
        platform.deploy(platform.revision, **changes)
    assert platform.codedeploy.list_deployments(applicationName="web")["deployments"] == []
