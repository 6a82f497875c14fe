"""Deploys a service that ECS itself replaces task by task: a revision of its task definition, and the service with it.

Not the pipeline's action for ECS: it takes the revision that runs and changes only the image, so a new setting would
never arrive, and the first release would run with the command of the placeholder.
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from build_steps.commands import StepError, aws, main, number, variable
from build_steps.registry import named_repositories
from build_steps.release_files import PLACEHOLDER, TASK_DEFINITION

_INTERVAL_SECONDS: Final = 10
_MINUTES: Final = 40
_PRIMARY: Final = "PRIMARY"
_COMPLETED: Final = "COMPLETED"
_FAILED: Final = "FAILED"


def task_definition(folder: Path) -> dict[str, Any]:
    """The input of RegisterTaskDefinition, with the image of the release.

    Raises:
        StepError: The artifact does not have both.
    """
    try:
        image = str(json.loads((folder / "imageDetail.json").read_text(encoding="utf-8"))["ImageURI"])
        definition: dict[str, Any] = json.loads((folder / TASK_DEFINITION).read_text(encoding="utf-8"))
        containers = definition["containerDefinitions"]
        places = [container for container in containers if container["image"] == PLACEHOLDER]
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{folder} has no valid {TASK_DEFINITION} and imageDetail.json ({error!r}); run the build again"
        raise StepError(message) from error
    known = [f"{one.url}@" for one in named_repositories("REPOSITORY_URLS").values()]
    if not image.startswith(tuple(known)):
        message = (
            f"the image is {image}, and it must be one of {', '.join(known)} (REPOSITORY_URLS): nothing was deployed; "
            "find which build has written that, and start the pipeline again"
        )
        raise StepError(message)
    for container in places:
        container["image"] = image
    return definition


@dataclass
class Rollout:
    """A deployment of ECS, from its start to its end.

    What counts is its state. The waiter `services-stable` gives up after ten minutes, and may return while the
    alarms are watched: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
    """

    cluster: str
    service: str
    revision: str
    id: str = ""
    """Of the deployment; empty if ECS has ended it already."""
    printed: set[str] = field(default_factory=set)
    reason: str = ""
    """Why it failed."""

    def start(self) -> None:
        """Let ECS deploy the revision."""
        updated = aws(
            *("ecs", "update-service", "--cluster", self.cluster, "--service", self.service),
            *("--task-definition", self.revision),
        )["service"]
        self.printed |= {event["id"] for event in updated.get("events", ())}
        primary = _primary(updated)
        self.id = primary["id"] if primary.get("taskDefinition") == self.revision else ""

    def wait(self) -> None:
        """Wait for its end, and if it fails for the end of the deployment with which ECS goes back.

        Raises:
            StepError: It failed, or did not end in time.
        """
        minutes, pause = number("DEPLOY_MINUTES", _MINUTES), number("DEPLOY_INTERVAL_SECONDS", _INTERVAL_SECONDS)
        end = time.monotonic() + minutes * 60
        while True:
            service = self._look()
            primary = _primary(service)
            state = primary.get("rolloutState", "")
            if primary.get("id") == self.id and state == _COMPLETED:
                return
            if self.reason and state in {_COMPLETED, _FAILED}:
                raise StepError(self._failure(primary))
            if time.monotonic() >= end:
                message = (
                    f"{self.service} is not deployed after {minutes:g} minutes with {self.revision}: "
                    f"{self.reason or primary.get('rolloutStateReason') or 'ECS gives no reason'}; its events are above"
                )
                raise StepError(message)
            time.sleep(pause)

    def _look(self) -> dict[str, Any]:
        """The service; its new events are printed, and it is noted if the deployment has failed."""
        service: dict[str, Any]
        (service,) = aws("ecs", "describe-services", "--cluster", self.cluster, "--services", self.service)["services"]
        for event in reversed(service.get("events", ())):
            if event["id"] not in self.printed:
                self.printed.add(event["id"])
                print(event["message"], flush=True)
        own = next((one for one in service["deployments"] if one["id"] == self.id), None)
        if own is None:
            # ECS removes a deployment once none of its tasks is left.
            self.reason = self.reason or "another deployment has taken its place"
        elif own.get("rolloutState") == _FAILED:
            self.reason = own.get("rolloutStateReason") or "ECS gives no reason"
        return service

    def _failure(self, primary: dict[str, Any]) -> str:
        runs = primary["taskDefinition"]
        after = f", and ECS has rolled it back: {self.service} runs {runs}" if runs != self.revision else ""
        return (
            f"the deployment of {self.revision} failed ({self.reason}){after}; its events are above, the reasons of "
            "tasks that stopped in `aws ecs describe-tasks`"
        )


def deploy(folder: Path, *, cluster: str, service: str, least_tasks: int) -> str:
    """Register the task definition, start the deployment and wait for its end; return the revision's ARN.

    Args:
        folder: Has the files of the release.
        cluster: The cluster of the service.
        service: Its name.
        least_tasks: The fewest tasks that it has by its settings.

    Raises:
        StepError: The service sleeps, or the deployment failed; then ECS has gone back to the version before.
    """
    if least_tasks:
        _refuse_sleeping(cluster, service)
    registered = aws("ecs", "register-task-definition", "--cli-input-json", json.dumps(task_definition(folder)))
    rollout = Rollout(cluster, service, str(registered["taskDefinition"]["taskDefinitionArn"]))
    rollout.start()
    rollout.wait()
    return rollout.revision


def _refuse_sleeping(cluster: str, service: str) -> None:
    """Without a task the deployment would succeed at once, and not show whether the release starts."""
    (found,) = aws("ecs", "describe-services", "--cluster", cluster, "--services", service)["services"]
    if not found["desiredCount"]:
        message = (
            f"{service} shall have no task now, so nothing of the release would start: the environment sleeps, or its "
            "tasks were stopped by hand; wake it with `make wake`, or raise the desired count, and retry the stage"
        )
        raise StepError(message)


def _primary(service: dict[str, Any]) -> dict[str, Any]:
    """The deployment that ECS works on."""
    return next((one for one in service["deployments"] if one["status"] == _PRIMARY), {})


def _step() -> None:
    revision = deploy(
        Path(variable("CODEBUILD_SRC_DIR")),
        cluster=variable("CLUSTER"),
        service=variable("ECS_SERVICE"),
        least_tasks=int(variable("LEAST_TASKS")),
    )
    print(f"deployed: {revision}", flush=True)


if __name__ == "__main__":
    main(_step)
