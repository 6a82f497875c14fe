"""What is said of a Terraform that a signal has ended, which says nothing itself."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from runner.errors import FAILED, RunnerError
from runner.locks import unlock_command

if TYPE_CHECKING:
    from synthesis.manifest import Stack


def killed_error(stack: Stack, number: int, *, lock_id: str, is_apply: bool) -> RunnerError:
    """The error of a stack whose Terraform was killed.

    Args:
        stack: The stack.
        number: The signal.
        lock_id: Under which id the state stays locked; empty if it is not.
        is_apply: Whether resources may have been made that are not in the state.
    """
    cause = f"signal {number}; out of memory?" if number == signal.SIGKILL else f"signal {number}"
    parts = []
    if lock_id:
        parts.append(f"Its lock stays; to release it: {unlock_command(stack, lock_id)}")
    if is_apply:
        parts.append("The next apply takes over what was made.")
    if number == signal.SIGKILL:
        parts.append("Fewer stacks at a time (PARALLEL=1) need less memory.")
    return RunnerError(
        f"Terraform was killed ({cause}). Its provider was ended, too.", "\n".join(parts), exit_code=FAILED
    )
