"""What is said of a Terraform that a signal has ended, which says nothing itself."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from runner.errors import FAILED, RunnerError
from runner.locks import unlock_command

if TYPE_CHECKING:
    from runner.locks import Refusal
    from synthesis.manifest import Stack


def killed_error(stack: Stack, number: int, *, lock: Refusal, then: str = "") -> RunnerError:
    """The error of a stack whose Terraform was killed.

    Args:
        stack: The stack.
        number: The signal.
        lock: What Terraform says of the state's lock.
        then: What the next run does about what was made or deleted.
    """
    cause = f"signal {number}; out of memory?" if number == signal.SIGKILL else f"signal {number}"
    parts = []
    if lock.id:
        parts.append(f"Its lock stays; to release it: {unlock_command(stack, lock.id)}")
    elif not lock.is_free:
        parts.append("Its lock may stay: then the next plan names its id, and how to release it.")
    if then:
        parts.append(then)
    if number == signal.SIGKILL:
        parts.append("Fewer stacks at a time (PARALLEL=1) need less memory.")
    return RunnerError(
        f"Terraform was killed ({cause}). Its provider was ended, too.", "\n".join(parts), exit_code=FAILED
    )
