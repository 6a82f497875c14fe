"""Runs Terraform's commands for one stack in a working copy: synthesis can rewrite its output at any time."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from runner import adopt, environment, leftovers, provider
from runner.errors import FAILED, INTERRUPTED, RunnerError
from runner.events import Changes, Diagnostic, Events, errors_in_document, errors_in_text
from runner.files import write_atomically
from runner.initialised import Initialised
from runner.killed import killed_error
from runner.locks import NO_ID, Refusal, read_refusal
from runner.provider import LOCK_FILE
from runner.state import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from runner.executable import Executable
    from runner.processes import Completed, Processes
    from runner.provider_mirror import Installation
    from synthesis.manifest import Stack

_OVERRIDE = "backend_override.tf.json"
_ADOPTED = "adopted.tf.json"
_CHANGED = 2  # of `plan -detailed-exitcode`
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_fetch_lock = threading.Lock()
_folder_locks: dict[Path, threading.RLock] = {}
"""One for each stack's folder: two stacks of a run may look at a third one at the same time."""


@dataclass(frozen=True)
class RunContext:
    """What is the same for every stack of a run. `work` is the folder for files that can be lost."""

    executable: Executable
    installation: Installation
    environ: Mapping[str, str]
    work: Path
    processes: Processes


@dataclass(frozen=True)
class Plan:
    """A saved plan."""

    path: Path
    changes: Changes
    changed: bool
    new: bool  # nothing was in the state before
    planned: tuple[str, ...] = ()  # "update aws_vpc.Default"
    destroys: bool = False


@dataclass(frozen=True)
class Destroyed:
    """A resource that a plan deletes or replaces, with the values that it has now."""

    address: str
    type: str
    values: Mapping[str, Any] = field(repr=False)


