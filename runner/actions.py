"""What `python -m runner` can do, each over the chosen stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner import bootstrap as bootstrapping
from runner.adopt import not_there_any_more
from runner.errors import FAILED, INTERRUPTED, RunnerError
from runner.explain import no_bucket, waiting_note
from runner.results import Result, Status
from runner.session import section
from synthesis.manifest import STATE_LAYER, consumers, dependencies_within, in_order, reversed_edges, state_stack

if TYPE_CHECKING:
    from runner.session import Session
    from runner.terraform import Plan, Terraform
    from synthesis.manifest import Stack

_GAVE_WAY = frozenset({Status.WAITS, Status.DECLINED})


def plan(session: Session) -> list[Result]:
    """Show what would change. A stack whose producer is not applied yet cannot be planned, and says so."""
    return session.run_all(dependencies_within(session.chosen), _plan)


def _plan(session: Session, stack: Stack) -> Result:
    state = state_stack(session.stacks)
    producers = [session.stacks[id_] for id_ in stack.producers(session.stacks).values()]
    for producer in [*([state] if state else []), *producers]:
        if producer.id in session.unapplied:
            return Result(stack.id, Status.WAITS, note=waiting_note(stack, producer))
    with session.terraform(stack).at_work() as terraform:
        session.progress.start(stack.id, "initialising")
        try:
            terraform.init()
        except RunnerError as error:
            if no_bucket(error) and state:
                session.unapplied.add(state.id)
            raise
        planned = _planned(session, stack, terraform)
        if not planned.changed:
            return Result(stack.id, Status.NO_CHANGES)
        if planned.new:
            session.unapplied.add(stack.id)
        session.progress.say(section(stack.id, terraform.describe(planned)))
        return Result(stack.id, Status.CHANGES, planned.changes, planned=planned.planned)


def _planned(session: Session, stack: Stack, terraform: Terraform) -> Plan:
    """Plan, and take over what a killed apply had made."""
    adopted = terraform.adopt()
    while adopted:
        session.progress.warn(f"{stack.id}: an apply was killed; takes over what it had made: {', '.join(adopted)}")
        try:
            return terraform.plan(session.progress.start(stack.id, "planning"))
        except RunnerError as error:
            gone = not_there_any_more(error.diagnostics) & set(adopted)
            if not gone:
                raise
            session.progress.warn(f"{stack.id}: not there any more: {', '.join(sorted(gone))}")
            adopted = terraform.forget(gone)
    return terraform.plan(session.progress.start(stack.id, "planning"))


def apply(session: Session) -> list[Result]:
    """Plan, ask, and do what was shown."""
    return session.run_all(dependencies_within(session.chosen), _apply, blocks=_GAVE_WAY)


def _apply(session: Session, stack: Stack) -> Result:
    with session.terraform(stack).at_work() as terraform:
        session.progress.start(stack.id, "initialising")
        terraform.init()
        planned = _planned(session, stack, terraform)
        if not planned.changed:
            return Result(stack.id, Status.NO_CHANGES)
        count = planned.changes.total
        what = f"these {count} changes" if count else "this"  # outputs, moves and imports are not counted
        if not session.confirm(f"Apply {what} to {stack.id}?", planned, terraform):
            return Result(stack.id, Status.DECLINED)
        terraform.apply(planned, session.progress.start(stack.id, "applying", total=planned.changes.total))
        return Result(stack.id, Status.APPLIED, planned.changes)


def destroy(session: Session) -> list[Result]:
    """Take everything down, consumers first. Refuses where data is protected or still in use."""
    protected = [stack for stack in in_order(session.chosen) if stack.is_protected]
    for stack in protected:
        if not stack.is_synthesized:
            raise _retired_and_protected(stack)
    if protected:
        name = session.environment
        ids = ", ".join(stack.id for stack in protected)
        message = f"{name} is protected: `protect_data` is true, so {ids} cannot be destroyed."
        raise RunnerError(
            message,
            f"To lift that: set `protect_data = false` in environments/{name}.toml, "
            f"run `make apply ENV={name}`, then destroy again.",
        )
    _refuse_while_in_use(session)
    edges = reversed_edges(dependencies_within(session.chosen))
    return session.run_all(edges, _destroy, blocks=_GAVE_WAY)


def _retired_and_protected(stack: Stack) -> RunnerError:
    """An apply that lifts the protection reaches only what is synthesized."""
    return RunnerError(
        f"{stack.environment} is protected: `protect_data` is true, so {stack.id} cannot be destroyed.",
        f"To lift that: switch the layer on again and set `protect_data = false` in "
        f"environments/{stack.environment}.toml, run `make apply ENV={stack.environment}`, then "
        f"`make destroy ENV={stack.environment} LAYER={stack.name}`; then put both settings back.",
    )


def _refuse_while_in_use(session: Session) -> None:
    """A stack that others still read must not go, the one that holds their state least of all."""
    users: dict[str, set[str]] = {}
    for id_ in session.chosen:
        for consumer in consumers(session.stacks, id_):
            if consumer not in session.chosen:
                users[consumer] = set()
    checked = session.run_all(users, _look, blocks=frozenset())
    applied = [result.stack for result in checked if result.status is Status.IN_USE]
    failed = [result for result in checked if result.status in {Status.FAILED, Status.INTERRUPTED}]
    if failed:
        message = f"Whether {failed[0].stack} is still there cannot be told, so nothing is destroyed."
        interrupted = session.context.processes.interrupted
        raise RunnerError(message, exit_code=INTERRUPTED if interrupted else FAILED)
    if applied:
        chosen = " or ".join(session.chosen)
        layer = session.stacks[applied[-1]].name
        message = f"{', '.join(applied)} cannot be left without {chosen}."
        raise RunnerError(
            message,
            f"Destroy them first, the last one first: make destroy ENV={session.environment} LAYER={layer}",
        )


def _look(session: Session, stack: Stack) -> Result:
    with session.terraform(stack).at_work() as terraform:
        session.progress.start(stack.id, "looking whether it is applied")
        state = bootstrapping.remote_state(terraform)
        there = state is not None and not state.empty
        return Result(stack.id, Status.IN_USE if there else Status.NOTHING_THERE)


def _destroy(session: Session, stack: Stack) -> Result:
    with session.terraform(stack).at_work() as terraform:
        session.progress.start(stack.id, "initialising")
        if stack.layer == STATE_LAYER:
            return bootstrapping.destroy_state(session, stack, terraform)
        state = bootstrapping.remote_state(terraform)
        if state is not None:
            _refuse_to_forget(stack, terraform.adopt())
        if state is None or state.empty:
            return Result(stack.id, Status.NOTHING_THERE)
        planned = terraform.plan(session.progress.start(stack.id, "planning"), destroy=True)
        if not session.confirm(f"Destroy these {planned.changes.remove} resources of {stack.id}?", planned, terraform):
            return Result(stack.id, Status.DECLINED)
        terraform.apply(planned, session.progress.start(stack.id, "destroying", total=planned.changes.total))
        return Result(stack.id, Status.DESTROYED, planned.changes)


def _refuse_to_forget(stack: Stack, adopted: list[str]) -> None:
    """A destroy takes down what the state has; what a killed apply made beside it would be nobody's."""
    if adopted:
        message = f"An apply of {stack.id} was killed, and the state lacks what it had made: {', '.join(adopted)}."
        remedy = f"Let an apply take that over, then destroy: make apply ENV={stack.environment} LAYER={stack.name}"
        raise RunnerError(message, remedy)


