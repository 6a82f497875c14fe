"""The actions of `python -m runner`, each over the chosen stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.mask import clean
from runner import bootstrap as bootstrapping
from runner.adopt import find_missing
from runner.delegation import find_missing_delegation, refuse_withdrawal
from runner.errors import FAILED, INTERRUPTED, RunnerError
from runner.explain import is_bucket_missing, shares_bucket, waiting_note
from runner.left_databases import refuse_left_databases
from runner.protection import refuse_loss
from runner.restored import check_origin
from runner.results import Result, Status
from runner.saved import is_persons
from runner.session import section
from runner.sleeping import refuse_loss_of_schedule
from runner.state_copies import refuse_loss_of_states
from synthesis.manifest import STATE_LAYER, state_stack
from synthesis.stack_order import dependencies_within, in_order, reversed_edges, users

if TYPE_CHECKING:
    from runner.session import Session
    from runner.terraform import Plan, Terraform
    from synthesis.manifest import Stack

_NEXT_STEP: Final = "next_step"
_BLOCKING = frozenset({Status.WAITS, Status.DECLINED})


def plan(session: Session) -> list[Result]:
    """Show what would change. A stack whose producer is not applied yet cannot be planned, and says so."""
    # A plan reads what others have applied, not what they plan: none waits for another one.
    results = session.run_all({id_: set() for id_ in session.chosen}, _plan)
    if session.saved:
        session.saved.write_results(results)
    return results


def _plan(session: Session, stack: Stack) -> Result:
    state = state_stack(session.stacks)
    producers = [session.stacks[id_] for id_ in stack.producers(session.stacks).values()]
    for producer in [*([state] if state else []), *producers]:
        if producer.id in session.unapplied:
            return Result(stack.id, Status.WAITS, note=waiting_note(stack, producer))
    with session.terraform(stack).working_copy() as terraform:
        session.progress.start(stack.id, "initialising")
        try:
            terraform.init()
            planned = _make_plan(session, stack, terraform)
        except RunnerError as error:
            if is_bucket_missing(error) and state and shares_bucket(stack, state):
                session.unapplied.add(state.id)
            raise
        if session.saved:  # also without changes: it has what a refresh found
            session.saved.keep(stack, terraform, planned)
        check_origin(session, stack, terraform, planned)
        if not planned.changed:
            return Result(stack.id, Status.NO_CHANGES)
        if planned.new:
            session.unapplied.add(stack.id)
        content = terraform.content(planned)
        session.plans[stack.id] = content
        text = clean(terraform.describe(planned), content)
        terraform.keep_text(text)
        session.progress.say(section(stack.id, text))
        refuse_left_databases(session, stack)
        refuse_loss(stack, terraform, planned)
        refuse_loss_of_states(session, stack, terraform, planned)
        refuse_withdrawal(session, stack, terraform, planned)
        return Result(stack.id, Status.CHANGES, planned.changes, planned=planned.planned)


def _make_plan(session: Session, stack: Stack, terraform: Terraform) -> Plan:
    """Plan, and adopt what a killed apply created."""
    adopted = terraform.adopt()
    while adopted:
        session.progress.warn(f"{stack.id}: an apply was killed; adopting what it created: {', '.join(adopted)}")
        try:
            return terraform.plan(session.progress.start(stack.id, "planning"))
        except RunnerError as error:
            gone = find_missing(error.diagnostics) & set(adopted)
            if not gone:
                raise
            session.progress.warn(f"{stack.id}: no longer exists: {', '.join(sorted(gone))}")
            adopted = terraform.forget(gone)
    return terraform.plan(session.progress.start(stack.id, "planning"))


def apply(session: Session) -> list[Result]:
    """Plan, ask for confirmation, and apply that plan; or apply plans that were saved."""
    if session.saved:
        session.saved.require_appliable(session)
    return session.run_all(dependencies_within(session.chosen), _apply, blocks=_BLOCKING)


def _apply(session: Session, stack: Stack) -> Result:
    with session.terraform(stack).working_copy() as terraform:
        session.progress.start(stack.id, "initialising")
        terraform.init()
        saved = session.saved
        planned = saved.approved(session, stack, terraform) if saved else _make_plan(session, stack, terraform)
        if isinstance(planned, Result):
            return planned
        check_origin(session, stack, terraform, planned)
        if not planned.changed:
            _say_next_step(session, stack, terraform)
            return Result(stack.id, Status.NO_CHANGES)
        refuse_left_databases(session, stack)
        refuse_loss(stack, terraform, planned)
        refuse_loss_of_states(session, stack, terraform, planned)
        refuse_withdrawal(session, stack, terraform, planned)
        if session.checks_sleep:
            refuse_loss_of_schedule(stack, terraform, planned)
        if missing := find_missing_delegation(session, stack, terraform, planned):
            session.progress.warn(missing)
            return Result(stack.id, Status.WAITS, note=f"waits for the delegation of {stack.zone_name}")
        count = planned.changes.total
        what = f"these {count} changes" if count else "this plan"  # outputs, moves and imports are not counted
        if not session.confirm(f"Apply {what} to {stack.id}?", planned, terraform):
            return Result(stack.id, Status.DECLINED)
        terraform.apply(planned, session.progress.start(stack.id, "applying", total=planned.changes.total))
        if saved:
            saved.applied.add(stack.id)
        _say_next_step(session, stack, terraform)
        return Result(stack.id, Status.APPLIED, planned.changes)


def _say_next_step(session: Session, stack: Stack, terraform: Terraform) -> None:
    """Print what a person must do now that the stack is applied, if it has an output that says so."""
    if _NEXT_STEP in stack.document.get("output", {}):
        session.progress.warn(f"{stack.id}: {terraform.outputs().get(_NEXT_STEP, '')}")


def refresh(session: Session) -> list[Result]:
    """Write into the states what AWS has now, and change nothing else.

    An apply writes what a resource was just after it was made. What other resources and AWS add to it later would look
    like another person's change. What only a person applies is left out, unless nothing else is chosen: a pipeline may
    not write those states.
    """
    chosen = {id_: set[str]() for id_, stack in session.chosen.items() if not is_persons(stack, session.stacks)}
    return session.run_all(chosen or {id_: set[str]() for id_ in session.chosen}, _refresh)


def _refresh(session: Session, stack: Stack) -> Result:
    with session.terraform(stack).working_copy() as terraform:
        session.progress.start(stack.id, "initialising")
        terraform.init()
        planned = terraform.plan(session.progress.start(stack.id, "reading"), refresh_only=True)
        if not planned.changed:
            return Result(stack.id, Status.NO_CHANGES)
        terraform.apply(planned, session.progress.start(stack.id, "writing the state"))
        return Result(stack.id, Status.REFRESHED)


def destroy(session: Session) -> list[Result]:
    """Destroy everything, consumers first. Refuses where data is protected or a stack is still in use."""
    protected = [stack for stack in in_order(session.chosen) if stack.is_protected]
    for stack in protected:
        if not stack.is_synthesized:
            raise _protected_and_retired_error(stack)
    if protected:
        name = session.environment
        ids = ", ".join(stack.id for stack in protected)
        message = f"{name} is protected: `protect_data` is true, so {ids} cannot be destroyed."
        # What stands by is protected if both tables say so.
        stands_by = all(stack.stands_by for stack in protected)
        place, region = ("[recovery.standby] of ", f" REGION={protected[0].region}") if stands_by else ("", "")
        raise RunnerError(
            message,
            f"To allow it: set `protect_data = false` in {place}environments/{name}.toml, "
            f"run `make apply ENV={name}{region}`, then repeat.",
        )
    _refuse_while_in_use(session)
    edges = reversed_edges(dependencies_within(session.chosen))
    return session.run_all(edges, _destroy, blocks=_BLOCKING)


def _protected_and_retired_error(stack: Stack) -> RunnerError:
    """An apply removes the protection only of what is synthesized."""
    return RunnerError(
        f"{stack.environment} is protected: `protect_data` is true, so {stack.id} cannot be destroyed.",
        f"To allow it: switch the layer on again and set `protect_data = false` in "
        f"environments/{stack.environment}.toml, run `make apply ENV={stack.environment}`, then "
        f"`make destroy ENV={stack.environment} LAYER={stack.name}`; then restore both settings.",
    )


def _refuse_while_in_use(session: Session) -> None:
    """A stack that others need must not be destroyed, least of all the one that holds their state."""
    others: dict[str, set[str]] = {}
    for id_ in session.chosen:
        for user in users(session.stacks, id_):
            if user not in session.chosen:
                others[user] = set()
    checked = session.run_all(others, _check_applied, blocks=frozenset())
    applied = [result.stack for result in checked if result.status is Status.IN_USE]
    failed = [result for result in checked if result.status in {Status.FAILED, Status.INTERRUPTED}]
    if failed:
        message = f"Cannot check whether {failed[0].stack} still exists, so nothing is destroyed."
        interrupted = session.context.processes.interrupted
        raise RunnerError(message, exit_code=INTERRUPTED if interrupted else FAILED)
    if applied:
        chosen = " or ".join(session.chosen)
        layer = session.stacks[applied[-1]].name
        message = f"{chosen} is still in use by {', '.join(applied)}."
        raise RunnerError(
            message,
            f"Destroy what uses it first, in reverse order: make destroy ENV={session.environment} LAYER={layer}",
        )


def _check_applied(session: Session, stack: Stack) -> Result:
    with session.terraform(stack).working_copy() as terraform:
        session.progress.start(stack.id, "checking whether it is applied")
        state = bootstrapping.remote_state(terraform)
        is_applied = state is not None and not state.empty
        return Result(stack.id, Status.IN_USE if is_applied else Status.NOTHING_THERE)


def _destroy(session: Session, stack: Stack) -> Result:
    with session.terraform(stack).working_copy() as terraform:
        session.progress.start(stack.id, "initialising")
        if stack.layer == STATE_LAYER:
            return bootstrapping.destroy_state(session, stack, terraform)
        state = bootstrapping.remote_state(terraform)
        if state is not None:
            _refuse_unadopted(stack, terraform.adopt())
        if state is None or state.empty:
            return Result(stack.id, Status.NOTHING_THERE)
        planned = terraform.plan(session.progress.start(stack.id, "planning"), destroy=True)
        if session.checks_sleep:
            refuse_loss_of_schedule(stack, terraform, planned)
        if not session.confirm(f"Destroy these {planned.changes.remove} resources of {stack.id}?", planned, terraform):
            return Result(stack.id, Status.DECLINED)
        terraform.apply(planned, session.progress.start(stack.id, "destroying", total=planned.changes.total))
        return Result(stack.id, Status.DESTROYED, planned.changes)


def _refuse_unadopted(stack: Stack, adopted: list[str]) -> None:
    """A destroy removes only what is in the state; what a killed apply created besides would stay."""
    if adopted:
        message = f"An apply of {stack.id} was killed, and the state lacks what it created: {', '.join(adopted)}."
        remedy = f"Run an apply, which adopts it, then destroy: make apply ENV={stack.environment} LAYER={stack.name}"
        raise RunnerError(message, remedy)


def bootstrap(session: Session) -> list[Result]:
    """Create the state bucket in an empty account, and move its own state into it."""
    state = state_stack(session.stacks)
    if state is None:
        message = f"{session.environment} has no stack of the layer {STATE_LAYER!r}, which holds the state."
        raise RunnerError(message, "Run `make synth` again.")
    return session.run_all({state.id: set()}, bootstrapping.bootstrap)


def validate(session: Session) -> list[Result]:
    """Check each stack against the providers' schemas; needs no account."""
    return session.run_all({id_: set() for id_ in session.chosen}, _validate)


def _validate(session: Session, stack: Stack) -> Result:
    with session.terraform(stack).working_copy() as terraform:
        session.progress.start(stack.id, "initialising")
        terraform.init(backend=False)
        session.progress.start(stack.id, "validating")
        terraform.validate()
        return Result(stack.id, Status.VALID)


def unlock(session: Session, lock_id: str) -> None:
    """Release a state lock that its holder left behind."""
    if len(session.chosen) > 1:
        message = f"The layer has more than one stack: {', '.join(stack.name for stack in session.chosen.values())}."
        raise RunnerError(message, "Name one of them as LAYER.")
    (stack,) = session.chosen.values()
    with session.terraform(stack).working_copy() as terraform:
        terraform.init()
        terraform.unlock(lock_id)
    session.progress.say(f"{stack.id} is unlocked.")
