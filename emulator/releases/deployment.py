"""One deployment: what CodeDeploy knows of it, and its answers."""

from __future__ import annotations

import hashlib
import secrets
import string
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emulator.clock import now
from emulator.releases import task_sets, traffic
from emulator.store import Kind

if TYPE_CHECKING:
    import datetime as dt

    from emulator.releases.errors import DeploymentError
    from emulator.store import Shape

EVENTS: Final = (
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "AllowTestTraffic",
    "AfterAllowTestTraffic",
    "BeforeAllowTraffic",
    "AllowTraffic",
    "AfterAllowTraffic",
)
"""https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html"""
ACTIVE: Final = frozenset({"Created", "Queued", "InProgress", "Ready"})
_ID_LENGTH: Final = 9


@dataclass
class Event:
    """A step of the life of a deployment."""

    name: str
    status: str = "Pending"
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    message: str = ""

    def begin(self) -> None:
        """It is in progress."""
        self.status, self.start = "InProgress", now()

    def finish(self, status: str, message: str = "") -> None:
        """It has ended."""
        self.status, self.end, self.message = status, now(), message
        self.start = self.start or self.end

    def answer(self) -> Shape:
        """As CodeDeploy answers it."""
        told: Shape = {"lifecycleEventName": self.name, "status": self.status}
        told |= {name: time for name, time in (("startTime", self.start), ("endTime", self.end)) if time}
        if self.message:
            told["diagnostics"] = {"errorCode": "UnknownError", "message": self.message}
        return told


def hashed(revision: Shape) -> Shape:
    """A revision with the hash of its text instead of the text, as GetDeployment answers it.

    https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeployment.html
    """
    kind = str(revision.get("revisionType"))
    name = {"AppSpecContent": "appSpecContent", "String": "string"}.get(kind, "")
    text = (revision.get(name) or {}).get("content") if name else None
    if text is None:
        return dict(revision)
    return {"revisionType": kind, name: {"sha256": hashlib.sha256(str(text).encode()).hexdigest()}}


@dataclass(eq=False)
class Deployment:
    """A deployment to one ECS service; what it changes, it changes under the emulator's lock."""

    account: str
    region: str
    application: str
    group: Any
    """The deployment group of moto."""
    service: Any
    """The service of moto."""
    revision: Shape
    config_name: str
    creator: str = "user"
    description: str = ""
    overridden_alarms: Shape | None = None
    rollback: Shape | None = None
    """Set for this call; else the group's own."""
    id: str = field(
        default_factory=lambda: (
            "d-" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(_ID_LENGTH))
        )
    )
    status: str = "Created"
    created: dt.datetime = field(default_factory=now)
    started: dt.datetime | None = None
    completed: dt.datetime | None = None
    error: DeploymentError | None = None
    rollback_info: Shape | None = None
    waits_for_the_end: bool = False
    events: dict[str, Event] = field(default_factory=lambda: {name: Event(name) for name in EVENTS})
    blue: Any = None
    green: Any = None
    hooks: dict[str, str | None] = field(default_factory=dict)
    """The result of each execution of a hook by its id; None until it was reported."""
    reported: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set to end it early: by a person, an alarm or the end of the emulator."""
    stop_rolls_back: bool = False
    stop_reason: DeploymentError | None = None

    @property
    def is_active(self) -> bool:
        """Whether it has not ended."""
        return self.status in ACTIVE

    @property
    def pair(self) -> dict[str, Any]:
        """Both target groups and both listeners, as the group has them."""
        (found,) = self.group.load_balancer_info["targetGroupPairInfoList"]
        return dict(found)

    @property
    def production(self) -> str:
        """ARN of the listener of users."""
        return str(self.pair["prodTrafficRoute"]["listenerArns"][0])

    @property
    def test(self) -> str | None:
        """ARN of the test listener."""
        arns = (self.pair.get("testTrafficRoute") or {}).get("listenerArns") or [None]
        return str(arns[0]) if arns[0] else None

    @property
    def rolls_back_on(self) -> frozenset[str]:
        """The events of a rollback."""
        found = self.rollback if self.rollback is not None else self.group.auto_rollback_configuration
        return frozenset((found or {}).get("events") or ()) if (found or {}).get("enabled") else frozenset()

    def target_id(self) -> str:
        """Its only target: cluster and service."""
        return f"{self.service.cluster_name}:{self.service.name}"

    def answer(self) -> Shape:
        """As GetDeployment answers it."""
        told: Shape = {
            "applicationName": self.application,
            "deploymentGroupName": self.group.deployment_group_name,
            "deploymentConfigName": self.config_name,
            "deploymentId": self.id,
            "revision": hashed(self.revision),
            "status": self.status,
            "createTime": self.created,
            "creator": self.creator,
            "ignoreApplicationStopFailures": False,
            "updateOutdatedInstancesOnly": False,
            "deploymentStyle": self.group.deployment_style,
            "instanceTerminationWaitTimeStarted": self.waits_for_the_end,
            "blueGreenDeploymentConfiguration": self.group.blue_green_deployment_configuration,
            "loadBalancerInfo": self.group.load_balancer_info,
            "fileExistsBehavior": "DISALLOW",
            "deploymentStatusMessages": [],
            "computePlatform": "ECS",
            "autoRollbackConfiguration": self.group.auto_rollback_configuration,
        }
        for name, value in (
            ("description", self.description),
            ("startTime", self.started),
            ("completeTime", self.completed),
            ("rollbackInfo", self.rollback_info),
            ("overrideAlarmConfiguration", self.overridden_alarms),
        ):
            if value:
                told[name] = value
        if self.error:
            told["errorInformation"] = {"code": self.error.code, "message": self.error.message}
        return told

    def target(self) -> Shape:
        """As GetDeploymentTarget answers it."""
        service = f"service/{self.service.cluster_name}/{self.service.name}"
        statuses = {"Created": "Pending", "Stopped": "Failed"}
        return {
            "deploymentTargetType": "ECSTarget",
            "ecsTarget": {
                "deploymentId": self.id,
                "targetId": self.target_id(),
                "targetArn": f"arn:aws:ecs:{self.region}:{self.account}:{service}",
                "lastUpdatedAt": self.completed or now(),
                "status": statuses.get(self.status, self.status),
                "lifecycleEvents": [event.answer() for event in self.events.values()],
                "taskSetsInfo": [
                    self._task_set(task_set, label)
                    for task_set, label in ((self.blue, "Blue"), (self.green, "Green"))
                    if task_set is not None and task_set in self.service.task_sets
                ],
            },
        }

    def _task_set(self, task_set: Any, label: str) -> Shape:
        arn = task_sets.target_group_arn(task_set)
        both = (task_sets.target_group_arn(self.blue), task_sets.target_group_arn(self.green or self.blue))
        weights = traffic.current(self.production, both)
        return {
            "identifer": task_set.id,  # AWS's own spelling
            "desiredCount": len(task_set.addresses),
            "pendingCount": task_set.pending_count,
            "runningCount": task_set.running_count,
            "status": task_set.status,
            "trafficWeight": 100.0 * weights[arn] / (sum(weights.values()) or 1),
            "targetGroup": {"name": arn.split("/")[1]},
            "taskSetLabel": label,
        }


DEPLOYMENTS: Kind[Deployment] = Kind(
    "deployment", missing="DeploymentDoesNotExistException", message="The deployment {key} could not be found"
)
