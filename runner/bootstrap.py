"""The stack that holds the state of all, its own included: how it gets there, and how it comes down again.

Its state is first kept in `.bootstrap/<env>/terraform.tfstate`, then moved into the bucket it has made. A
kill at any point leaves that file or the bucket's content complete, and a second run goes on from there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from runner.errors import RunnerError
from runner.explain import no_bucket
from runner.results import Result, Status
from runner.terraform import State

if TYPE_CHECKING:
    from pathlib import Path

    from runner.session import Session
    from runner.terraform import Terraform
    from synthesis.manifest import Stack


def remote_state(terraform: Terraform) -> State | None:
    """The state in the stack's own backend; None where the bucket does not exist."""
    try:
        terraform.init()
    except RunnerError as error:
        if no_bucket(error):
            return None
        raise
    return terraform.state()


def bootstrap(session: Session, stack: Stack) -> Result:
    """Make the bucket, the lock table and their key, and move their state in. Can be repeated at any time."""
    local = _local(session)
    with session.terraform(stack).at_work() as terraform:
        session.progress.start(stack.id, "looking for the state bucket")
        there = remote_state(terraform)
        if there and not there.empty:
            _refuse_an_interrupted_destroy(stack, local, there)
            _set_aside(local)
            return Result(stack.id, Status.ALREADY)
        if there and not local.is_file():
            raise _bucket_without_state(stack, local)

        terraform.init(local_state=local)
        planned = terraform.plan(session.progress.start(stack.id, "planning"))
        if planned.changed:
            question = f"Apply these {planned.changes.total} changes to {stack.id}?"
            if not session.confirm(question, planned, terraform):
                return Result(stack.id, Status.DECLINED)
            terraform.apply(planned, session.progress.start(stack.id, "applying", total=planned.changes.total))

        session.progress.start(stack.id, "moving its state into the bucket")
        made = terraform.state_list()
        terraform.init(migrate=True)
        _verify(terraform, made, local)
        _set_aside(local)
        return Result(stack.id, Status.BOOTSTRAPPED, planned.changes)


def destroy_state(session: Session, stack: Stack, terraform: Terraform) -> Result:
    """Move the state out of the bucket into a local file, then destroy the bucket and the rest."""
    local = _local(session)
    there, held = remote_state(terraform), _read(local)
    # An earlier run may have been killed after the move: then the file is at least as new as the bucket's.
    moved = held is not None and not held.empty and (there is None or there.empty or _newer(held, there))
    if not moved and (there is None or there.empty):
        return Result(stack.id, Status.NOTHING_THERE)
    if moved:
        terraform.init(local_state=local)

    planned = terraform.plan(session.progress.start(stack.id, "planning"), destroy=True)
    question = f"Destroy these {planned.changes.remove} resources of {stack.id}, which hold the state of all?"
    if not session.confirm(question, planned, terraform):
        return Result(stack.id, Status.DECLINED)

    if not moved:  # only now: who says no has changed nothing
        session.progress.start(stack.id, "moving its state out of the bucket")
        made = terraform.state_list()
        terraform.init(local_state=local, migrate=True)
        _verify(terraform, made, local)
        planned = terraform.plan(session.progress.start(stack.id, "planning"), destroy=True)
    terraform.apply(planned, session.progress.start(stack.id, "destroying", total=planned.changes.total))
    _set_aside(local)
    return Result(stack.id, Status.DESTROYED, planned.changes)


def _local(session: Session) -> Path:
    return session.bootstrap_folder / session.environment / "terraform.tfstate"


def _set_aside(local: Path) -> None:
    if local.is_file():
        local.replace(local.with_name(f"{local.name}.backup"))


def _refuse_an_interrupted_destroy(stack: Stack, local: Path, there: State) -> None:
    """A local state that is newer than the bucket's was moved out of it; what it lacks is destroyed already."""
    held = _read(local)
    if held is not None and held.lineage == there.lineage and held.serial > there.serial:
        message = f"A destroy of {stack.id} was begun and not ended: {local} is newer than the state in the bucket."
        raise RunnerError(message, f"End it first: make destroy ENV={stack.environment}. Then bootstrap again.")


def _verify(terraform: Terraform, made: list[str], local: Path) -> None:
    """Ask the new backend, not the command that moved."""
    found = terraform.state_list()
    if sorted(found) != sorted(made):
        missing = ", ".join(sorted(set(made) - set(found)))
        message = f"The state was moved, but its new place does not list: {missing}."
        raise RunnerError(
            message,
            f"{local} is kept: repeat the command, it starts from there.",
        )


def _newer(held: State, there: State) -> bool:
    return held.lineage == there.lineage and held.serial >= there.serial


def _read(local: Path) -> State | None:
    try:
        content = json.loads(local.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        message = f"{local} is not a state file: {error}."
        raise RunnerError(message, "Put its backup back, or remove it.") from error
    return State(
        lineage=content.get("lineage", ""),
        serial=content.get("serial", 0),
        empty=not content.get("resources"),
    )


def _bucket_without_state(stack: Stack, local: Path) -> RunnerError:
    bucket = stack.backend.get("bucket", "")
    return RunnerError(
        f"The bucket {bucket} exists, but there is no state of {stack.id} in it and none in {local}.",
        "Somebody has begun this bootstrap elsewhere, or the bucket belongs to something else. Go on where "
        f"it was begun, or bring that folder's {local.name} here; or delete the bucket if it is empty and "
        f"nobody's; or take it over: `terraform import` it into a local state and save that as {local}.",
    )
