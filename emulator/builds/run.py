"""The life of a build, in a thread of its own."""

from __future__ import annotations

import logging
import shutil
import threading
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from emulator.builds import events, logs, reports, sources
from emulator.builds.build import COMPLETED, FAILED, SUCCEEDED, TIMED_OUT, Build
from emulator.builds.machine import BuildspecError, Machine, Outcome
from emulator.builds.tools import TOOLS, MissingToolError
from emulator.builds.variables import OVERRIDES, Values, machine_variables
from emulator.clock import now
from emulator.permissions import role_actions
from emulator.registry import REGISTRY
from emulator.sessions import Session, assume

if TYPE_CHECKING:
    from pathlib import Path

LOG = logging.getLogger(__name__)
_READ, _WRITE = "s3:GetObject", "s3:PutObject"
_PROBLEMS: Final = (
    BotoCoreError,
    BuildspecError,
    ClientError,
    logs.LogDeniedError,
    MissingToolError,
    sources.SourceError,
)


class BuildError(Exception):
    """Why a build ends before its commands run, in CodeBuild's words."""


class Runs:
    """The builds that run."""

    def __init__(self) -> None:
        """Run none."""
        self._lock = threading.Lock()
        self._active: dict[str, Build] = {}

    def start(self, build: Build) -> None:
        """Run one in the background."""
        with self._lock:
            self._active[build.uuid] = build
        threading.Thread(target=self._run, args=(build,), name=f"build {build.id}", daemon=True).start()

    def find(self, uuid: str) -> Build | None:
        """Return a build that runs."""
        with self._lock:
            return self._active.get(uuid)

    def stop(self) -> None:
        """End all of them; the caller may have the emulator's lock, so it does not wait."""
        with self._lock:
            for build in self._active.values():
                build.is_reset = True
                build.stopped.set()
            self._active.clear()
        TOOLS.clear()

    def _run(self, build: Build) -> None:
        minutes = float(build.project["timeoutInMinutes"])
        timer = threading.Timer(minutes * 60, build.stop, args=(TIMED_OUT,))
        timer.daemon = True
        timer.start()
        try:
            Run(build).run()
        finally:
            timer.cancel()
            with self._lock:
                self._active.pop(build.uuid, None)
            build.ended.set()


RUNS: Final = Runs()
REGISTRY.resets.append(RUNS.stop)


