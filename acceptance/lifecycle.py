"""One environment's whole run: from an empty account back to an empty account."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from acceptance import checks, whole
from acceptance.database_roles import check_roles_sign_in_and_rotate
from acceptance.drills import check_drills_restore_and_leave_nothing
from acceptance.findings import Finding, Step
from acceptance.log_destinations import make_log_destinations
from acceptance.releases.hand_overs import HandOvers
from acceptance.releases.rehearsal import Rehearsal
from acceptance.tunnels import check_tunnels_open_and_leave_nothing
from config.load import load_environment
from runner import actions, results
from runner.errors import FAILED, INTERRUPTED, RunnerError
from runner.results import Status
from synthesis.manifest import STATE_LAYER
from synthesis.stack_order import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from acceptance.harness import Harness
    from runner.results import Result
    from runner.session import Session


@dataclass
class Row:
    """One stack of the table."""

    stack: str
    resources: int = 0
    apply_seconds: float = 0
    second_plan_changes: int | None = None
    destroy_seconds: float | None = None


@dataclass
class EnvironmentRun:
    """The results of an environment's run."""

    environment: str
    rows: dict[str, Row] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    failure: str = ""
    rehearsed: str = ""
    """What was rehearsed of releases; empty without a pipeline."""

    @property
    def failed(self) -> bool:
        """Whether it did not finish."""
        return bool(self.failure)

    def add_finding(self, step: Step, subject: str) -> None:
        """Record a problem."""
        self.findings.append(Finding(self.environment, step, subject))


def run_lifecycle(harness: Harness, environment: str, hand_overs: HandOvers | None = None) -> EnvironmentRun:
    """Run all steps; a failure is recorded, an interrupt is raised."""
    run = EnvironmentRun(environment)
    hand_overs = hand_overs or HandOvers((environment,))
    try:
        session = harness.session(environment)
        run.rows = {stack.id: Row(stack.id) for stack in in_order(session.stacks)}
        make_log_destinations(load_environment(environment, folder=harness.settings), harness.emulator)
        apply(session, run)
        _plan_again(session, run)
        check(harness, environment, run)
        rehearse(harness, session, run, hand_overs)
        _destroy(harness, session, run)
    except RunnerError as error:
        if harness.processes.interrupted:
            raise
        run.failure = str(error)
    finally:
        hand_overs.end(environment)
    return run


def apply(session: Session, run: EnvironmentRun) -> None:
    """Bootstrap the state, then apply the other stacks as they were synthesized."""
    others = {id_: stack for id_, stack in session.chosen.items() if stack.layer != STATE_LAYER}
    bootstrapped = _require_success(session, actions.bootstrap(session))
    for result in [*bootstrapped, *_require_success(session, actions.apply(replace(session, chosen=others)))]:
        row = run.rows[result.stack]
        row.resources, row.apply_seconds = result.changes.add, result.seconds


def _plan_again(session: Session, run: EnvironmentRun) -> None:
    for result in _plan(session):
        run.rows[result.stack].second_plan_changes = result.changes.total
        for change in _planned(session, result):
            run.add_finding(Step.SECOND_PLAN, change)


def _plan(session: Session) -> Iterator[Result]:
    """Plan every stack; a plan that fails ends the run."""
    for result in actions.plan(session):
        if result.status not in {Status.NO_CHANGES, Status.CHANGES}:
            _require_success(session, [result])
        yield result


def _planned(session: Session, result: Result) -> Iterator[str]:
    """Each change of a plan, with its layer."""
    if result.status is Status.CHANGES:
        layer = session.stacks[result.stack].layer
        yield from (f"{layer}: {change}" for change in result.planned or ("an output",))


