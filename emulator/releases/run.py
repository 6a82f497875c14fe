"""The steps of a deployment, in a thread of its own: the requests go on while it waits."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from moto.cloudwatch.models import cloudwatch_backends
from moto.elbv2.models import elbv2_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import REGISTRY
from emulator.releases import events, hooks, task_sets, traffic
from emulator.releases.appspec import AppSpec, revision_text
from emulator.releases.clock import CLOCK
from emulator.releases.configurations import steps
from emulator.releases.deployment import DEPLOYMENTS, Deployment
from emulator.releases.errors import DeploymentError, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.store import Shape

LOG = logging.getLogger(__name__)
_POLL_SECONDS: Final = 0.05
_START_MINUTES: Final = 60
"""How long it waits until the new tasks are healthy."""
_REASONS: Final = {"ALARM_ACTIVE": "DEPLOYMENT_STOP_ON_ALARM", "MANUAL_STOP": "DEPLOYMENT_STOP_ON_REQUEST"}


class Runs:
    """The deployments that are in progress."""

    def __init__(self) -> None:
        """Run none."""
        self._active: set[tuple[Deployment, threading.Thread]] = set()
        self._lock = threading.Lock()

    def start(self, deployment: Deployment, configuration: Shape) -> None:
        """Run one in the background."""
        thread = threading.Thread(
            target=Run(deployment, configuration).run, name=f"deployment {deployment.id}", daemon=True
        )
        with self._lock:
            self._active = {(one, each) for one, each in self._active if each.is_alive()}
            self._active.add((deployment, thread))
        thread.start()

    def stop(self) -> None:
        """End all of them where they are; the caller may have the emulator's lock, so it does not wait."""
        with self._lock:
            for deployment, _ in self._active:
                deployment.service = None
                deployment.stopped.set()
            self._active.clear()


RUNS: Final = Runs()
REGISTRY.resets.append(RUNS.stop)