class Terraform:
    """One stack's Terraform. Its folder under `work` holds configuration, data, lock file and log."""

    def __init__(self, stack: Stack, context: RunContext) -> None:
        self.stack = stack
        self.folder = context.work / stack.id
        self.log = self.folder / "terraform.log"
        self._context = context
        self._config = self.folder / "config"
        self._plan = self.folder / "plan"
        self._created = self.folder / "made.json"
        self._data = self.folder / "data"
        self._initialised = Initialised(
            stack,
            context.executable,
            context.installation,
            folder=self.folder,
            config=self._config,
            data=self._data,
        )
        self._environ = {
            **environment.build(context.environ),
            **context.installation.variables,
            "TF_DATA_DIR": str(self._data),
        }

    @contextmanager
    def working_copy(self) -> Iterator[Terraform]:
        """Lock the stack's folder for this run and update the working copy; wait for another stack of this run."""
        with _folder_locks.setdefault(self.folder, threading.RLock()), self._locked_copy():
            yield self

    @contextmanager
    def _locked_copy(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # saved plans hold secrets
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._refuse_second_run(descriptor)
            self._refuse_orphaned_process()
            # From here on the content of the folder belongs to this run.
            try:
                self._keep_created_ids()
                self.log.write_text("", encoding="utf-8")
                self._copy()
                yield
            finally:
                self._plan.unlink(missing_ok=True)
        finally:
            os.close(descriptor)

    def _refuse_second_run(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"Another run is using {self.stack.id} in this folder."
            raise RunnerError(message, "Wait until it has finished, then repeat.") from error

    def _refuse_orphaned_process(self) -> None:
        """A Terraform process whose runner was killed continues to its end in this folder."""
        listing = ["ps", "-wweo", "pid=,args="]
        try:
            listed = subprocess.run(
                listing, capture_output=True, text=True, encoding="utf-8", errors="replace", check=True
            )
        except (OSError, subprocess.SubprocessError):  # without ps, the state's own lock must be enough
            return
        for line in listed.stdout.splitlines():
            if self._folder_argument in line:
                message = f"A Terraform process of a killed run is still working on {self.stack.id}."
                raise RunnerError(message, f"Wait until it has finished (process {line.split()[0]}), then repeat.")

    def _keep_created_ids(self) -> None:
        """Before the log is emptied, keep what it says of a killed apply."""
        self._record(self._unrecorded() | adopt.read_created(self.log))

    def _record(self, unrecorded: Mapping[str, str]) -> None:
        if not unrecorded:
            self._created.unlink(missing_ok=True)
            return
        write_atomically(self._created, json.dumps(unrecorded))

    def _unrecorded(self) -> dict[str, str]:
        if not self._created.is_file():
            return {}
        unrecorded: dict[str, str] = json.loads(self._created.read_text(encoding="utf-8"))
        return unrecorded

    def adopt(self) -> list[str]:
        """Let the next plan import what a killed apply created and the state lacks; return the addresses."""
        unrecorded = self._unrecorded()
        if not unrecorded:
            return []
        in_state = set(self.state_list())
        self._record({address: id_ for address, id_ in unrecorded.items() if address not in in_state})
        return self._import()

    def forget(self, addresses: Collection[str]) -> list[str]:
        """Do not import these addresses, which no longer exist; return the others."""
        self._record({address: id_ for address, id_ in self._unrecorded().items() if address not in addresses})
        return self._import()

    def _import(self) -> list[str]:
        blocks = adopt.import_blocks(self._unrecorded(), self.stack.document.get("resource", {}))
        adopted = self._config / _ADOPTED
        if not blocks:
            adopted.unlink(missing_ok=True)
            return []
        adopted.write_text(json.dumps(blocks), encoding="utf-8")
        return [block["to"] for block in blocks["import"]]

    def _copy(self) -> None:
        lock_file = self._config / LOCK_FILE
        kept = lock_file.read_bytes() if lock_file.is_file() and self._same_providers() else None
        leftovers.keep_unwritten_state(self._config, self.folder)
        shutil.rmtree(self._config, ignore_errors=True)
        shutil.copytree(self.stack.folder, self._config, ignore=shutil.ignore_patterns(".terraform*"))
        if kept is not None:
            lock_file.write_bytes(kept)

    def _same_providers(self) -> bool:
        """Terraform refuses a lock file that holds another version than the configuration asks for."""
        try:
            before = json.loads((self._config / "cdk.tf.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        now = self.stack.document.get("terraform", {}).get("required_providers")
        return bool(before.get("terraform", {}).get("required_providers") == now)

    def init(self, *, local_state: Path | None = None, migrate: bool = False, backend: bool = True) -> None:
        """Prepare the stack's own backend, or a local state file; `migrate` moves the state there.

        Does nothing if the stack's own backend is prepared already.
        """
        leftovers.forget_workspace(self._data)
        override = self._config / _OVERRIDE
        override.unlink(missing_ok=True)
        own = local_state is None and backend
        if own and not migrate and self._initialised.holds():
            return
        self._initialised.forget()
        if local_state is not None:
            local_state.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            content = {"terraform": {"backend": {"local": {"path": str(local_state.resolve())}}}}
            override.write_text(json.dumps(content), encoding="utf-8")
        how = ["-migrate-state", "-force-copy"] if migrate else ["-reconfigure"]
        arguments = ["init", "-input=false", "-no-color", *(how if backend else ["-backend=false"])]
        if self._context.installation.fetches:
            with _fetch_lock:  # Terraform's plugin cache does not support parallel runs
                self._run(arguments)
        else:
            self._run(arguments)
        if own:
            self._initialised.remember()

    def plan(self, events: Events, *, destroy: bool = False, refresh_only: bool = False, refresh: bool = True) -> Plan:
        """Plan into a file, removed when the working copy is released.

        Args:
            events: Receive what Terraform says.
            destroy: Plan to destroy everything.
            refresh_only: Change only the state.
            refresh: Whether AWS is asked for what there is; without it the state is believed.
        """
        leftovers.require_written_state(self.folder, self._command(["state", "push"]))
        arguments = ["plan", "-json", "-input=false", "-detailed-exitcode", f"-out={self._plan}"]
        done = self._run(
            arguments + ["-destroy"] * destroy + ["-refresh-only"] * refresh_only + ["-refresh=false"] * (not refresh),
            events,
            allowed=(0, _CHANGED),
        )
        return Plan(
            self._plan,
            events.changes,
            changed=done.code == _CHANGED,
            new=events.refreshed == 0,
            planned=tuple(events.planned),
            destroys=destroy,
        )

    def describe(self, plan: Plan) -> str:
        """The plan as text."""
        return self._capture(["show", "-no-color", str(plan.path)]).strip("\n")

    @property
    def text_file(self) -> Path:
        """The file with the text of the last plan."""
        return self.folder / "plan.txt"

    def keep_text(self, text: str) -> None:
        """Write the text of a plan into a file that only this user can read: what is not marked may be a secret."""
        write_atomically(self.text_file, f"{text}\n")

    def content(self, plan: Plan) -> dict[str, Any]:
        """The plan as JSON; never logged, as its values can hold secrets."""
        # https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
        return cast("dict[str, Any]", json.loads(self._capture(["show", "-json", str(plan.path)])))

    def destroyed_by(self, plan: Plan) -> list[Destroyed]:
        """The resources that the plan deletes or replaces; never logged, as their values can hold secrets."""
        if not any(line.startswith(("delete ", "replace ")) for line in plan.planned):
            return []
        return [
            Destroyed(each["address"], each["type"], each["change"].get("before") or {})
            for each in self.content(plan).get("resource_changes", ())
            if "delete" in each["change"]["actions"] and "deposed" not in each
        ]

    def apply(self, plan: Plan, events: Events) -> None:
        """Apply the saved plan."""
        then = "The next destroy deletes what is left." if plan.destroys else "The next apply takes over what was made."
        self._run(["apply", "-json", "-input=false", str(plan.path)], events, then=then)
        if not plan.destroys:  # a destroy adopts nothing
            self._record({})

    def validate(self) -> None:
        """Check against the providers' schemas."""
        done, crash = self._call(["validate", "-json"])
        errors = errors_in_document(done.stdout or done.stderr)
        if done.code or errors:
            message = "validate"
            raise self._failure(message, errors, crash=crash)

    def state(self) -> State:
        """The state of the backend that was last initialised; never logged, as it can hold secrets."""
        return State.parse(self._capture(["state", "pull"]))

    def state_list(self) -> list[str]:
        """The addresses in the state."""
        try:
            return self._capture(["state", "list"]).split()
        except RunnerError as error:
            if "No state file was found" in error.message:
                return []
            raise

    def workspaces(self) -> set[str]:
        """Names of the workspaces in the backend that was last initialised."""
        return set(self._capture(["workspace", "list", "-no-color"]).replace("*", " ").split())

    def outputs(self) -> dict[str, Any]:
        """The values of the outputs that are not sensitive."""
        content: dict[str, Any] = json.loads(self._capture(["output", "-json"]) or "{}")
        return {name: entry["value"] for name, entry in content.items() if not entry.get("sensitive")}

    def unlock(self, lock_id: str) -> None:
        """Release a lock whose holder is gone."""
        self._run(["force-unlock", "-force", lock_id])

    def _command(self, arguments: list[str]) -> list[str]:
        return [*self._context.executable.command, self._folder_argument, *arguments]

    @property
    def _folder_argument(self) -> str:
        return f"-chdir={self._config.resolve()}"

    def _run(
        self, arguments: list[str], events: Events | None = None, *, allowed: tuple[int, ...] = (0,), then: str = ""
    ) -> Completed:
        events = events or Events()
        with self.log.open("a", encoding="utf-8") as log, self._started(arguments) as attachment:
            log.write(f"$ terraform {' '.join(arguments)}\n")
            log.flush()
            done = self._context.processes.stream(
                attachment.start,
                cwd=self._context.executable.cwd,
                log=log,
                on_line=events.feed,
                ready=(lambda: events.begun) if arguments[0] == "apply" else None,
            )
        if done.code not in allowed:
            self._require_not_killed(done, arguments[0], then)
            output = _ANSI.sub("", done.stdout)
            raise self._failure(arguments[0], events.errors or errors_in_text(output), output, attachment.crash)
        return done

    def _call(self, arguments: list[str]) -> tuple[Completed, str]:
        with self._started(arguments) as attachment:
            done = self._context.processes.capture(attachment.start, cwd=self._context.executable.cwd)
        return done, attachment.crash

    def _capture(self, arguments: list[str]) -> str:
        done, crash = self._call(arguments)
        if done.code:
            self._require_not_killed(done, arguments[0])
            output = _ANSI.sub("", done.stderr)
            raise self._failure(" ".join(arguments[:2]), errors_in_text(output), output, crash)
        return done.stdout

    def _started(self, arguments: list[str]) -> AbstractContextManager[provider.Attachment]:
        """The command, with its provider if it needs one that may be started for it."""
        executable, places = self._context.executable, {"data": self._data, "config": self._config}
        program = provider.find(arguments, self.stack, executable, self._environ, **places)
        environ = {**self._environ, **provider.unread(arguments, self.stack, executable, **places)}
        files = {"config": self._config, "log": self._provider_log}
        return provider.attach(program, self._command(arguments), environ, **files)

    @property
    def _provider_log(self) -> Path:
        return self.folder / "provider.log"

    def _require_not_killed(self, done: Completed, command: str, then: str = "") -> None:
        """Terraform says nothing when it is killed, and its last lines are not the cause.

        Raises:
            RunnerError: A signal ended it, and none that this run has sent.
        """
        if done.signal and not self._context.processes.interrupted:
            lock = self._lock() if command in {"plan", "apply"} else Refusal(is_free=True)
            raise killed_error(self.stack, done.signal, lock=lock, then=then)

    def _lock(self) -> Refusal:
        """The lock that a Terraform has left."""
        if (self._config / _OVERRIDE).exists():  # that of a local state ends with its process
            return Refusal(is_free=True)
        done, _ = self._call(["force-unlock", "-force", NO_ID])
        return read_refusal(_ANSI.sub("", done.stderr))

    def _failure(self, command: str, errors: list[Diagnostic], output: str = "", crash: str = "") -> RunnerError:
        if self._context.processes.interrupted:
            return RunnerError("Interrupted.", exit_code=INTERRUPTED, diagnostics=errors)
        causes = [error for error in errors if error.summary != "execution halted"] or errors
        # Terraform repeats an error for each resource that it stops.
        texts = list(dict.fromkeys(str(error) for error in causes)) or output.strip().splitlines()[-5:]
        message = "\n\n".join(texts) or f"terraform {command} failed without a message."
        if crash:  # then Terraform has an error for each call that it did not answer
            message = f"The AWS provider ended unexpectedly ({crash}); what it printed last: {self._provider_log}"
        return RunnerError(message, exit_code=FAILED, diagnostics=errors)