def bootstrap(session: Session) -> list[Result]:
    """From an empty account to a state that is held in the bucket it describes."""
    state = state_stack(session.stacks)
    if state is None:
        message = f"{session.environment} has no stack of the layer {STATE_LAYER!r}, which holds the state."
        raise RunnerError(message, "Run `make synth` again.")
    return session.run_all({state.id: set()}, bootstrapping.bootstrap)


def validate(session: Session) -> list[Result]:
    """Check each stack against the providers' schemas; needs no account."""
    return session.run_all({id_: set() for id_ in session.chosen}, _validate)


def _validate(session: Session, stack: Stack) -> Result:
    with session.terraform(stack).at_work() as terraform:
        session.progress.start(stack.id, "initialising")
        terraform.init(backend=False)
        session.progress.start(stack.id, "validating")
        terraform.validate()
        return Result(stack.id, Status.VALID)


def unlock(session: Session, lock_id: str) -> None:
    """Break a lock that its holder has left behind."""
    if len(session.chosen) > 1:
        message = f"The layer has more than one stack: {', '.join(stack.name for stack in session.chosen.values())}."
        raise RunnerError(message, "Name one of them as LAYER.")
    (stack,) = session.chosen.values()
    with session.terraform(stack).at_work() as terraform:
        terraform.init()
        terraform.unlock(lock_id)
    session.progress.say(f"{stack.id} is unlocked.")
