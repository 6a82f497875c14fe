"""Auto-scaling and deployments of CodeDeploy: one does not disturb the other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.function import Function
from modules.function_events import add_event_rule
from modules.function_schedule import add_schedule
from modules.policy import Statement
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.key import Key
    from modules.label import Label
    from modules.service.cluster import Cluster
    from modules.service.deployment_group import DeploymentGroup
    from modules.service.fargate_service import FargateService
    from modules.topic import Topics

_FOLDER: Final = "deployment_scaling"
_TIMEOUT_SECONDS: Final = 60
_MINUTES: Final = 5
# The next run repairs a failed one; AWS's shortest age of an event:
# https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
_RETRIES: Final = 0
_RETRY_SECONDS: Final = 60


class DeploymentScaling(Construct):
    """A function that suspends the scaling of a service while CodeDeploy deploys it, and resumes it in any case.

    AWS does not stop auto-scaling during a deployment of CodeDeploy, and the deployment can fail because of it:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        cluster: Cluster,
        deployed: Sequence[tuple[FargateService, DeploymentGroup]],
        sleeps: bool,
        key: Key,
        log_retention_days: int,
        topics: Topics,
    ) -> None:
        """Create the function, what calls it, and its permissions.

        Args:
            label: Names it.
            cluster: Runs the services.
            deployed: The services that CodeDeploy deploys, each with its group.
            sleeps: Whether the environment sleeps outside of its hours.
            key: Encrypts its variables, its log and its events.
            log_retention_days: Days that its log is kept.
            topics: Whom its alarm notifies.
        """
        super().__init__(scope, id_)
        self._label = label
        # By tokens, so that the groups exist before the first call.
        self._applications = {service.service_name: group.application_name for service, group in deployed}
        self._function = Function(
            self,
            "function",
            label=label,
            folder=_FOLDER,
            description="Suspends auto-scaling during deployments",
            variables={
                "CLUSTER": cluster.name,
                "SERVICES": json.dumps(self._applications),
                "SLEEPS": "true" if sleeps else "false",
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            key=key,
            logs_key=key,
            log_retention_days=log_retention_days,
            topics=topics,
            severity=Severity.WARNING,
        )
        self._grant([service for service, _ in deployed])
        add_schedule(
            self,
            label=label,
            name="deployment-scaling",
            rate=f"rate({_MINUTES} minutes)",
            function=self._function,
            event={},
            key=key,
            retries=_RETRIES,
            retry_seconds=_RETRY_SECONDS,
            descriptions=("Scaling during deployments", "Calls the function deployment-scaling"),
        )
        self._call_on_events()

    def _grant(self, services: Sequence[FargateService]) -> None:
        groups = [
            self._label.arn("codedeploy", f"deploymentgroup:{name}/{name}") for name in self._applications.values()
        ]
        self._function.role.add_to_policy(
            Statement(
                actions=("codedeploy:BatchGetDeployments", "codedeploy:ListDeployments"), resources=tuple(groups)
            ),
            # Application Auto Scaling acts on ECS with the permissions of the caller:
            # https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
            Statement(
                actions=("ecs:DescribeServices", "ecs:UpdateService"),
                resources=tuple(service.arn for service in services),
            ),
            Statement(
                actions=("application-autoscaling:RegisterScalableTarget",),
                resources=tuple(service.scaling.arn for service in services),
            ),
            # IAM does not grant what describes on single resources (the same page).
            Statement(actions=("application-autoscaling:DescribeScalableTargets",), resources=("*",)),
        )

    def _call_on_events(self) -> None:
        """When a deployment starts or ends.

        https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
        """
        add_event_rule(
            self,
            label=self._label,
            name="deployment-scaling",
            description="Deployments of CodeDeploy that start or end",
            pattern={
                "source": ["aws.codedeploy"],
                "detail-type": ["CodeDeploy Deployment State-change Notification"],
                "detail": {
                    "application": list(self._applications.values()),
                    "state": ["START", "SUCCESS", "FAILURE", "STOP"],
                },
            },
            function=self._function,
        )
