"""Suspend the auto-scaling of a service while CodeDeploy deploys it, and let it go on afterwards, whatever the result.

EventBridge calls it when a deployment starts or ends, Scheduler every five minutes. Each call compares what should be
with what is, so a lost event costs five minutes, and the end of the shift, of which there is no event, is seen too:

    from the start to the end of the shift           in, out and scheduled are suspended
    from then to the end of the old tasks            in and scheduled
    for a day after the end                          nothing is

Later it changes nothing: what a person has suspended stays. A service without tasks in an environment that sleeps is
the sleep schedule's.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LOGGER = logging.getLogger()
LOGGER.setLevel(logging.INFO)

_AWS: Final = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 5})
# https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html (status)
ACTIVE: Final = frozenset({"Created", "Queued", "InProgress", "Baking", "Ready"})
# https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeployments.html
_MOST_DEPLOYMENTS: Final = 25
# A deployment to ECS ends after five days: https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
_LONGEST: Final = timedelta(days=5)
_AFTERWARDS: Final = timedelta(days=1)
_TARGET: Final = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
IN, OUT, SCHEDULED = "DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """The scaling of the services of a cluster, and the deployments that it must not disturb."""

    codedeploy: Any
    ecs: Any
    scaling: Any
    cluster: str
    sleeps: bool
    """Whether the environment sleeps: its services have no tasks then, and their scaling is suspended."""

    def adjust(self, service: str, *, application: str, now: datetime) -> str | None:
        """Suspend or resume the scaling of a service; return what was changed.

        Args:
            service: Its name.
            application: Name of its application in CodeDeploy, and of its deployment group.
            now: The time.
        """
        wanted = self._wanted(application, now=now)
        if wanted is None:
            return None
        resource = f"service/{self.cluster}/{service}"
        targets = self.scaling.describe_scalable_targets(**_TARGET, ResourceIds=[resource])["ScalableTargets"]
        if not targets or self._is_asleep(service):
            return None
        is_now = targets[0].get("SuspendedState") or {}
        if {name: bool(is_now.get(name)) for name in wanted} == wanted:
            return None
        # Without its bounds, so they stay, and Terraform sees no difference.
        self.scaling.register_scalable_target(**_TARGET, ResourceId=resource, SuspendedState=wanted)
        suspended = sorted(name.removesuffix("Suspended") for name, value in wanted.items() if value)
        return f"{service}: suspended {', '.join(suspended)}" if suspended else f"{service}: scales again"

    def _wanted(self, application: str, *, now: datetime) -> dict[str, bool] | None:
        """What must be suspended; None if no deployment of the last day says anything about it."""
        deployments = list(self._deployments(application, since=now - _LONGEST - _AFTERWARDS))
        if active := [one for one in deployments if one["status"] in ACTIVE]:
            # The requests have all gone to the new tasks: too many of them cost little.
            is_shifted = all(one.get("instanceTerminationWaitTimeStarted") for one in active)
            return {IN: True, OUT: not is_shifted, SCHEDULED: True}
        ends = [one.get("completeTime", one["createTime"]) for one in deployments]
        if any(now - end <= _AFTERWARDS for end in ends):
            return dict.fromkeys((IN, OUT, SCHEDULED), False)
        return None

    def _deployments(self, application: str, *, since: datetime) -> Iterator[dict[str, Any]]:
        pages = self.codedeploy.get_paginator("list_deployments").paginate(
            applicationName=application, deploymentGroupName=application, createTimeRange={"start": since}
        )
        for page in pages:
            ids = page["deployments"]
            for first in range(0, len(ids), _MOST_DEPLOYMENTS):
                chunk = ids[first : first + _MOST_DEPLOYMENTS]
                yield from self.codedeploy.batch_get_deployments(deploymentIds=chunk)["deploymentsInfo"]

    def _is_asleep(self, service: str) -> bool:
        if not self.sleeps:
            return False
        (found,) = self.ecs.describe_services(cluster=self.cluster, services=[service])["services"]
        return not found["desiredCount"]


def handler(
    event: Mapping[str, Any],  # noqa: ARG001 (Lambda passes it)
    context: object,  # noqa: ARG001
    *,
    client: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """Adjust the scaling of all services."""
    made = client or (lambda service: boto3.client(service, config=_AWS))
    scaling = Scaling(
        codedeploy=made("codedeploy"),
        ecs=made("ecs"),
        scaling=made("application-autoscaling"),
        cluster=os.environ["CLUSTER"],
        sleeps=os.environ["SLEEPS"] == "true",
    )
    now = datetime.now(tz=UTC)
    services: dict[str, str] = json.loads(os.environ["SERVICES"])
    changes = [
        change
        for service, application in services.items()
        if (change := scaling.adjust(service, application=application, now=now)) is not None
    ]
    for change in changes:
        LOGGER.info("%s", change)
    return {"changes": changes}
