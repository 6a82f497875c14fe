"""Deployments to ECS: the swap, its hooks and alarms, and the way back."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from emulator.releases.clock import CLOCK
from emulator.releases.task_sets import SICK_IMAGES
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


def test_a_service_of_codedeploy_starts_with_a_task_set_whose_tasks_are_targets(platform: Platform) -> None:
    (first,) = platform.service()["taskSets"]
    assert (first["status"], first["taskDefinition"]) == ("PRIMARY", platform.revision)
    assert (platform.targets("blue"), platform.targets("green")) == (["healthy", "healthy"], [])
    platform.ecs.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=3)
    assert platform.targets("blue") == ["healthy"] * 3
    platform.ecs.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=0)
    assert platform.targets("blue") == []
    platform.ecs.delete_service(cluster=CLUSTER, service=SERVICE)
    assert not [
        one
        for one in platform.ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
        if one["status"] == "ACTIVE"
    ]


def test_a_deployment_moves_the_requests_and_ends_the_old_tasks(platform: Platform) -> None:
    platform.make_group()
    second = platform.register("web:2")
    deployment = platform.deploy(second)
    info = platform.wait(deployment)
    assert (info["status"], info["creator"], info["computePlatform"]) == ("Succeeded", "user", "ECS")
    assert platform.weights("production") == platform.weights("test") == {"green": 100, "blue": 0}
    assert (platform.targets("blue"), platform.targets("green")) == ([], ["healthy", "healthy"])
    service = platform.service()
    assert service["taskDefinition"] == second
    assert [one["status"] for one in service["taskSets"]] == ["PRIMARY"]
    assert service["loadBalancers"][0]["targetGroupArn"] == platform.groups["green"]
    assert platform.events(deployment)["AllowTraffic"] == "Succeeded"
    assert platform.events(deployment)["AfterAllowTestTraffic"] == "Skipped"
    # And the next one goes back to the first target group.
    assert platform.wait(platform.deploy(platform.register("web:3")))["status"] == "Succeeded"
    assert platform.weights() == {"blue": 100, "green": 0}


def test_a_canary_waits_between_its_steps(platform: Platform) -> None:
    CLOCK.minute_seconds = 1
    routing = {"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 10, "canaryInterval": 1}}
    platform.codedeploy.create_deployment_config(
        deploymentConfigName="slow", computePlatform="ECS", trafficRoutingConfig=routing
    )
    platform.make_group(deploymentConfigName="slow")
    deployment = platform.deploy(platform.register("web:2"))
    seen = watch(platform, deployment)
    assert seen[-2:] == [{"green": 10, "blue": 90}, {"green": 100, "blue": 0}]
    assert seen[:-2] in ([], [{"blue": 1}])
    with pytest.raises(ClientError, match="DeploymentConfigInUseException"):
        platform.codedeploy.delete_deployment_config(deploymentConfigName="slow")


def test_linear_steps_are_equal(platform: Platform) -> None:
    CLOCK.minute_seconds = 1
    routing = {"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": 40, "linearInterval": 1}}
    platform.codedeploy.create_deployment_config(
        deploymentConfigName="steps", computePlatform="ECS", trafficRoutingConfig=routing
    )
    platform.make_group(deploymentConfigName="steps")
    seen = watch(platform, platform.deploy(platform.register("web:2")))
    assert seen[-3:] == [{"green": share, "blue": 100 - share} for share in (40, 80, 100)]


def watch(platform: Platform, deployment: str) -> list[dict[str, int]]:
    """The weights on the listener of users, each once, until the deployment ends."""
    seen: list[dict[str, int]] = [platform.weights()]
    while platform.info(deployment)["status"] not in {"Succeeded", "Failed", "Stopped"}:
        now = platform.weights()
        if now != seen[-1]:
            seen.append(now)
        assert all(platform.targets(color) for color, weight in now.items() if weight)
    return seen


def test_a_revision_can_be_in_s3(platform: Platform) -> None:
    platform.make_group()
    s3 = platform.of("s3")
    s3.create_bucket(Bucket=f"releases-{platform.account}")
    second = platform.register("web:2")
    s3.put_object(Bucket=f"releases-{platform.account}", Key="appspec.yaml", Body=appspec(second).encode())
    location = {"bucket": f"releases-{platform.account}", "key": "appspec.yaml", "bundleType": "YAML"}
    deployment = platform.deploy(second, revision={"revisionType": "S3", "s3Location": location})
    assert platform.wait(deployment)["status"] == "Succeeded"
    assert platform.service()["taskDefinition"] == second
    missing = {"revisionType": "S3", "s3Location": location | {"key": "other.yaml"}}
    assert failure(platform, platform.deploy(second, revision=missing))[1] == "REVISION_MISSING"


def test_a_hook_is_called_and_its_success_lets_the_deployment_go_on(platform: Platform) -> None:
    platform.make_group()
    hook = platform.hook("good", "Succeeded")
    deployment = platform.deploy(platform.register("web:2"), hooks={"AfterAllowTestTraffic": hook})
    assert platform.wait(deployment)["status"] == "Succeeded"
    assert platform.events(deployment)["AfterAllowTestTraffic"] == "Succeeded"


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        ("Failed", "HOOK_EXECUTION_FAILURE", "reported Failed"),
        (None, "HOOK_EXECUTION_FAILURE", "did not report a result"),
    ],
)
def test_a_hook_that_fails_or_says_nothing_ends_it_before_users_see_it(
    platform: Platform, status: str | None, code: str, says: str
) -> None:
    platform.make_group()
    hook = platform.hook("bad", status)
    deployment = platform.deploy(platform.register("web:2"), hooks={"AfterAllowTestTraffic": hook})
    ended = failure(platform, deployment)
    assert ended[:2] == ("Failed", code)
    assert says in ended[2]
    rollback = platform.info(deployment)["rollbackInfo"]["rollbackDeploymentId"]
    assert platform.info(rollback)["creator"] == "codeDeployRollback"
    assert platform.info(rollback)["rollbackInfo"]["rollbackTriggeringDeploymentId"] == deployment
    assert platform.weights("test") == platform.weights("production") | {"blue": 100, "green": 0}
    assert platform.weights()["blue"] > 0
    assert (platform.targets("blue"), platform.targets("green")) == (["healthy", "healthy"], [])
    assert platform.service()["taskDefinition"] == platform.revision


def test_a_hook_that_is_throttled_is_called_again(platform: Platform) -> None:
    hook = platform.hook("busy", "Succeeded")
    functions = platform.of("lambda")
    functions.put_function_concurrency(FunctionName="busy", ReservedConcurrentExecutions=0)
    platform.make_group()
    deployment = platform.deploy(platform.register("web:2"), hooks={"AfterAllowTestTraffic": hook})
    while platform.events(deployment).get("AfterAllowTestTraffic") in {None, "Pending"}:
        time.sleep(0.05)
    time.sleep(1)  # some calls are refused
    assert platform.events(deployment)["AfterAllowTestTraffic"] == "InProgress"
    functions.delete_function_concurrency(FunctionName="busy")
    assert platform.wait(deployment)["status"] == "Succeeded"


def test_a_hook_that_does_not_exist_ends_it(platform: Platform) -> None:
    platform.make_group()
    ended = failure(platform, platform.deploy(platform.register("web:2"), hooks={"AfterInstall": "nothing"}))
    assert ended[:2] == ("Failed", "INVALID_LAMBDA_FUNCTION")


def test_tasks_that_never_become_healthy_get_no_requests(platform: Platform) -> None:
    CLOCK.minute_seconds = 0.01
    platform.make_group()
    SICK_IMAGES.add("web:bad")
    deployment = platform.deploy(platform.register("web:bad"))
    assert failure(platform, deployment)[:2] == ("Failed", "HEALTH_CONSTRAINTS")
    assert platform.events(deployment)["Install"] == "Failed"
    assert platform.weights()["blue"] > 0
    assert platform.targets("green") == []


@pytest.mark.parametrize("rolls_back", [True, False])
def test_a_person_stops_it_with_or_without_the_way_back(platform: Platform, rolls_back: bool) -> None:  # noqa: FBT001 (a parameter of a test)
    CLOCK.minute_seconds = 5
    platform.make_group()
    second = platform.register("web:2")
    deployment = platform.deploy(second)
    while not platform.info(deployment)["instanceTerminationWaitTimeStarted"]:
        time.sleep(0.02)
    assert platform.service()["taskDefinition"] == second
    platform.codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=rolls_back)
    info = platform.wait(deployment)
    assert (info["status"], info["errorInformation"]["code"]) == ("Stopped", "MANUAL_STOP")
    assert ("rollbackInfo" in info) is rolls_back
    assert platform.weights() == ({"blue": 100, "green": 0} if rolls_back else {"green": 100, "blue": 0})
    assert platform.service()["taskDefinition"] == (platform.revision if rolls_back else second)
    with pytest.raises(ClientError, match="has already been completed"):
        platform.codedeploy.stop_deployment(deploymentId=deployment)


def alarm(platform: Platform, state: str) -> None:
    cloudwatch = platform.of("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="Own",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue=state, StateReason="test")


def test_an_alarm_that_is_on_lets_none_start(platform: Platform) -> None:
    alarm(platform, "ALARM")
    platform.make_group(alarmConfiguration={"enabled": True, "alarms": [{"name": "errors"}]})
    second = platform.register("web:2")
    ended = failure(platform, platform.deploy(second))
    assert ended[:2] == ("Stopped", "ALARM_ACTIVE")
    assert ended[2].endswith("Activated alarms: errors")
    assert platform.weights() == {"blue": 1}
    # A person who deploys the repair takes the alarms away for this one.
    repair = platform.deploy(second, overrideAlarmConfiguration={"enabled": False})
    assert platform.wait(repair)["status"] == "Succeeded"


def test_an_alarm_rolls_back_as_long_as_the_old_tasks_are_there(platform: Platform) -> None:
    CLOCK.minute_seconds = 5
    alarm(platform, "OK")
    platform.make_group(alarmConfiguration={"enabled": True, "alarms": [{"name": "errors"}]})
    deployment = platform.deploy(platform.register("web:2"))
    while platform.weights() != {"green": 100, "blue": 0}:
        time.sleep(0.02)
    alarm(platform, "ALARM")
    assert failure(platform, deployment)[:2] == ("Stopped", "ALARM_ACTIVE")
    assert platform.weights() == {"blue": 100, "green": 0}
    assert platform.targets("blue") == ["healthy", "healthy"]


def test_each_state_is_an_event(platform: Platform) -> None:
    sqs, events = platform.of("sqs"), platform.of("events")
    queue = sqs.create_queue(QueueName="states")["QueueUrl"]
    events.put_rule(Name="states", EventPattern=json.dumps({"source": ["aws.codedeploy"]}))
    arn = f"arn:aws:sqs:us-east-1:{platform.account}:states"
    events.put_targets(Rule="states", Targets=[{"Id": "states", "Arn": arn}])
    platform.make_group()
    good = platform.deploy(platform.register("web:2"))
    platform.wait(good)
    bad = platform.deploy(platform.register("web:3"), hooks={"AfterInstall": "nothing"})
    rollback = platform.wait(bad)["rollbackInfo"]["rollbackDeploymentId"]
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    details = [json.loads(message["Body"])["detail"] for message in received]
    assert [(one["deploymentId"], one["state"]) for one in details] == [
        (good, "START"),
        (good, "SUCCESS"),
        (bad, "START"),
        (bad, "FAILURE"),
        (rollback, "START"),
        (rollback, "SUCCESS"),
    ]
    assert {one["application"] for one in details} == {"web"}


def test_deployments_are_listed_with_the_last_one_first(platform: Platform) -> None:
    platform.make_group()
    ids = [platform.deploy(platform.register("web:2"))]
    platform.wait(ids[0])
    ids.insert(0, platform.deploy(platform.register("web:3")))
    platform.wait(ids[0])
    asked = {"applicationName": "web", "deploymentGroupName": "web"}
    assert platform.codedeploy.list_deployments(**asked)["deployments"] == ids
    assert platform.codedeploy.list_deployments(**asked, includeOnlyStatuses=["Failed"])["deployments"] == []
    found = platform.codedeploy.batch_get_deployments(deploymentIds=ids)["deploymentsInfo"]
    assert [one["deploymentId"] for one in found] == ids
    targets = platform.codedeploy.batch_get_deployment_targets(deploymentId=ids[0], targetIds=[f"{CLUSTER}:{SERVICE}"])[
        "deploymentTargets"
    ]
    (green,) = targets[0]["ecsTarget"]["taskSetsInfo"]
    assert (green["taskSetLabel"], green["trafficWeight"], green["runningCount"]) == ("Green", 100.0, 2)
    with pytest.raises(ClientError, match="DeploymentDoesNotExistException"):
        platform.info("d-UNKNOWN12")
    with pytest.raises(ClientError, match="DeploymentTargetDoesNotExistException"):
        platform.codedeploy.get_deployment_target(deploymentId=ids[0], targetId="other:service")


def test_deployments_are_deleted_with_their_application(platform: Platform) -> None:
    platform.make_group()
    platform.wait(platform.deploy(platform.register("web:2")))
    assert platform.codedeploy.list_deployments()["deployments"]
    platform.codedeploy.delete_application(applicationName="web")
    assert platform.codedeploy.list_deployments()["deployments"] == []
