"""Loses an environment's region and brings it back, by docs/region-loss.md; every marker must survive."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from acceptance.region_loss.markers import missing
from acceptance.region_loss.tasks import TaskError
from console.forecast import Forecast
from emulator.functions.asynchronous import BACKGROUND
from runner.errors import FAILED, RunnerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from acceptance.region_loss.checkout import Checkout
    from acceptance.region_loss.markers import Marker
    from acceptance.region_loss.page import PageStep
    from console.durations import Durations
    from emulator import Emulator

BEFORE: Final = "before the loss"
DURING: Final = "during the fail over"
_APPLY: Final = "apply all stacks"
_WRITE: Final = "write into every store"
_COPY: Final = "back up and copy"
_CHECK: Final = "check every store"
_WRITE_AGAIN: Final = "write again"
_PLAN: Final = "plan all stacks without a change"


@dataclass(frozen=True)
class Timed:
    """One step that was done."""

    part: str
    title: str
    seconds: float
    proves: str = ""
    """What it has shown, in a few words."""


@dataclass
class Rehearsal:
    """One run; `done` says afterwards what was done, also if it ended early."""

    checkout: Checkout
    emulator: Emulator
    home: str
    second: str
    markers: Sequence[Marker]
    say: Callable[[str], None]
    names: Mapping[str, str]
    """The values of the variables that the page sets first: those of this environment."""
    durations: Durations
    """How long each step took the last time."""
    done: list[Timed] = field(default_factory=list)
    _forecast: Forecast = field(init=False)
    _wanted: dict[str, set[str]] = field(default_factory=dict)
    """What each store must have, by the name of its marker."""

    def run(self, steps: Sequence[PageStep]) -> None:
        """Apply, write, lose the region, fail over, write again, get it back, fail back.

        Raises:
            RunnerError: A command failed, or a marker is not where it must be.
        """
        self._forecast = self._look_ahead(steps)
        self.say(self._forecast.opening())
        self._prepare(steps)
        self._time("loss", f"lose {self.home}", lambda: self._lose(lost=True))
        self._follow(steps, "fail over")
        self._time("fail over", _CHECK, lambda: self._check(self.second))
        self._time("fail over", _WRITE_AGAIN, lambda: self._write(self.second, DURING))
        self._time("return", f"{self.home} comes back", lambda: self._lose(lost=False))
        self._follow(steps, "fail back")
        self._time("fail back", _CHECK, lambda: self._check(self.home))
        self._time("fail back", _PLAN, self._plan)

    def _look_ahead(self, steps: Sequence[PageStep]) -> Forecast:
        """All steps that `run` times, in their order."""
        names = [
            *(("before", title) for title in (_APPLY, _WRITE, _COPY)),
            ("loss", f"lose {self.home}"),
            *((step.part, step.title) for step in steps if step.part == "fail over"),
            *(("fail over", title) for title in (_CHECK, _WRITE_AGAIN)),
            ("return", f"{self.home} comes back"),
            *((step.part, step.title) for step in steps if step.part == "fail back"),
            *(("fail back", title) for title in (_CHECK, _PLAN)),
        ]
        ordered = [f"{part}: {title}" for part, title in names]
        needs = {name: ordered[:place][-1:] for place, name in enumerate(ordered)}
        return Forecast(f"region-loss {self.checkout.environment}", needs, self.durations)

    def _prepare(self, steps: Sequence[PageStep]) -> None:
        for step in steps:
            if step.part == "variables":
                self._do(step)
        unknown = [name for name in self.names if not any(f"{name}=" in step.commands for step in steps)]
        if unknown:
            raise _failure([f"docs/region-loss.md does not set {', '.join(unknown)}."])
        self.checkout.variables |= self.names
        environment = self.checkout.environment
        self._time("before", _APPLY, lambda: self._apply(environment))
        self._time("before", _WRITE, lambda: self._write(self.home, BEFORE))
        self._time("before", _COPY, self._copy)

    def _apply(self, environment: str) -> str:
        self.checkout.run(f"make bootstrap ENV={environment}\nmake apply ENV={environment}")
        return ""

    def _copy(self) -> str:
        """Do what AWS's clock does: run the backup plans. All else is copied by what the writes have set off."""
        jobs = self.emulator.call("backups", {"region": self.home})
        failed = [
            f"{job['resource']}: {job['message']}" for job in [*jobs["backups"], *jobs["copies"]] if not _is_done(job)
        ]
        empty = [job["resource"] for job in jobs["backups"] if job["empty"]]
        problems = [*failed, *(f"the backup of {one} is empty" for one in empty)]
        if problems or not jobs["copies"]:
            raise _failure(problems or ["no backup was copied"])
        BACKGROUND.wait()  # what the change of a parameter has called
        return f"{len(jobs['copies'])} backups copied"

    def _lose(self, *, lost: bool) -> str:
        self.emulator.call("regions", {"region": self.home, "lost": lost})
        return ""

    def _follow(self, steps: Sequence[PageStep], part: str) -> None:
        for step in steps:
            if step.part == part:
                self._time(part, step.title, lambda step=step: self._do(step))  # type: ignore[misc]

    def _do(self, step: PageStep) -> str:
        if step.settings:
            self.checkout.set(step.settings)
        elif step.removed:
            self.checkout.remove(step.removed)
        else:
            self.checkout.run(step.commands)
        return ""

    def _write(self, region: str, text: str) -> str:
        for marker in self.markers:
            try:
                written = marker.write(region, text)
            except TaskError as error:
                raise _failure([f"{marker.name}: {error}"]) from error
            if written is not None:
                before = self._wanted.get(marker.name, set()) if marker.keeps_all else set()
                self._wanted[marker.name] = before | {written}
        return ""

    def _check(self, region: str) -> str:
        problems = [missing(marker, region, self._wanted[marker.name]) for marker in self.markers]
        if any(problems):
            raise _failure([one for one in problems if one])
        return f"{len(self.markers)} of {len(self.markers)}"

    def _plan(self) -> str:
        plan = f"plan --env {self.checkout.environment} --detailed-exitcode"
        self.checkout.run(f".venv/bin/python -m runner {plan} --parallel $PARALLEL")  # as `make` does in this shell
        return ""

    def _time(self, part: str, title: str, act: Callable[[], str]) -> None:
        started = time.monotonic()
        with self._forecast.step(f"{part}: {title}"):
            proves = act()
        timed = Timed(part, title, time.monotonic() - started, proves)
        self.done.append(timed)
        self.say(f"{timed.part}: {timed.title}, {timed.seconds:.0f} s  ({self._forecast.position()})")


def _is_done(job: Mapping[str, Any]) -> bool:
    return bool(job["state"] == "COMPLETED")


def _failure(problems: Sequence[str]) -> RunnerError:
    return RunnerError("\n".join(problems), exit_code=FAILED)
