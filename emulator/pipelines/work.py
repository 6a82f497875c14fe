"""What an action has to work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

from emulator.pipelines.errors import ActionError, StoppedError

if TYPE_CHECKING:
    from emulator.pipelines.artifacts import ArtifactStore
    from emulator.pipelines.execution import ActionRun, Artifact, Execution
    from emulator.sessions import Session

_POLL_SECONDS: Final = 0.02


@dataclass
class Work:
    """An action that runs; nothing of it may be called with the emulator's lock."""

    execution: Execution
    run: ActionRun
    session: Session
    store: ArtifactStore

    @property
    def configuration(self) -> dict[str, str]:
        """The configuration of the action, with its variables replaced."""
        return self.run.configuration

    @property
    def role(self) -> str:
        """The role of the action, or that of the pipeline."""
        return str(self.run.declaration.get("roleArn") or self.execution.structure["roleArn"])

    @property
    def output_names(self) -> list[str]:
        """The names of its output artifacts."""
        return [one["name"] for one in self.run.declaration.get("outputArtifacts") or ()]

    def setting(self, name: str) -> str:
        """A setting that the provider needs.

        Raises:
            ActionError: It is missing.
        """
        value = self.configuration.get(name)
        if not value:
            self.fail(f"Action configuration for action '{self.run.name}' is missing required configuration '{name}'")
        return value

    def input(self, name: str) -> tuple[Artifact, bytes]:
        """An input artifact with its content.

        Raises:
            ActionError: The action has none of that name, or it is gone.
        """
        found = {one.name: one for one in self.run.inputs}
        if name not in found:
            self.fail(f"Action {self.run.name} has no input artifact {name}; it has {', '.join(found) or 'none'}")
        return found[name], self.store.get(found[name])

    def output(self, name: str, content: bytes, *, revision: str = "", summary: str = "") -> None:
        """Store an output artifact."""
        self.store_output(self.store.place(name, revision=revision, summary=summary), content)

    def store_output(self, artifact: Artifact, content: bytes) -> None:
        """Store an output artifact where it was to be."""
        self.store.put(artifact, content)
        self.run.outputs = (*self.run.outputs, artifact)

    def pause(self, seconds: float = _POLL_SECONDS) -> None:
        """Wait a moment.

        Raises:
            StoppedError: The execution was stopped, and its actions are abandoned.
        """
        if not self.execution.stopped.is_set():
            self.execution.stopped.wait(seconds)
        elif self.execution.stop_abandons or self.execution.is_reset:
            raise StoppedError
        else:
            self.run.answered.wait(seconds)  # what runs may end: only then the execution stops

    def fail(self, message: str, code: str = "ConfigurationError") -> NoReturn:
        """End the action without success.

        Raises:
            ActionError: Always.
        """
        raise ActionError(code=code, message=message)
