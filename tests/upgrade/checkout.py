"""A checkout with its states on the emulator, whose synthesized stacks are replaced by those of another version."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from acceptance import synthesis
from acceptance.harness import Harness
from console.durations import Durations
from emulator import Emulator
from runner import actions
from runner.errors import RunnerError
from runner.interrupts import obeying_signals
from runner.processes import Processes
from runner.progress import ProgressDisplay
from runner.results import Result, Status
from runner.session import Session, section
from synthesis.manifest import STACK_FILE, of_environment, read_stacks, state_stack
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from runner.terraform import Plan, Terraform
    from synthesis.manifest import Stack


@dataclass(frozen=True)
class RecordingSession(Session):
    """Answers yes to every plan, as whoever upgrades would, and keeps what the plan was."""

    planned: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def confirm(self, what: str, plan: Plan, terraform: Terraform) -> bool:
        """Where the plan deletes or replaces anything, show why; pytest prints it when the test fails."""
        del what
        stack = terraform.stack.id
        self.planned[stack] = plan.planned
        if any(line.startswith(("delete ", "replace ")) for line in plan.planned):
            self.progress.say(section(stack, terraform.describe(plan)))
        return True


@dataclass(frozen=True)
class Checkout:
    """One environment, in an account of the emulator that no other test uses."""

    environment: str
    account: str
    harness: Harness

    def install(self, synthesized: Path) -> frozenset[str]:
        """Let these stacks take the place of those that are there; return their ids.

        The account that they name is replaced by the one of the checkout. All emulators of a process share their
        state, so another test may use that account; and the baseline keeps its own account when the one in the
        environment file changes. Older versions did not write the region into the metadata, which the runner reads.
        """
        out = synthesis.synthesized(self.harness.folder)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(synthesized, out)
        stacks = of_environment(read_stacks(out), self.environment)
        for stack in stacks.values():
            provider = stack.providers[0]
            (account,) = provider["allowed_account_ids"]
            document = json.loads(json.dumps(stack.document).replace(account, self.account))
            document["//"]["metadata"].setdefault("region", provider["region"])
            (stack.folder / STACK_FILE).write_text(json.dumps(document), encoding="utf-8")
        return frozenset(stacks)

    def apply(self, layer: str | None = None) -> None:
        """`make bootstrap` where there is a state layer, then `make apply` of all layers, or of one and what it needs.

        Raises:
            RunnerError: Something was not applied.
        """
        session = replace(self.harness, layer=layer).session(self.environment)
        state = state_stack(session.stacks)
        found = actions.bootstrap(session) if state else []
        if not _failures(found):
            others = {id_: stack for id_, stack in session.chosen.items() if stack != state}
            found += actions.apply(replace(session, chosen=others))
        failures = _failures(found)
        if failures:
            message = "\n".join([f"{self.environment}: the version to upgrade from cannot be applied:", *failures])
            raise RunnerError(
                message,
                "Where the emulator refuses what it took when that version was made: if AWS refuses it too, move the "
                "baseline to a version without it (docs/upgrades.md); if AWS takes it, correct the emulator.",
            )

    def stacks(self) -> dict[str, Stack]:
        """The stacks that are there now."""
        return self.harness.stacks(self.environment)

    def upgrade(self, chosen: Collection[str] | None = None) -> tuple[dict[str, tuple[str, ...]], list[str]]:
        """`make apply` of the stacks that are there now, or of those with these ids: the plan of each, and what failed.

        Each is planned when those that it needs are applied, as for a person. Planned all at once, a stack that reads
        a new output of another one could not be planned at all.
        """
        session = RecordingSession(**vars(self.harness.session(self.environment)))
        if chosen is not None:
            session = replace(session, chosen={id_: stack for id_, stack in session.chosen.items() if id_ in chosen})
        found = actions.apply(session)
        return session.planned, _failures(found)

    def plans(self) -> dict[str, Any]:
        """`make plan`: the plan of each stack that has changes, as JSON."""
        session = self.harness.session(self.environment)
        actions.plan(session)
        return dict(session.plans)

    def second_plan(self) -> list[str]:
        """`make plan`: what it would still change."""
        found = actions.plan(self.harness.session(self.environment))
        left = [
            f"{result.stack}: {change}"
            for result in found
            if result.status is Status.CHANGES
            for change in result.planned or ("an output",)
        ]
        return left + _failures(found)


@contextmanager
def open_checkouts(accounts: Mapping[str, str], folder: Path) -> Iterator[dict[str, Checkout]]:
    """Start an emulator, and give each environment a checkout in its account; all is gone when it ends."""
    processes = Processes()
    progress = ProgressDisplay(sys.stdout, sys.stderr, live=False)
    with progress, obeying_signals(processes, progress), Emulator() as emulator:

        def harness(environment: str) -> Harness:
            return Harness(
                folder=folder / environment,
                settings=FOLDER,
                emulator=emulator,
                environments=(environment,),
                layer=None,
                parallel=2,
                processes=processes,
                progress=progress,
                durations=Durations(folder),
            )

        try:
            yield {name: Checkout(name, account, harness(name)) for name, account in accounts.items()}
        finally:
            if processes.interrupted:  # by Ctrl-C, which is meant for pytest too
                raise KeyboardInterrupt


def _failures(found: Sequence[Result]) -> list[str]:
    """What did not succeed; of stacks that did not start, only if nothing else says why."""
    fine = {Status.ALREADY, Status.APPLIED, Status.BOOTSTRAPPED, Status.CHANGES, Status.NO_CHANGES}
    bad = [result for result in found if result.status not in fine]
    causes = [result for result in bad if result.status is not Status.NOT_STARTED] or bad
    return [f"{result.stack}: {result.status.value}. {result.note}".strip() for result in causes]