class Run:
    """One deployment from its start to its end."""

    def __init__(self, deployment: Deployment, configuration: Shape) -> None:
        """Prepare it."""
        self._deployment = deployment
        self._configuration = configuration

    def run(self) -> None:
        """Go through the steps, and back if one of them fails."""
        deployment = self._deployment
        try:
            self._go()
        except DeploymentError as error:
            with REGISTRY.lock:
                if deployment.service is not None:
                    self._fail(error)
        except Exception as error:
            if deployment.service is None:
                return  # the emulator was reset
            LOG.exception("failed in the deployment %s", deployment.id)
            with REGISTRY.lock:
                self._fail(DeploymentError(code="INTERNAL_ERROR", message=f"The emulator failed: {error!r}"))

    def _go(self) -> None:
        deployment = self._deployment
        with REGISTRY.lock:
            deployment.status, deployment.started = "InProgress", now()
            events.send(deployment)
            self._require_quiet_alarms()
            text = revision_text(deployment.revision, account=deployment.account, region=deployment.region)
            appspec = AppSpec.parse(text)
            deployment.blue = task_sets.primary(deployment.service)
            if deployment.blue is None:
                raise DeploymentError(code="INVALID_ECS_SERVICE", message="The ECS service has no primary task set.")
        self._hook("BeforeInstall", appspec)
        self._event("Install", lambda: self._install(appspec))
        self._hook("AfterInstall", appspec)
        self._event("AllowTestTraffic", lambda: self._shift(deployment.test, traffic.ALL))
        self._hook("AfterAllowTestTraffic", appspec)
        self._hook("BeforeAllowTraffic", appspec)
        self._event("AllowTraffic", self._allow_traffic)
        self._hook("AfterAllowTraffic", appspec)
        with REGISTRY.lock:
            task_sets.make_primary(deployment.service, deployment.green)
            if appspec.network:
                deployment.service.network_configuration = dict(appspec.network)
            deployment.waits_for_the_end = True
        end = (
            deployment.group.blue_green_deployment_configuration.get("terminateBlueInstancesOnDeploymentSuccess") or {}
        )
        self._wait(float(end.get("terminationWaitTimeInMinutes") or 0))
        with REGISTRY.lock:
            task_sets.end(deployment.service, deployment.blue)
            deployment.status, deployment.completed = "Succeeded", now()
            events.send(deployment)

    def _event(self, name: str, action: Callable[[], None]) -> None:
        event = self._deployment.events[name]
        with REGISTRY.lock:
            event.begin()
        try:
            action()
        except DeploymentError as error:
            with REGISTRY.lock:
                event.finish("Failed", error.message)
            raise
        with REGISTRY.lock:
            event.finish("Succeeded")

    def _hook(self, name: str, appspec: AppSpec) -> None:
        function = appspec.hooks.get(name)
        if function:
            self._event(name, lambda: hooks.run(self._deployment, name, function))
        else:
            with REGISTRY.lock:
                self._deployment.events[name].finish("Skipped")
        self._check()

    def _install(self, appspec: AppSpec) -> None:
        """Start the new tasks, and wait until they are healthy."""
        deployment = self._deployment
        with REGISTRY.lock:
            deployment.green = task_sets.start(
                deployment.service,
                task_definition=self._task_definition(appspec),
                target={
                    "targetGroupArn": self._other_group(),
                    "containerName": appspec.container,
                    "containerPort": appspec.port,
                },
                network=appspec.network,
                capacity=appspec.capacity,
                platform_version=appspec.platform_version,
            )
        end = time.monotonic() + CLOCK.seconds(_START_MINUTES)
        while True:
            with REGISTRY.lock:
                if task_sets.is_steady(deployment.service, deployment.green):
                    return
            if time.monotonic() > end:
                raise DeploymentError(
                    code="HEALTH_CONSTRAINTS",
                    message="The deployment timed out while waiting for the replacement task set to become healthy. "
                    f"This time out period is {_START_MINUTES} minutes.",
                )
            self._pause(_POLL_SECONDS)

    def _task_definition(self, appspec: AppSpec) -> str:
        """Require that the revision has what appspec.yaml names, as ECS does.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateTaskSet.html
        """
        deployment = self._deployment
        try:
            found = deployment.service._backend.describe_task_definition(appspec.task_definition)  # noqa: SLF001
        except Exception as error:
            message = f"Unable to describe task definition {appspec.task_definition}."
            raise _update_error(message) from error
        containers = {one["name"]: one for one in found.container_definitions}
        if appspec.container not in containers:
            message = f"The container {appspec.container} does not exist in the task definition."
            raise _update_error(message)
        ports = {mapping.get("containerPort") for mapping in containers[appspec.container].get("portMappings") or ()}
        if appspec.port not in ports:
            message = f"The container {appspec.container} did not have a container port {appspec.port} defined."
            raise _update_error(message)
        return str(found.arn)

    def _other_group(self) -> str:
        """The target group without tasks; that of the tasks must be behind the listener of users."""
        deployment = self._deployment
        own = task_sets.target_group_arn(deployment.blue)
        traffic.require_forward(deployment.production, own)
        groups = elbv2_backends[deployment.account][deployment.region].target_groups
        named = {group.name: arn for arn, group in groups.items()}
        names = [one["name"] for one in deployment.pair["targetGroups"]]
        arns = [named[name] for name in names if name in named]
        if own not in arns or len(arns) != len(names):
            raise DeploymentError(
                code="ELASTIC_LOAD_BALANCING_INVALID",
                message=f"The target groups {', '.join(names)} of the deployment group must exist, and one of them "
                "must be that of the primary task set.",
            )
        return next(arn for arn in arns if arn != own)

    def _allow_traffic(self) -> None:
        for percent, minutes in steps(self._configuration):
            self._shift(self._deployment.production, percent)
            self._wait(minutes)

    def _shift(self, listener: str | None, percent: int) -> None:
        if listener is None:
            return
        deployment = self._deployment
        with REGISTRY.lock:
            green, blue = (task_sets.target_group_arn(one) for one in (deployment.green, deployment.blue))
            traffic.shift(listener, {green: percent, blue: traffic.ALL - percent})

    def _wait(self, minutes: float) -> None:
        end = time.monotonic() + CLOCK.seconds(minutes)
        while (left := end - time.monotonic()) > 0:
            self._pause(min(left, _POLL_SECONDS))
        self._check()

    def _pause(self, seconds: float) -> None:
        self._deployment.stopped.wait(seconds)
        self._check()

    def _check(self) -> None:
        """Go on only if it is not stopped, and no alarm is on."""
        deployment = self._deployment
        if deployment.service is None:
            raise StoppedError(code="MANUAL_STOP", message="The emulator was reset.")
        if deployment.stopped.is_set():
            raise deployment.stop_reason or StoppedError(code="MANUAL_STOP", message="The deployment was stopped.")
        with REGISTRY.lock:
            self._require_quiet_alarms()

    def _require_quiet_alarms(self) -> None:
        """Stop as long as an alarm of the group is on.

        https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-create-alarms.html
        """
        deployment = self._deployment
        configuration = deployment.overridden_alarms or deployment.group.alarm_configuration or {}
        if not configuration.get("enabled"):
            return
        known = cloudwatch_backends[deployment.account][deployment.region].alarms
        names = [one["name"] for one in configuration.get("alarms") or ()]
        active = [name for name in names if name in known and known[name].state_value == "ALARM"]
        if active:
            raise StoppedError(
                code="ALARM_ACTIVE",
                message="One or more alarms have been activated according to the Amazon CloudWatch metrics you "
                f"selected, and the affected deployments have been stopped. Activated alarms: {', '.join(active)}",
            )

    def _fail(self, error: DeploymentError) -> None:
        """End without success, and go back if the group says so; the caller has the lock."""
        deployment = self._deployment
        deployment.error, deployment.status, deployment.completed = error, error.status, now()
        events.send(deployment)
        for event in deployment.events.values():
            if event.status in {"Pending", "InProgress"}:
                event.finish("Skipped")
        reason = _REASONS.get(error.code, "DEPLOYMENT_FAILURE")
        if deployment.blue is None or not (reason in deployment.rolls_back_on or deployment.stop_rolls_back):
            return
        back = Deployment(
            account=deployment.account,
            region=deployment.region,
            application=deployment.application,
            group=deployment.group,
            service=deployment.service,
            revision=deployment.revision,
            config_name=deployment.config_name,
            creator="codeDeployRollback",
            description=f"Rollback of {deployment.id}",
        )
        back.status, back.started = "InProgress", now()
        events.send(back)
        REGISTRY.store.table(DEPLOYMENTS, deployment.account, deployment.region)[back.id] = back
        back.rollback_info = {"rollbackTriggeringDeploymentId": deployment.id}
        deployment.rollback_info = {
            "rollbackDeploymentId": back.id,
            "rollbackMessage": f"Deployment {deployment.id} was rolled back by {back.id}: {error.message}",
        }
        self._go_back()
        back.blue = deployment.blue
        for event in back.events.values():
            event.finish("Succeeded")
        back.status, back.completed = "Succeeded", now()
        events.send(back)

    def _go_back(self) -> None:
        """All requests to the old tasks, and then the end of the new ones."""
        deployment = self._deployment
        if deployment.green is None:
            return
        green, blue = (task_sets.target_group_arn(one) for one in (deployment.green, deployment.blue))
        for listener in (deployment.production, deployment.test):
            if listener is not None:
                traffic.shift(listener, {blue: traffic.ALL, green: 0})
        task_sets.make_primary(deployment.service, deployment.blue)
        task_sets.end(deployment.service, deployment.green)


def stop(deployment: Deployment, *, rolls_back: bool) -> None:
    """Stop it at its next step; the caller has the lock.

    Raises:
        AwsError: It has ended.
    """
    if not deployment.is_active:
        raise AwsError(
            code="DeploymentAlreadyCompletedException",
            message=f"The deployment {deployment.id} has already been completed",
        )
    deployment.stop_rolls_back = rolls_back
    deployment.stop_reason = StoppedError(code="MANUAL_STOP", message="The deployment has been stopped by a user.")
    deployment.stopped.set()


def active(account: str, region: str, application: str, group: str) -> Any:
    """The deployment of a group that has not ended; None if there is none."""
    found = REGISTRY.store.table(DEPLOYMENTS, account, region).values()
    return next(
        (
            one
            for one in found
            if one.is_active and (one.application, one.group.deployment_group_name) == (application, group)
        ),
        None,
    )


def _update_error(message: str) -> DeploymentError:
    return DeploymentError(
        code="ECS_UPDATE_ERROR", message=f"The ECS service cannot be updated due to an unexpected error: {message}"
    )
