"""A service on the emulator that CodeDeploy deploys, behind a load balancer with two listeners."""

from __future__ import annotations

import itertools
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emulator.releases.answers import STATUSES
from emulator.releases.clock import CLOCK
from emulator.releases.task_sets import SICK_IMAGES
from tests.emulator.functions import make_function, zip_code
from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.emulator.conftest import Client

CLUSTER, SERVICE, APP = "web-cluster", "web", "web"
CONTAINER, PORT = "app", 8443
SECONDS: Final = 20
"""No deployment of these tests takes longer."""
_ACCOUNTS: Final = itertools.count(710000000000)
REPORTING: Final = """
import boto3

def handler(event, context):
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status=STATUS,
    )
"""


@dataclass
class Platform:
    """An account with the service, whose group the test makes."""

    client: Client
    account: str = field(default_factory=lambda: str(next(_ACCOUNTS)))
    cluster: str = CLUSTER
    name: str = SERVICE
    """That of the service, of the application and of the group."""

    def __post_init__(self) -> None:
        """Create everything but the application."""
        self.ecs, self.elb = self.of("ecs"), self.of("elbv2")
        self.codedeploy = self.of("codedeploy")
        self.subnets = make_subnets(self.client, "us-east-1a", "us-east-1b", account=self.account)
        self.ecs.create_cluster(clusterName=self.cluster)
        vpc = self.of("ec2").describe_subnets(SubnetIds=self.subnets[:1])["Subnets"][0]["VpcId"]
        balancer = self.elb.create_load_balancer(Name="web", Subnets=self.subnets)["LoadBalancers"][0]
        self.groups = {
            color: self.elb.create_target_group(
                Name=f"web-{color}", Protocol="HTTP", Port=PORT, VpcId=vpc, TargetType="ip"
            )["TargetGroups"][0]["TargetGroupArn"]
            for color in ("blue", "green", "other")
        }
        found = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
        self.listeners = {
            name: self.elb.create_listener(
                LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=port, DefaultActions=[found]
            )["Listeners"][0]["ListenerArn"]
            for name, port in (("production", 80), ("test", 8443))
        }
        self.rules = {
            name: self.elb.create_rule(
                ListenerArn=arn,
                Priority=1,
                Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
                Actions=[{"Type": "forward", "TargetGroupArn": self.groups["blue"]}],
            )["Rules"][0]["RuleArn"]
            for name, arn in self.listeners.items()
        }
        self.revision = self.register("web:1")
        self.ecs.create_service(
            cluster=self.cluster,
            serviceName=self.name,
            taskDefinition=self.revision,
            desiredCount=2,
            deploymentController={"type": "CODE_DEPLOY"},
            networkConfiguration={"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": []}},
            loadBalancers=[{"targetGroupArn": self.groups["blue"], "containerName": CONTAINER, "containerPort": PORT}],
        )

    def of(self, service: str) -> Any:
        """A client of the account."""
        return self.client(service, account=self.account)

    def register(self, image: str) -> str:
        """A revision of the task definition."""
        container = {"name": CONTAINER, "image": image, "memory": 128, "portMappings": [{"containerPort": PORT}]}
        made = self.ecs.register_task_definition(family="web", networkMode="awsvpc", containerDefinitions=[container])
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def group(self, *, targets: tuple[str, ...] = ("blue", "green"), **changes: Any) -> dict[str, Any]:
        """The arguments of a deployment group."""
        pair: dict[str, Any] = {
            "targetGroups": [{"name": f"web-{color}"} for color in targets],
            "prodTrafficRoute": {"listenerArns": [self.listeners["production"]]},
            "testTrafficRoute": {"listenerArns": [self.listeners["test"]]},
        }
        end = {"action": "TERMINATE", "terminationWaitTimeInMinutes": 1}
        arguments: dict[str, Any] = {
            "applicationName": self.name,
            "deploymentGroupName": self.name,
            "serviceRoleArn": f"arn:aws:iam::{self.account}:role/deploy",
            "deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce",
            "deploymentStyle": {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
            "ecsServices": [{"clusterName": self.cluster, "serviceName": self.name}],
            "loadBalancerInfo": {"targetGroupPairInfoList": [pair]},
            "blueGreenDeploymentConfiguration": {
                "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
                "terminateBlueInstancesOnDeploymentSuccess": end,
            },
            "autoRollbackConfiguration": {
                "enabled": True,
                "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"],
            },
        }
        return arguments | changes

    def make_group(self, **changes: Any) -> None:
        """Create the application with its group."""
        self.codedeploy.create_application(applicationName=self.name, computePlatform="ECS")
        self.codedeploy.create_deployment_group(**self.group(**changes))

    def hook(self, name: str, status: str | None) -> str:
        """A function that reports this status, or nothing."""
        code = REPORTING.replace("STATUS", repr(status)) if status else "def handler(event, context):\n    return 1\n"
        make_function(
            self.client, name, zip_code(code), account=self.account, actions=("codedeploy:*", "logs:*"), Timeout=30
        )
        return f"arn:aws:lambda:us-east-1:{self.account}:function:{name}"

    def deploy(self, task_definition: str, *, hooks: Mapping[str, str] | None = None, **changes: Any) -> str:
        """Start a deployment of a revision of the task definition; return its id."""
        content = appspec(task_definition, hooks=hooks)
        made = self.codedeploy.create_deployment(
            **{
                "applicationName": self.name,
                "deploymentGroupName": self.name,
                "revision": {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
            }
            | changes
        )
        return str(made["deploymentId"])

    def info(self, deployment: str) -> Any:
        """What GetDeployment answers."""
        return self.codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]

    def wait(self, deployment: str, *, status: str | None = None) -> Any:
        """Wait for the end of a deployment, or for a status."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found = self.info(deployment)
            if found["status"] == status or (status is None and found["status"] in {"Succeeded", "Failed", "Stopped"}):
                return found
            time.sleep(0.02)
        raise AssertionError(self.info(deployment))

    def events(self, deployment: str) -> dict[str, str]:
        """The status of each lifecycle event."""
        found = self.codedeploy.list_deployment_targets(deploymentId=deployment)["targetIds"]
        target = self.codedeploy.get_deployment_target(deploymentId=deployment, targetId=found[0])
        events = target["deploymentTarget"]["ecsTarget"]["lifecycleEvents"]
        return {event["lifecycleEventName"]: event["status"] for event in events}

    def weights(self, listener: str = "production") -> dict[str, int]:
        """The weight of each color on a listener."""
        (rule,) = self.elb.describe_rules(RuleArns=[self.rules[listener]])["Rules"]
        (action,) = rule["Actions"]
        groups = action.get("ForwardConfig", {}).get("TargetGroups") or [
            {"TargetGroupArn": action["TargetGroupArn"], "Weight": 1}
        ]
        colors = {arn: color for color, arn in self.groups.items()}
        return {colors[one["TargetGroupArn"]]: one["Weight"] for one in groups}

    def targets(self, color: str) -> list[str]:
        """The states of the targets of a color."""
        found = self.elb.describe_target_health(TargetGroupArn=self.groups[color])["TargetHealthDescriptions"]
        return [one["TargetHealth"]["State"] for one in found]

    def service(self) -> Any:
        """What DescribeServices answers."""
        return self.ecs.describe_services(cluster=self.cluster, services=[self.name])["services"][0]


def appspec(
    revision: str, *, container: str = CONTAINER, port: int = PORT, hooks: Mapping[str, str] | None = None
) -> str:
    """The file of a release, as JSON."""
    properties = {"TaskDefinition": revision, "LoadBalancerInfo": {"ContainerName": container, "ContainerPort": port}}
    document: dict[str, Any] = {
        "version": 0.0,
        "Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": properties}}],
    }
    if hooks:
        document["Hooks"] = [{name: function} for name, function in hooks.items()]
    return json.dumps(document)


def failure(platform: Platform, deployment: str) -> tuple[str, str, str]:
    """Status, code and message of a deployment that has ended without success."""
    info = platform.wait(deployment)
    return info["status"], info["errorInformation"]["code"], info["errorInformation"]["message"]


@contextmanager
def fast(minute_seconds: float) -> Iterator[None]:
    """The minutes of a deployment are this short, and what tests say of images is forgotten."""
    CLOCK.minute_seconds = minute_seconds
    yield
    CLOCK.reset()
    SICK_IMAGES.clear()
    STATUSES.clear()