def check(harness: Harness, environment: str, run: EnvironmentRun) -> None:
    """Check through the API what must hold in the layers that were applied."""
    harness.progress.start(environment, "checking through the API")
    stacks, account = harness.stacks(environment), harness.account(environment)
    settings = load_environment(environment, folder=harness.settings)
    for layer, function in checks.find_checks({stack.layer for stack in stacks.values()}):
        for problem in _run_check(function.__name__, partial(function, settings, account.session())):
            run.add_finding(Step.CHECK, f"{layer}: {problem}")
    if "data" in {stack.layer for stack in stacks.values()}:
        roles = partial(check_roles_sign_in_and_rotate, settings, account.session(), harness.emulator)
        for problem in _run_check("roles", roles):
            run.add_finding(Step.CHECK, f"data: {problem}")
    if {"data", "service"} <= {stack.layer for stack in stacks.values()}:
        tunnels = partial(check_tunnels_open_and_leave_nothing, stacks, account.session(), account.id)
        for problem in _run_check("tunnels", tunnels):
            run.add_finding(Step.CHECK, f"service: {problem}")
    if any(stack.name.startswith("recovery-drills-") for stack in stacks.values()):
        drills = partial(check_drills_restore_and_leave_nothing, settings, account.session(), harness.emulator)
        for problem in _run_check("drills", drills):
            run.add_finding(Step.CHECK, f"recovery: {problem}")
    unlisted = partial(whole.unlisted, account, stacks)
    in_its_own_way = partial(whole.in_its_own_way, account, stacks, harness.folder)
    for problem in (*_run_check("unlisted", unlisted), *_run_check("in_its_own_way", in_its_own_way)):
        run.add_finding(Step.CHECK, problem)
    harness.progress.end(environment)


def rehearse(harness: Harness, session: Session, run: EnvironmentRun, hand_overs: HandOvers) -> None:
    """Rehearse releases where there is a pipeline, and wait until no other environment needs this one any more."""
    environment, account = run.environment, harness.account(run.environment)
    settings = load_environment(environment, folder=harness.settings)
    if settings.delivery is None or "delivery" not in {stack.layer for stack in session.chosen.values()}:
        return

    def plan(when: str) -> None:
        for result in _plan(session):
            for change in _planned(session, result):
                run.add_finding(Step.RELEASE, f"the plan {when}: {change}")

    harness.progress.start(environment, "rehearsing a release")
    rehearsal = Rehearsal(
        settings,
        account.session(),
        harness.emulator,
        hand_overs,
        plan=plan,
        cancelled=lambda: harness.processes.interrupted,
    )
    for problem in _run_check("rehearsal", rehearsal.run):
        run.add_finding(Step.RELEASE, problem)
    run.rehearsed = rehearsal.summary
    harness.progress.end(environment)
    hand_overs.end(environment)
    for target in settings.release_targets:
        hand_overs.wait_for_end(target.name)


def _run_check(name: str, find: Callable[[], Iterable[str]]) -> Iterator[str]:
    """What a check finds; if it raises, that is a finding too, and the others are kept."""
    try:
        yield from find()
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a finding
        yield f"{name} raised {type(error).__name__}: {error}"


def _destroy(harness: Harness, session: Session, run: EnvironmentRun) -> None:
    unprotected = session
    if any(stack.is_protected for stack in session.stacks.values()):
        _require_refusal(session)
        unprotected = harness.session(run.environment, unprotected=True)
        harness.progress.warn(f"{run.environment}: destroy was refused, as it must be; removing the protection")
        # The others were planned without a change just now.
        changed = {id_: one for id_, one in unprotected.chosen.items() if one.document != session.stacks[id_].document}
        _require_success(unprotected, actions.apply(replace(unprotected, chosen=changed)))
    for result in _require_success(unprotected, actions.destroy(unprotected)):
        run.rows[result.stack].destroy_seconds = result.seconds


def _require_refusal(session: Session) -> None:
    try:
        actions.destroy(session)
    except RunnerError as error:
        if "is protected" in error.message:
            return
        raise
    message = f"{session.environment} is protected, but was destroyed."
    raise RunnerError(message, exit_code=FAILED)


def _require_success(session: Session, stack_results: Sequence[Result]) -> Sequence[Result]:
    """Return the results, or raise if a stack failed."""
    code = results.exit_code(list(stack_results), allow_waiting=False)
    if session.context.processes.interrupted:
        message = "Interrupted."
        raise RunnerError(message, exit_code=INTERRUPTED)
    if code:
        causes = [result for result in stack_results if _is_cause(result)]
        lines = [f"{result.stack}  {result.status.value}  {result.note}" for result in causes]
        raise RunnerError("\n".join(lines), exit_code=code)
    return stack_results


def _is_cause(result: Result) -> bool:
    return result.status in {Status.FAILED, Status.WAITS, Status.DECLINED, Status.INTERRUPTED}
