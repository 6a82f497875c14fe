"""Measures the plan of an environment that is applied on the emulator: plain Terraform, this project, `cdktf diff`.

Terraform and `cdktf diff` plan one stack after the other, as neither knows more than one. All of them are warm: `init`
has run, the packages are compiled, and nothing has changed since the apply.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from acceptance.harness import open_harness
from acceptance.lifecycle import EnvironmentRun, Row, apply
from benchmark.measure import Measurement, RunFailedError, best_of, run
from runner.errors import RunnerError
from synthesis.stack_order import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from acceptance.harness import Harness
    from synthesis.manifest import Stack

ROOT: Final = Path(__file__).parent.parent
ENVIRONMENT: Final = "prod"
_WARM_RUNS: Final = 3
_CDKTF_RUNS: Final = 1  # of a minute or two each
_CDKTF_CLI: Final = "cdktf-cli@0.21.0"


def measure(scratch: Path) -> None:
    """Apply the environment, measure, and print the table.

    Raises:
        RunFailedError: The apply, or a measured program, failed.
    """
    print(f"\nApplying {ENVIRONMENT} on the emulator, to plan it: some minutes ...", flush=True)
    try:
        with _applied() as harness:
            _Plans(harness, scratch).report()
    except RunnerError as error:
        raise RunFailedError(str(error)) from error


@contextmanager
def _applied() -> Iterator[Harness]:
    with open_harness([ENVIRONMENT]) as harness:
        session = harness.session(ENVIRONMENT)
        apply(session, EnvironmentRun(ENVIRONMENT, rows={id_: Row(id_) for id_ in session.stacks}))
        yield harness


class _Plans:
    """The three ways to plan the environment of a harness."""

    def __init__(self, harness: Harness, scratch: Path) -> None:
        self._scratch = scratch
        self._out = harness.folder / "cdktf.out"
        self._stacks: Sequence[Stack] = in_order(harness.stacks(ENVIRONMENT))
        context = harness.session(ENVIRONMENT).context
        self._terraform = context.executable
        self._environ = {**harness.account(ENVIRONMENT).environ(), **context.installation.variables}

    def report(self) -> None:
        """Measure and print."""
        header = f"plan of {ENVIRONMENT}, {len(self._stacks)} stacks, warm"
        print(f"\n{header:<34}{'s':>9}{'peak MiB':>10}")
        plain = self._print("terraform plan, one by one", self._plain())
        ours = self._print(f"make plan ENV={ENVIRONMENT}", self._ours())
        print(f"ours takes {ours.seconds / plain.seconds:.0%} of that time, synthesis included")
        cdktf = self._cdktf()
        if cdktf:
            self._print("cdktf diff, one by one", self._one_by_one(cdktf, runs=_CDKTF_RUNS))

    def _print(self, name: str, measured: Measurement) -> Measurement:
        print(f"{name:<34}{measured.seconds:>9.1f}{measured.peak_mib:>10.0f}", flush=True)
        return measured

    def _plain(self) -> Measurement:
        copy = self._scratch / "terraform"
        shutil.copytree(self._out / "stacks", copy)
        commands = {
            stack.id: [*self._terraform.command, f"-chdir={copy / stack.folder.name}"] for stack in self._stacks
        }
        for command in commands.values():
            self._run([*command, "init", "-input=false"])
        return self._one_by_one([[*command, "plan", "-input=false"] for command in commands.values()])

    def _ours(self) -> Measurement:
        synth = [sys.executable, "main.py", ENVIRONMENT, "--output", str(self._out)]
        plan = [sys.executable, "-m", "runner", "plan", "--env", ENVIRONMENT, "--output", str(self._out)]
        return self._one_by_one([synth, plan])

    def _cdktf(self) -> list[list[str]] | None:
        """`cdktf diff` of each stack; None if there is no cdktf-cli, and why is printed."""
        npm = shutil.which("npm")
        if npm is None:
            print("cdktf diff: not measured, npm is not on PATH")
            return None
        folder = self._scratch / "cdktf-cli"
        install = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), _CDKTF_CLI]
        installed = subprocess.run(install, cwd=self._scratch, capture_output=True, text=True, check=False)
        if installed.returncode != 0:
            reason = (installed.stderr or installed.stdout).strip().splitlines() or ["no message"]
            print(f"cdktf diff: not measured, npm could not fetch {_CDKTF_CLI}: {reason[-1]}")
            return None
        copy = self._scratch / "cdktf.out"
        shutil.copytree(self._out, copy)
        program = str(folder / "node_modules" / ".bin" / "cdktf")
        # Without the synthesis, which it would do again for each stack, and without the registry of providers.
        options = ["--skip-synth", "--skip-provider-lock", "--output", str(copy)]
        return [[program, "diff", stack.id, *options] for stack in self._stacks]

    def _one_by_one(self, commands: Sequence[Sequence[str]], *, runs: int = _WARM_RUNS) -> Measurement:
        """The best of several rounds after a first one, which makes everything warm."""
        rounds = [[self._run(command) for command in commands] for _ in range(1 + runs)]
        return best_of(
            Measurement(
                seconds=sum(each.seconds for each in measured), peak_mib=max(each.peak_mib for each in measured)
            )
            for measured in rounds[1:]
        )

    def _run(self, command: Sequence[str]) -> Measurement:
        return run(command, cwd=ROOT, environment=self._environ)
