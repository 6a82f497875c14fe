"""Walks a lane: its steps, one after the other, each with its seconds and what it has found."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from future import differences, native
from future.environment import environ, prepare
from future.errors import FutureError
from future.rename import copy_renamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from future.lanes import Lane

_SHOWN_LINES: Final = 15
_SHOWN_PROBLEMS: Final = 20
_PYTEST: Final = ("-m", "pytest", "--numprocesses", "auto", "--maxprocesses", "4")


@dataclass(frozen=True)
class Done:
    """A step of a lane that has ended."""

    lane: str
    step: str
    seconds: float
    result: str


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What a lane is walked with."""

    lane: Lane
    root: Path
    """The checkout."""
    today: Path
    """What today's packages have written."""
    work: Path
    """An empty folder that is deleted afterwards."""
    environments: Path
    """The folder of the environments of the lanes; what a step prints is beside it."""
    unit: Sequence[str]
    """Arguments of pytest that select the unit tests."""
    done: list[Done] = field(default_factory=list)

    def steps(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """The steps, the short ones first."""
        yield "install", self._install
        if not self.lane.relabels:
            yield "rename", self._rename
        yield "fast start", self._fast_start
        yield "compare", self._compare
        if self.lane.relabels:
            yield "validate", self._validate
            yield "unit tests", self._unit_tests
            yield "acceptance of dev", self._acceptance
        else:
            yield "types", self._types
            yield native.STRATEGY, self._native

    def run(self) -> str | None:
        """Walk until a step fails; return why it failed."""
        for name, step in self.steps():
            start = time.monotonic()
            try:
                result, error = step(), None
            except FutureError as failed:
                result, error = "failed", f"{self.lane.name}, {name}: {failed}"
            self.done.append(Done(self.lane.name, name, time.monotonic() - start, result))
            print(f"{self.lane.name:5}  {name:18}  {self.done[-1].seconds:6.1f} s  {result}", flush=True)
            if error:
                return error
        return None

    @property
    def _tree(self) -> Path:
        return self.root if self.lane.relabels else self.work / "tree"

    @property
    def _folder(self) -> Path:
        return self.environments / f"future-{self.lane.name}"

    @property
    def _output(self) -> Path:
        return self.work / "fast"

    def _install(self) -> str:
        prepare(self.lane, self.root, self._folder)
        return str(self._folder)

    def _rename(self) -> str:
        return f"{copy_renamed(self.root, self._tree)} files with other names"

    def _fast_start(self) -> str:
        self._python("warm", "-m", "synthesis.fast_start.warm")
        self._python("synthesis", "main.py", "--output", str(self._output))
        stock = self.work / "stock"
        self._python("stock synthesis", "main.py", "--output", str(stock), variables={"STOCK_CDKTF": "1"})
        if different := differences.differing_files(self._output, stock):
            message = f"{len(different)} files are others with STOCK_CDKTF=1 than with the fast start: {different[0]}."
            raise FutureError(message)
        return "the same to the byte as without it"

    def _compare(self) -> str:
        allowed = differences.read_allowed(self.lane.name)
        found = differences.compare(self.today, self._output, allowed)
        _require_none(found.problems)
        return f"{found.stacks} stacks, {found.allowed} listed differences, no other"

    def _types(self) -> str:
        cache = str(self._folder / "mypy-cache")
        output = self._python("types", "-m", "mypy", "--cache-dir", cache, "stacks", "modules", "main.py")
        return output.strip().splitlines()[-1]

    def _native(self) -> str:
        names = native.use(self._tree / "environments")
        output = self.work / "native"
        self._python("native", "main.py", *names, "--output", str(output))
        problems: list[str] = []
        services = 0
        for name in sorted(differences.stacks_of(output)):
            stack = json.loads((output / "stacks" / name / "cdk.tf.json").read_text(encoding="utf-8"))
            problems += native.problems(name, stack)
            found = stack.get("resource", {}).get("aws_ecs_service", {})
            services += sum(1 for service in found.values() if service.get("load_balancer"))
        if not services:
            problems.append("no service has a load balancer")
        _require_none(problems)
        return f"{services} services of {', '.join(names)} with ECS's own arguments"

    def _validate(self) -> str:
        tests = ("--dist", "loadgroup", "--no-loadscope-reorder", "-m", "terraform", "tests/test_terraform_validate.py")
        return _last(self._python("validate", *_PYTEST, *tests))

    def _unit_tests(self) -> str:
        return _last(self._python("unit tests", *_PYTEST, "--dist", "worksteal", *self.unit))

    def _acceptance(self) -> str:
        return _last(self._python("acceptance", "-m", "acceptance", "emulate", "--env", "dev", "--port", "0"))

    def _python(self, what: str, *arguments: str, variables: dict[str, str] | None = None) -> str:
        """Run the lane's Python in its tree; return what it printed.

        Raises:
            FutureError: It failed.
        """
        log = self.environments / f"future-{self.lane.name}-{what.replace(' ', '-')}.log"
        python = self._folder / "bin" / "python"
        with log.open("w", encoding="utf-8") as output:
            status = subprocess.run(
                [str(python), *arguments],
                cwd=self._tree,
                env=environ() | (variables or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        text = log.read_text(encoding="utf-8", errors="replace")
        if status:
            end = "\n".join(text.splitlines()[-_SHOWN_LINES:])
            message = f"{' '.join(arguments[:3])} ended with status {status}; the end of {log}:\n{end}"
            raise FutureError(message)
        return text


def synthesize_today(root: Path, output: Path) -> None:
    """Write all stacks with today's packages.

    Raises:
        FutureError: That fails already.
    """
    command = [sys.executable, "main.py", "--output", str(output)]
    done = subprocess.run(
        command,
        cwd=root,
        env=environ(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        message = f"Today's packages do not write the stacks, so there is nothing to compare with:\n{done.stderr}"
        raise FutureError(message)


def _require_none(problems: Sequence[str]) -> None:
    if problems:
        shown = "\n".join(problems[:_SHOWN_PROBLEMS])
        rest = len(problems) - _SHOWN_PROBLEMS
        more = f"\nand {rest} more" if rest > 0 else ""
        message = f"{len(problems)} problems:\n{shown}{more}"
        raise FutureError(message)


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"
