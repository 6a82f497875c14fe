"""One run of one action over the chosen stacks of an environment."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TextIO

from console.durations import Durations
from console.forecast import Forecast
from runner import environment, executable, explain, provider_mirror, schedule
from runner.errors import RunnerError
from runner.results import Result, Status
from runner.terraform import RunContext, Terraform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runner.processes import Processes
    from runner.progress import ProgressDisplay
    from runner.saved import SavedPlans
    from runner.terraform import Plan
    from synthesis.manifest import Stack

_STOPS = {Status.FAILED, Status.INTERRUPTED}
_WHOLE = {
    *(Status.NO_CHANGES, Status.CHANGES, Status.APPLIED, Status.DESTROYED, Status.REFRESHED, Status.VALID),
    *(Status.BOOTSTRAPPED, Status.ALREADY, Status.NOTHING_THERE),
}
"""A stack that did all it had to: what it took is what the next run will take."""


@dataclass(frozen=True)
class Session:
    """What an action works with."""

    stacks: Mapping[str, Stack]  # all of the environment
    chosen: Mapping[str, Stack]
    context: RunContext
    progress: ProgressDisplay
    answers: TextIO
    bootstrap_folder: Path
    yes: bool = False
    parallel: int = 2
    shows_plans: bool = True  # with `yes`; a question always shows the plan
    checks_delegation: bool = True  # in the DNS of the internet, which knows nothing of an emulator's zones
    checks_sleep: bool = True  # by the function, whose code no emulator runs
    saved: SavedPlans | None = None
    """Where a plan is kept, and where what an apply may do comes from."""
    durations: Durations | None = None
    """Where the seconds of the last run are, if not in the folder of this one."""
    unapplied: set[str] = field(default_factory=set)
    plans: dict[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    """The plans with changes as JSON, secrets included, for the verdict."""

    @property
    def environment(self) -> str:
        """Name of the environment."""
        return next(iter(self.stacks.values())).environment

    def terraform(self, stack: Stack) -> Terraform:
        """Terraform for one of the stacks."""
        return Terraform(stack, self.context)

    def confirm(self, what: str, plan: Plan, terraform: Terraform) -> bool:
        """Show the plan and ask; with `--yes`, only show it."""
        stack = terraform.stack.id
        if self.yes and not self.shows_plans:
            return True
        text = section(stack, terraform.describe(plan))
        if self.yes:
            self.progress.say(text)
            return True
        self.progress.start(stack, "to be confirmed")
        return self.progress.confirm(
            f"{what} Only 'yes' is accepted:",
            self.answers,
            lambda: self.context.processes.interrupted,
            show=text,
            step=stack,
        )

    def run_all(
        self,
        edges: Mapping[str, set[str]],
        act: Callable[[Session, Stack], Result],
        *,
        work: str = "",
        blocks: frozenset[Status] = frozenset(),
    ) -> list[Result]:
        """Run `act` for every stack of `edges` in its order; a failure stops what has not started.

        With a name of the `work`, such as `apply`, it is said how far it is, and how long it took the last time.
        """
        results: dict[str, Result] = {}
        forecast = Forecast(
            f"{work} on the emulator" if self.context.environ.get("AWS_ENDPOINT_URL") else work,
            edges,
            self.durations or Durations(self.context.work),
            parallel=self.parallel,
            unit="stacks",
        )

        def run(id_: str) -> schedule.Verdict:
            stack = self.stacks[id_]
            forecast.start(id_)
            try:
                result = act(self, stack)
            except RunnerError as error:
                result = explain.result_from_error(stack, self.stacks, error, self.terraform(stack).log)
            result = replace(result, seconds=self.progress.end(id_))
            results[id_] = result
            forecast.end(id_, is_whole=bool(work) and result.status in _WHOLE)
            self._report(result)
            if result.status in _STOPS:
                return schedule.Verdict.STOP
            return schedule.Verdict.BLOCK if result.status in blocks else schedule.Verdict.CONTINUE

        processes = self.context.processes
        with self.progress.following(forecast) if work and edges else nullcontext():
            not_started = schedule.run(
                edges,
                run,
                parallel=self.parallel,
                cancelled=lambda: processes.interrupted,
                costs={id_: sum(1 for _ in self.stacks[id_].all()) for id_ in edges},
            )
        # An interrupt between two stacks interrupts none of them, and must be reported all the same.
        is_reported = any(result.status is Status.INTERRUPTED for result in results.values())
        status = Status.INTERRUPTED if processes.interrupted and not is_reported else Status.NOT_STARTED
        results |= {id_: Result(id_, status) for id_ in not_started}
        return [results[id_] for id_ in self.stacks if id_ in results]

    def _report(self, result: Result) -> None:
        word = result.note if result.status is Status.WAITS else result.status.value
        lines = [self.progress.with_position(f"{result.stack.ljust(self.width)}  {word}")]
        if result.status is Status.FAILED:
            lines += ["", result.note, "", result.remedy, ""]
        self.progress.warn("\n".join(lines))

    @property
    def width(self) -> int:
        """The width of the longest stack id, for aligned lines."""
        return max(len(id_) for id_ in self.stacks)


def open_session(
    stacks: Mapping[str, Stack],
    chosen: Mapping[str, Stack],
    *,
    root: Path,
    environ: Mapping[str, str],
    processes: Processes,
    progress: ProgressDisplay,
    answers: TextIO,
    cache: Path | None = None,
    yes: bool = False,
    parallel: int = 2,
    shows_plans: bool = True,
    checks_delegation: bool = True,
    checks_sleep: bool = True,
    saved: SavedPlans | None = None,
) -> Session:
    """Find Terraform and its providers; a run writes only below `root`, and fetched providers into `cache`.

    Raises:
        RunnerError: There is no Terraform, or `environ` names an endpoint other than AWS, or encrypts states.
    """
    environment.require_aws(environ)
    environment.refuse_encryption(environ)
    terraform = executable.find(environ)
    work = root / ".terraform-work"
    providers = frozenset(item for stack in chosen.values() for item in stack.required_providers.items())
    wanted = provider_mirror.Wanted(providers, terraform.registry, terraform.platform)
    installation = provider_mirror.prepare(wanted, environ, work, cache=cache)
    return Session(
        stacks=stacks,
        chosen=chosen,
        context=RunContext(terraform, installation, environ, work, processes),
        progress=progress,
        answers=answers,
        bootstrap_folder=root / ".bootstrap",
        yes=yes,
        parallel=parallel,
        shows_plans=shows_plans,
        checks_delegation=checks_delegation,
        checks_sleep=checks_sleep,
        saved=saved,
    )


def section(name: str, text: str) -> str:
    """A block of output under the name of its stack."""
    return f"\n── {name} {'─' * max(3, 74 - len(name))}\n\n{text}\n"
