"""Creates and destroys the stack that holds the state of all stacks, its own included.

Its state is first kept in `.bootstrap/<env>/terraform.tfstate`, then moved into the bucket that it created. A
kill at any point leaves that file or the bucket's content complete, and a second run continues from there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from runner.errors import RunnerError
from runner.explain import is_bucket_missing
from runner.results import Result, Status
from runner.state import State

if TYPE_CHECKING:
    from pathlib import Path

    from runner.session import Session
    from runner.terraform import Terraform
    from synthesis.manifest import Stack


def remote_state(terraform: Terraform) -> State | None:
    """The state in the stack's own backend; None if the bucket does not exist."""
    try:
        terraform.init()
        return terraform.state()
    except RunnerError as error:
        if is_bucket_missing(error):
            return None
        raise


def bootstrap(session: Session, stack: Stack) -> Result:
    """Create the bucket, the lock table and their key, and move their state in. Can be repeated at any time."""
    local = _local(session)
    with session.terraform(stack).working_copy() as terraform:
        session.progress.start(stack.id, "looking for the state bucket")
        remote = remote_state(terraform)
        if remote and not remote.empty:
            _refuse_unfinished_destroy(stack, local, remote)
            _rename_to_backup(local)
            return Result(stack.id, Status.ALREADY)
        if remote and not local.is_file():
            raise _bucket_without_state_error(stack, local)

        terraform.init(local_state=local)
        planned = terraform.plan(session.progress.start(stack.id, "planning"))
        if planned.changed:
            question = f"Apply these {planned.changes.total} changes to {stack.id}?"
            if not session.confirm(question, planned, terraform):
                return Result(stack.id, Status.DECLINED)
            terraform.apply(planned, session.progress.start(stack.id, "applying", total=planned.changes.total))

        session.progress.start(stack.id, "moving its state into the bucket")
        addresses = terraform.state_list()
        terraform.init(migrate=True)
        _verify_move(terraform, addresses, local)
        _rename_to_backup(local)
        return Result(stack.id, Status.BOOTSTRAPPED, planned.changes)


def destroy_state(session: Session, stack: Stack, terraform: Terraform) -> Result:
    """Move the state out of the bucket into a local file, then destroy the bucket and the rest."""
    local = _local(session)
    remote, held = remote_state(terraform), _read(local)
    # If an earlier run was killed after the move, the file is at least as new as the state in the bucket.
    moved = held is not None and not held.empty and (remote is None or remote.empty or _is_as_new(held, remote))
    if not moved and (remote is None or remote.empty):
        return Result(stack.id, Status.NOTHING_THERE)
    if moved:
        terraform.init(local_state=local)

    planned = terraform.plan(session.progress.start(stack.id, "planning"), destroy=True)
    question = f"Destroy these {planned.changes.remove} resources of {stack.id}, which hold the state of all stacks?"
    if not session.confirm(question, planned, terraform):
        return Result(stack.id, Status.DECLINED)

    if not moved:  # only after the confirmation
        session.progress.start(stack.id, "moving its state out of the bucket")
        addresses = terraform.state_list()
        terraform.init(local_state=local, migrate=True)
        _verify_move(terraform, addresses, local)
        planned = terraform.plan(session.progress.start(stack.id, "planning"), destroy=True)
    terraform.apply(planned, session.progress.start(stack.id, "destroying", total=planned.changes.total))
    _rename_to_backup(local)
    return Result(stack.id, Status.DESTROYED, planned.changes)


def _local(session: Session) -> Path:
    return session.bootstrap_folder / session.environment / "terraform.tfstate"


def _rename_to_backup(local: Path) -> None:
    if local.is_file():
        local.replace(local.with_name(f"{local.name}.backup"))


def _refuse_unfinished_destroy(stack: Stack, local: Path, remote: State) -> None:
    """A local state that is newer than the bucket's was moved out of it; what it lacks is already destroyed."""
    held = _read(local)
    if held is not None and held.lineage == remote.lineage and held.serial > remote.serial:
        message = f"A destroy of {stack.id} did not finish: {local} is newer than the state in the bucket."
        raise RunnerError(message, f"Finish it first: make destroy ENV={stack.environment}. Then bootstrap again.")


def _verify_move(terraform: Terraform, addresses: list[str], local: Path) -> None:
    """Compare with what the new backend lists; the exit code of the move is not enough."""
    listed = terraform.state_list()
    if sorted(listed) != sorted(addresses):
        missing = ", ".join(sorted(set(addresses) - set(listed)))
        message = f"The state was moved, but the new backend does not list: {missing}."
        raise RunnerError(message, f"{local} is kept. Repeat the command: it continues from that file.")


def _is_as_new(held: State, remote: State) -> bool:
    return held.lineage == remote.lineage and held.serial >= remote.serial


def _read(local: Path) -> State | None:
    try:
        content = json.loads(local.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        message = f"{local} is not a state file: {error}."
        raise RunnerError(message, "Restore its backup, or remove it.") from error
    return State(
        lineage=content.get("lineage", ""),
        serial=content.get("serial", 0),
        empty=not content.get("resources"),
    )


def _bucket_without_state_error(stack: Stack, local: Path) -> RunnerError:
    bucket = stack.backend.get("bucket", "")
    return RunnerError(
        f"The bucket {bucket} exists, but neither it nor {local} has a state of {stack.id}.",
        "This bootstrap was started in another folder, or the bucket has another purpose. Continue in that folder, "
        f"or copy its {local.name} to {local}; or delete the bucket if it is empty and unused; or adopt it: "
        f"`terraform import` it into a local state and save that as {local}.",
    )
