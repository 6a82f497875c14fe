"""Plans that one run saves and another one applies, on another machine: what was approved, and nothing else.

A saved plan is applied as it is only as long as nothing it was made from has changed. Terraform itself refuses one
whose state is another by now. But it does not see that a stack before it, whose outputs it read, was applied in
between. So such a stack is planned again, and applied only if the new plan is the same.

The files hold secrets. Whoever hands them on encrypts them (`python -m review seal`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from console.files import write_whole
from runner.errors import RunnerError
from runner.events import Changes
from runner.results import Result, Status
from runner.terraform import Plan
from synthesis.manifest import state_stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from runner.session import Session
    from runner.terraform import Terraform
    from synthesis.manifest import Stack

RESULTS: Final = "results.json"
"""The file with the result of each stack."""

PERSONS_LAYERS: Final = frozenset({"state", "notifications", "security", "recovery"})
"""What limits and watches a pipeline, which a person applies: docs/security.md."""

# What a plan would do, of everything that `terraform show -json` says:
# https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
_PLANNED: Final = ("resource_changes", "output_changes", "checks")


def is_persons(stack: Stack, stacks: Mapping[str, Stack]) -> bool:
    """Whether a person applies the stack: one of those layers, or any whose state is in the second region.

    A pipeline can change neither that bucket nor what is in that region.
    """
    state = state_stack(stacks)
    is_elsewhere = state is not None and stack.backend.get("region") != state.backend.get("region")
    return stack.layer in PERSONS_LAYERS or is_elsewhere


@dataclass(frozen=True, kw_only=True)
class SavedPlans:
    """The folder in which they are."""

    folder: Path
    applied: set[str] = field(default_factory=set)
    """The stacks that this run has applied."""

    def keep(self, stack: Stack, terraform: Terraform, plan: Plan) -> None:
        """Copy a plan here, with its content as JSON."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(plan.path, self._plan(stack.id))
        write_whole(self.content_file(stack.id), json.dumps(terraform.content(plan)), private=True)

    def write_results(self, results: Iterable[Result]) -> None:
        """Write how each plan ended."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = {
            result.stack: {
                "status": result.status.value,
                "changes": asdict(result.changes),
                "planned": result.planned,
                "note": result.note,
            }
            for result in results
        }
        write_whole(self.folder / RESULTS, json.dumps(written, indent=2), private=True)

    def require_appliable(self, session: Session) -> None:
        """Refuse plans of other stacks, and changes that only a person may apply.

        Raises:
            RunnerError: There are some; nothing was applied.
        """
        results = self._results()
        unknown = sorted(set(session.chosen) ^ set(results))
        if unknown:
            message = f"{self.folder} has not the plans of these stacks: {', '.join(unknown)} is only in one of them."
            raise RunnerError(message, "Plan and apply the same commit with the same ENV and LAYER.")
        persons = [
            id_
            for id_, stack in session.chosen.items()
            if is_persons(stack, session.stacks) and results[id_].status is not Status.NO_CHANGES
        ]
        if persons:
            message = f"{', '.join(persons)} has changes, and a person applies it, so nothing is applied."
            commands = " && ".join(
                f"make apply ENV={session.environment} LAYER={session.stacks[id_].name}" for id_ in persons
            )
            raise RunnerError(message, f"Run this with your own credentials, then plan again: {commands}")

    def approved(self, session: Session, stack: Stack, terraform: Terraform) -> Plan | Result:
        """The plan to apply, or the result if there is none: nothing to do, or not what was approved."""
        before = self._results()[stack.id]
        if before.status not in {Status.NO_CHANGES, Status.CHANGES}:
            return Result(stack.id, Status.WAITS, note="was not planned; it is planned by the next run")
        others = sorted(self.applied & set(stack.producers(session.stacks).values()))
        if not others:
            return self._saved(stack, before) if before.status is Status.CHANGES else Result(stack.id, before.status)
        planned = terraform.plan(session.progress.start(stack.id, "planning again"))
        if not planned.changed:
            return Result(stack.id, Status.NO_CHANGES)
        same = before.status is Status.CHANGES and fingerprint(terraform.content(planned)) == fingerprint(
            json.loads(self.content_file(stack.id).read_text(encoding="utf-8"))
        )
        if same:
            return planned
        note = f"is not what was approved, because {', '.join(others)} was applied; it is planned by the next run"
        return Result(stack.id, Status.WAITS, note=note)

    def content_file(self, id_: str) -> Path:
        """The file with the content of a plan as JSON, secrets included."""
        return self.folder / f"{id_}.json"

    def _plan(self, id_: str) -> Path:
        return self.folder / f"{id_}.plan"

    def _saved(self, stack: Stack, result: Result) -> Plan:
        plan = self._plan(stack.id)
        if not plan.is_file():
            message = f"{self.folder} has no plan of {stack.id}."
            raise RunnerError(message, "Plan again.")
        return Plan(plan.resolve(), result.changes, changed=True, new=False, planned=result.planned)

    def _results(self) -> dict[str, Result]:
        return read_results(self.folder)


def read_results(folder: Path) -> dict[str, Result]:
    """How each plan of a folder ended, by stack.

    Raises:
        RunnerError: There are no plans.
    """
    try:
        written: dict[str, dict[str, Any]] = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"There are no saved plans in {folder}."
        raise RunnerError(message, f"Save them first: python -m runner plan --env ENV --save {folder}") from error
    return {
        id_: Result(
            id_,
            Status(each["status"]),
            Changes(**each["changes"]),
            note=each["note"],
            planned=tuple(each["planned"]),
        )
        for id_, each in written.items()
    }


def fingerprint(content: Mapping[str, Any]) -> str:
    """The same for two plans that do the same, from the same values to the same values."""
    planned = {key: content.get(key) for key in _PLANNED}
    return hashlib.sha256(json.dumps(planned, sort_keys=True).encode()).hexdigest()