class Run:
    """One build from its start to its end."""

    def __init__(self, build: Build) -> None:
        """Prepare it."""
        self._build = build

    def run(self) -> None:
        """Go through the phases."""
        build = self._build
        folder = TOOLS.machine(build.uuid)
        try:
            self._go(folder)
        except (*_PROBLEMS, BuildError) as error:
            self._end(FAILED, str(error))
        except Exception as error:
            if build.is_reset:
                return
            LOG.exception("failed in the build %s", build.id)
            self._end(FAILED, f"INTERNAL_SERVICE_ERROR: the emulator failed: {error!r}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _go(self, folder: Path) -> None:
        build = self._build
        with REGISTRY.lock:
            for name in ("SUBMITTED", "QUEUED"):
                build.begin(name)
                build.finish()
            build.begin("PROVISIONING")
            events.send(build)
            logs.open_log(build)
            build.finish()
        session = assume(
            build.project["serviceRole"],
            name=f"AWSCodeBuild-{build.uuid}",
            account=build.account,
            region=build.region,
        )
        self._begin("DOWNLOAD_SOURCE")
        primary, others, commit = self._sources(session, folder)
        values = Values(session)
        order = build.order
        variables = values.resolve(
            [*(build.project["environment"].get("environmentVariables") or ()), *(order.variables if order else ())]
        )
        variables |= OVERRIDES
        machine = Machine(
            folder / "machine",
            environment=machine_variables(build, session, folder, variables),
            parameter=values.parameter,
            secret=values.secret,
            stopped=build.stopped,
        )
        self._finish()
        outcome = machine.run(
            str(build.project["source"].get("buildspec") or ""),
            source=primary,
            inputs=others,
            variables=variables,
            commit=commit,
            begin=lambda phase: self._begin(phase.upper()),
            end=self._end_phase,
            line=self._write,
        )
        self._conclude(outcome)

    def _sources(self, session: Session, folder: Path) -> tuple[Path, dict[str, Path], str]:
        """Unpack the inputs; return the primary folder, the other ones by name, and the commit."""
        build = self._build
        primary = folder / "src"
        primary.mkdir()
        if build.order:
            for one in build.order.inputs:
                self._require(_READ, one.arn)
            first, *rest = build.order.inputs
            sources.unpack(first.content, primary)
            others = {}
            for one in rest:
                others[one.name] = folder / "inputs" / one.name
                sources.unpack(one.content, others[one.name])
            return primary, others, first.revision
        source = build.project["source"]
        if source["type"] == "S3":
            bucket, _, key = str(source["location"]).partition("/")
            sources.unpack(session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read(), primary)
        return primary, {}, build.source_version

    def _require(self, action: str, artifact: str) -> None:
        """Require a right of the role, without which AWS refuses what a pipeline orders."""
        role = self._build.project["serviceRole"]
        with REGISTRY.lock:
            if role_actions(role, (action,), artifact):
                return
        # It is the project's role that reads and writes artifacts, and not the pipeline's:
        # https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
        # https://github.com/awslabs/aws-refarch-cross-account-pipeline/issues/5
        message = f"CLIENT_ERROR: AccessDenied: User: {role} is not authorized to perform: {action} on {artifact}"
        raise BuildError(message)

    def _write(self, line: str) -> None:
        if not self._build.is_reset:
            logs.write(self._build, line)

    def _end_phase(self, name: str, outcome: Outcome) -> None:
        if outcome.phases[name]:
            self._finish()
        else:
            self._finish(FAILED, outcome.problem)

    def _conclude(self, outcome: Outcome) -> None:
        build = self._build
        if build.stopped.is_set():
            self._end(build.stop_status)
            return
        self._begin("UPLOAD_ARTIFACTS")
        for artifact in build.order.outputs.values() if build.order and outcome.succeeded else ():
            self._require(_WRITE, artifact)
        with REGISTRY.lock:
            build.exported = outcome.exported
            reports.keep(build, outcome)
            build.outputs = _packed(build, outcome) if outcome.succeeded else {}
            build.finish()
            build.begin("FINALIZING")
            build.finish()
        self._end(SUCCEEDED if outcome.succeeded else FAILED)

    def _begin(self, name: str) -> None:
        with REGISTRY.lock:
            self._build.begin(name)

    def _finish(self, status: str = SUCCEEDED, message: str = "") -> None:
        with REGISTRY.lock:
            self._build.finish(status, message)

    def _end(self, status: str, message: str = "") -> None:
        build = self._build
        if message and not build.is_reset:
            logs.write(build, message)
        with REGISTRY.lock:
            if build.is_reset:
                return
            if build.phases and (message or build.phases[-1].end is None):
                build.finish(FAILED if message else status, message)
            build.begin(COMPLETED)
            build.status, build.end = status, now()
            events.send(build)


def _packed(build: Build, outcome: Outcome) -> dict[str, bytes]:
    """The zips of the outputs that a pipeline wants.

    With one output it is the buildspec's own artifact, with several each is a secondary one of that name:
    https://docs.aws.amazon.com/codebuild/latest/userguide/sample-pipeline-multi-input-output.html
    """
    names = list(build.order.outputs) if build.order else []
    if len(names) == 1 and names[0] not in outcome.files:
        return {names[0]: sources.pack(outcome.files.get("", {}))}
    return {name: sources.pack(outcome.files[name]) for name in names if name in outcome.files}
