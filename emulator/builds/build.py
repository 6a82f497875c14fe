"""One build: what CodeBuild knows of it, and its answers."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emulator.clock import now
from emulator.store import Kind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from emulator.store import Shape

IN_PROGRESS, SUCCEEDED, FAILED, STOPPED, TIMED_OUT = "IN_PROGRESS", "SUCCEEDED", "FAILED", "STOPPED", "TIMED_OUT"
COMPLETED: Final = "COMPLETED"


@dataclass
class Phase:
    """A step of the life of a build.

    https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
    """

    name: str
    start: dt.datetime = field(default_factory=now)
    end: dt.datetime | None = None
    status: str = ""
    message: str = ""

    def answer(self) -> Shape:
        """As CodeBuild answers it."""
        told: Shape = {"phaseType": self.name, "startTime": self.start}
        if self.end:
            seconds = int((self.end - self.start).total_seconds())
            told |= {"endTime": self.end, "phaseStatus": self.status, "durationInSeconds": seconds}
        if self.message:
            code, _, text = self.message.partition(": ")
            told["contexts"] = [{"statusCode": code, "message": text}]
        return told


@dataclass(frozen=True)
class Input:
    """A zip that a pipeline hands to a build."""

    name: str
    arn: str
    """The object in the pipeline's bucket."""
    content: bytes
    revision: str = ""
    """The commit, if it is a repository."""


@dataclass(frozen=True)
class PipelineOrder:
    """What a pipeline orders: inputs, of which the first is the primary one, and the outputs."""

    initiator: str
    inputs: tuple[Input, ...]
    outputs: Mapping[str, str]
    """The ARN of the object of each output artifact by its name."""
    variables: tuple[Shape, ...] = ()
    """The action's own variables, as a project has them."""


@dataclass(eq=False)
class Build:
    """A build of a project; what it changes, it changes under the emulator's lock."""

    account: str
    region: str
    project: Mapping[str, Any]
    """The project, with what the call has changed of it."""
    number: int
    initiator: str
    source_version: str = ""
    order: PipelineOrder | None = None
    """None for a build that no pipeline has started."""
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = IN_PROGRESS
    start: dt.datetime = field(default_factory=now)
    end: dt.datetime | None = None
    phases: list[Phase] = field(default_factory=list)
    exported: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, bytes] = field(default_factory=dict)
    """The zips of its artifacts, for the pipeline."""
    reports: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set to end it early: by a person, its timeout or the end of the emulator."""
    stop_status: str = STOPPED
    is_reset: bool = False
    """Whether the emulator forgot it while it ran."""
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self) -> str:
        """Name of the project."""
        return str(self.project["name"])

    @property
    def id(self) -> str:
        """The id that the API knows."""
        return f"{self.name}:{self.uuid}"

    @property
    def arn(self) -> str:
        """ARN of the build."""
        return f"arn:aws:codebuild:{self.region}:{self.account}:build/{self.id}"

    @property
    def log_group(self) -> str | None:
        """The log group, or None if the project writes none."""
        log = (self.project.get("logsConfig") or {}).get("cloudWatchLogs") or {}
        if log.get("status", "ENABLED") != "ENABLED":
            return None
        return str(log.get("groupName") or f"/aws/codebuild/{self.name}")

    @property
    def log_stream(self) -> str:
        """The log stream in it."""
        log = (self.project.get("logsConfig") or {}).get("cloudWatchLogs") or {}
        prefix = log.get("streamName")
        return f"{prefix}/{self.uuid}" if prefix else self.uuid

    @property
    def failure(self) -> str:
        """What failed, or an empty text."""
        return next((phase.message for phase in self.phases if phase.message), "")

    def stop(self, status: str) -> None:
        """End it as soon as its processes have been killed; the caller may have the lock."""
        self.stop_status = status
        self.stopped.set()

    def begin(self, name: str) -> None:
        """A phase begins; the caller has the lock."""
        self.phases.append(Phase(name))

    def finish(self, status: str = SUCCEEDED, message: str = "") -> None:
        """The phase that runs has ended; the caller has the lock."""
        phase = self.phases[-1]
        phase.end, phase.status, phase.message = now(), status, message

    def answer(self) -> Shape:
        """As BatchGetBuilds answers it."""
        project = self.project
        told: Shape = {
            "id": self.id,
            "arn": self.arn,
            "buildNumber": self.number,
            "startTime": self.start,
            "currentPhase": self.phases[-1].name if self.phases else "SUBMITTED",
            "buildStatus": self.status,
            "buildComplete": self.end is not None,
            "projectName": self.name,
            "phases": [phase.answer() for phase in self.phases],
            "source": project["source"],
            "secondarySources": project.get("secondarySources") or [],
            "artifacts": {"location": ""},
            "secondaryArtifacts": [],
            "cache": project.get("cache") or {"type": "NO_CACHE"},
            "environment": project["environment"],
            "serviceRole": project["serviceRole"],
            "timeoutInMinutes": project["timeoutInMinutes"],
            "queuedTimeoutInMinutes": project["queuedTimeoutInMinutes"],
            "initiator": self.initiator,
            "encryptionKey": project.get("encryptionKey"),
            "exportedEnvironmentVariables": [{"name": name, "value": value} for name, value in self.exported.items()],
            "reportArns": list(self.reports),
            "logs": self._logs(),
        }
        for name, value in (
            ("endTime", self.end),
            ("sourceVersion", self.source_version),
            ("resolvedSourceVersion", self.order.inputs[0].revision if self.order else ""),
            ("vpcConfig", project.get("vpcConfig")),
        ):
            if value:
                told[name] = value
        return told

    def _logs(self) -> Shape:
        if not self.log_group:
            return {"cloudWatchLogs": {"status": "DISABLED"}}
        arn = f"arn:aws:logs:{self.region}:{self.account}:log-group:{self.log_group}:log-stream:{self.log_stream}"
        return {
            "groupName": self.log_group,
            "streamName": self.log_stream,
            "cloudWatchLogsArn": arn,
            "cloudWatchLogs": {"status": "ENABLED", "groupName": self.log_group},
        }


BUILDS: Kind[Build] = Kind("build", missing="ResourceNotFoundException", message="Build {key} does not exist")
