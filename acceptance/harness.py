"""What an acceptance run needs: a temporary folder and an emulator, both removed when it ends."""

from __future__ import annotations

import os
import pkgutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from acceptance import synthesis
from acceptance.account import Account
from config.load import ENVIRONMENTS, environment_names, load_environments
from emulator import Emulator, PortInUseError
from main import ROOT
from runner import executable, explain, interrupts
from runner.errors import RunnerError
from runner.processes import Processes
from runner.progress import ProgressDisplay
from runner.session import Session, open_session
from synthesis.manifest import of_environment, read_stacks
from synthesis.regions import choose
from synthesis.stack_order import consumers, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from synthesis.manifest import Stack


@dataclass(frozen=True)
class Harness:
    """A running emulator, the synthesized stacks, and what runs Terraform on them."""

    folder: Path
    settings: Path
    """The folder of the environments' files."""

    emulator: Emulator
    environments: tuple[str, ...]
    layer: str | None
    parallel: int
    processes: Processes
    progress: ProgressDisplay

    def stacks(self, environment: str, *, unprotected: bool = False) -> dict[str, Stack]:
        """The stacks to apply: all of the environment, or a layer with the layers that it needs."""
        out = (synthesis.unprotected if unprotected else synthesis.synthesized)(self.folder)
        stacks = of_environment(read_stacks(out), environment)
        if self.layer is None:
            return stacks
        wanted = set(choose(stacks, layer=self.layer))
        return {id_: stack for id_, stack in stacks.items() if wanted & {id_, *consumers(stacks, id_)}}

    def account(self, environment: str) -> Account:
        """The environment's account on the emulator."""
        return Account.from_stack(in_order(self.stacks(environment))[0], self.emulator)

    def session(self, environment: str, *, unprotected: bool = False) -> Session:
        """A session of the runner, as `make apply` has it; `unprotected` selects the stacks without protection."""
        stacks = self.stacks(environment, unprotected=unprotected)
        return open_session(
            stacks,
            stacks,
            root=self.folder,
            environ=self.account(environment).environ(),
            processes=self.processes,
            progress=self.progress,
            answers=sys.stdin,
            cache=ROOT / ".terraform-work" / "plugins",
            yes=True,
            parallel=self.parallel,
            shows_plans=False,
            checks_delegation=False,
            checks_sleep=False,
        )


def default_parallel(environments: int) -> int:
    """How many stacks of each environment run at a time: six in all, as each needs a gigabyte and mostly waits."""
    return min(4, max(2, 6 // environments))


@contextmanager
def open_harness(
    environments: Sequence[str] = (),
    *,
    settings: Path = ROOT / ENVIRONMENTS,
    layer: str | None = None,
    port: int = 0,
    parallel: int | None = None,
) -> Iterator[Harness]:
    """Synthesize into a temporary folder, start an emulator, and check that Terraform can run."""
    names = tuple(environments) or environment_names(settings)
    executable.find(os.environ)  # report a missing Terraform before anything is started
    processes = Processes()
    progress = ProgressDisplay(sys.stdout, sys.stderr, live=sys.stderr.isatty(), width=name_width(names, settings))
    with (
        tempfile.TemporaryDirectory(prefix="acceptance-") as folder,
        progress,
        interrupts.obeying_signals(processes, progress),
        open_emulator(port) as emulator,
    ):
        progress.start("synthesis", f"synthesizing {', '.join(names)}")
        synthesis.write(Path(folder), settings, names, processes)
        progress.end("synthesis")
        lanes = parallel or default_parallel(len(names))
        harness = Harness(Path(folder), settings, emulator, names, layer, lanes, processes, progress)
        _require_providers(harness)
        yield harness


@contextmanager
def open_emulator(port: int) -> Iterator[Emulator]:
    """Start an emulator on a port of this machine, or on any free one, and stop it when the block ends.

    Raises:
        RunnerError: The port is in use.
    """
    emulator = Emulator(port=port)
    try:
        emulator.start()
    except (PortInUseError, OSError) as error:
        raise RunnerError(str(error), "Omit `--port` to use a free one.") from error
    try:
        yield emulator
    finally:
        emulator.stop()


def _require_providers(harness: Harness) -> None:
    """Fetch the providers once, before all environments do it at the same time; a local mirror needs no fetch."""
    session = harness.session(harness.environments[0])
    if not session.context.installation.fetches:
        return
    stack = in_order(session.stacks)[0]
    with session.terraform(stack).working_copy() as terraform:
        harness.progress.start(stack.id, "fetching the providers")
        try:
            terraform.init(backend=False)
        except RunnerError as error:
            result = explain.result_from_error(stack, session.stacks, error, terraform.log)
            raise RunnerError(result.note, result.remedy, exit_code=error.exit_code) from error
        finally:
            harness.progress.end(stack.id)


def name_width(environments: Sequence[str], settings: Path) -> int:
    """The width of the longest stack's name, before there are stacks: importing a layer would start Node."""
    modules = [module.name for module in pkgutil.iter_modules([str(ROOT / "stacks")])]
    layers = [name for name in modules if name != "base" and "_" not in name]  # recovery_drills.py is of recovery
    loaded, _ = load_environments(environments, folder=settings)  # what is wrong is reported by the synthesis
    # Of those that have stacks in several regions, no layer has a longer name.
    further = [f"{one.name}-notifications-{region}" for one in loaded for region in one.regions if region != one.region]
    drills = [one for one in loaded if one.recovery and one.recovery.drills]
    further += [f"{one.name}-recovery-drills-{one.recovery_region}" for one in drills if one.recovery_region]
    return max(map(len, (*further, *(f"{name}-{layer}" for name in environments for layer in layers))))


def applied_outputs(session: Session, stacks: Mapping[str, Stack]) -> dict[str, dict[str, object]]:
    """The outputs of each stack that has some, without secrets."""
    by_stack = {}
    for stack in in_order(stacks):
        with session.terraform(stack).working_copy() as terraform:
            terraform.init()
            outputs = terraform.outputs()
        if outputs:
            by_stack[stack.id] = outputs
    return by_stack
