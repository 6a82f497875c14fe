"""One execution of a pipeline: what CodePipeline knows of it, and of its stages and actions."""

from __future__ import annotations

import secrets
import string
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

IN_PROGRESS, SUCCEEDED, FAILED = "InProgress", "Succeeded", "Failed"
STOPPED, STOPPING, SUPERSEDED, SKIPPED = "Stopped", "Stopping", "Superseded", "Skipped"
ABANDONED: Final = "Abandoned"
STANDARD, ROLLBACK = "STANDARD", "ROLLBACK"
_TOKEN: Final = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class Artifact:
    """An artifact of an execution, in the pipeline's bucket."""

    name: str
    bucket: str
    key: str
    revision: str = ""
    """The commit, or the version of an object, if it is of a source."""
    summary: str = ""

    @property
    def arn(self) -> str:
        """ARN of the object."""
        return f"arn:aws:s3:::{self.bucket}/{self.key}"

    def answer(self) -> Shape:
        """As ListActionExecutions answers it."""
        return {"name": self.name, "s3location": {"bucket": self.bucket, "key": self.key}}


@dataclass
class ActionRun:
    """An action of an execution, as it ran the last time."""

    stage: str
    declaration: Mapping[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = IN_PROGRESS
    start: dt.datetime = field(default_factory=now)
    updated: dt.datetime = field(default_factory=now)
    configuration: dict[str, str] = field(default_factory=dict)
    """With its variables replaced."""
    inputs: tuple[Artifact, ...] = ()
    outputs: tuple[Artifact, ...] = ()
    summary: str = ""
    external_id: str = ""
    external_url: str = ""
    error: Shape | None = None
    variables: dict[str, str] = field(default_factory=dict)
    token: str = ""
    """With which a person answers an approval that waits."""
    answered: threading.Event = field(default_factory=threading.Event)
    result: Shape = field(default_factory=dict)
    """What the person has answered."""

    @property
    def name(self) -> str:
        """Name of the action."""
        return str(self.declaration["name"])

    def ask(self) -> None:
        """Wait for an answer from now on; the caller has the lock."""
        self.token = "".join(secrets.choice(_TOKEN) for _ in range(36))

    def end(self, status: str) -> None:
        """It has ended; the caller has the lock."""
        self.status, self.updated, self.token = status, now(), ""


@dataclass
class StageRun:
    """A stage of an execution, as it ran the last time."""

    name: str
    status: str = IN_PROGRESS
    actions: dict[str, ActionRun] = field(default_factory=dict)
    condition: Shape | None = None
    """The result of the rules before its entry."""
    attempts: int = 1


@dataclass(eq=False)
class Execution:
    """An execution; what it changes, it changes under the emulator's lock."""

    account: str
    region: str
    structure: Mapping[str, Any]
    """The pipeline as it was at the start."""
    trigger_type: str
    trigger_detail: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    """The revisions of source actions that the start has named, by the action's name."""
    keys: dict[str, str] = field(default_factory=dict)
    """The keys of objects that the start has named, by the name of the source action."""
    kind: str = STANDARD
    target: str = ""
    """The execution to which a rollback goes back."""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = IN_PROGRESS
    summary: str = ""
    start: dt.datetime = field(default_factory=now)
    updated: dt.datetime = field(default_factory=now)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    namespaces: dict[str, dict[str, str]] = field(default_factory=dict)
    stages: dict[str, StageRun] = field(default_factory=dict)
    history: list[ActionRun] = field(default_factory=list)
    """Every run of an action, those before a retry too."""
    stopped: threading.Event = field(default_factory=threading.Event)
    stop_abandons: bool = False
    stop_reason: str = ""
    is_reset: bool = False

    @property
    def pipeline(self) -> str:
        """Name of the pipeline."""
        return str(self.structure["name"])

    @property
    def version(self) -> int:
        """Version of the pipeline."""
        return int(self.structure["version"])

    @property
    def arn(self) -> str:
        """ARN of the pipeline."""
        return f"arn:aws:codepipeline:{self.region}:{self.account}:{self.pipeline}"

    @property
    def mode(self) -> str:
        """How it stands to other executions."""
        return str(self.structure.get("executionMode") or SUPERSEDED.upper())

    @property
    def is_active(self) -> bool:
        """Whether it has not ended."""
        return self.status in {IN_PROGRESS, STOPPING}

    def passed(self, stage: str) -> bool:
        """Whether it got through a stage."""
        return stage in self.stages and self.stages[stage].status == SUCCEEDED

    def change(self, status: str, summary: str = "") -> None:
        """It has a new state; the caller has the lock."""
        self.status, self.updated = status, now()
        self.summary = summary or self.summary

    def sources(self) -> list[Artifact]:
        """The artifacts of its source actions."""
        return [artifact for artifact in self.artifacts.values() if artifact.revision]

    def answer(self) -> Shape:
        """As GetPipelineExecution answers it."""
        told: Shape = {
            "pipelineName": self.pipeline,
            "pipelineVersion": self.version,
            "pipelineExecutionId": self.id,
            "status": self.status,
            "statusSummary": self.summary,
            "artifactRevisions": [
                {
                    "name": one.name,
                    "revisionId": one.revision,
                    "revisionSummary": one.summary,
                    "revisionChangeIdentifier": one.revision,
                }
                for one in self.sources()
            ],
            "variables": [{"name": name, "resolvedValue": value} for name, value in self.variables.items()],
            "trigger": {"triggerType": self.trigger_type, "triggerDetail": self.trigger_detail},
            "executionMode": self.mode,
            "executionType": self.kind,
        }
        if self.target:
            told["rollbackMetadata"] = {"rollbackTargetPipelineExecutionId": self.target}
        return told

    def summary_answer(self) -> Shape:
        """As ListPipelineExecutions answers it."""
        told: Shape = {
            "pipelineExecutionId": self.id,
            "status": self.status,
            "statusSummary": self.summary,
            "startTime": self.start,
            "lastUpdateTime": self.updated,
            "sourceRevisions": [
                {"actionName": one.name, "revisionId": one.revision, "revisionSummary": one.summary}
                for one in self.sources()
            ],
            "trigger": {"triggerType": self.trigger_type, "triggerDetail": self.trigger_detail},
            "executionMode": self.mode,
            "executionType": self.kind,
        }
        if self.stop_reason:
            told["stopTrigger"] = {"reason": self.stop_reason}
        if self.target:
            told["rollbackMetadata"] = {"rollbackTargetPipelineExecutionId": self.target}
        return told


EXECUTIONS: Kind[Execution] = Kind(
    "pipeline execution", missing="PipelineExecutionNotFoundException", message="No execution found with id {key}"
)
