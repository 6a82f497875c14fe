"""Refuses to take [recovery.fail_over] away while the second region still has the databases that it made.

Without the table synthesis writes no stack of them: they would stay, with what users wrote last, and nothing would use
or show them, while the services that read them stop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from runner.errors import RunnerError
from runner.retired import find_left_beside
from synthesis.manifest import state_stack

if TYPE_CHECKING:
    from runner.session import Session
    from synthesis.manifest import Stack

_LAYERS: Final = ("recovery", "service")
"""The layers of the second region whose stacks change with the table, also where they stand by."""
_DATA: Final = "data"


def refuse_left_databases(session: Session, stack: Stack) -> None:
    """Refuse a change of these layers in the second region if its databases are applied and no longer synthesized.

    It asks nothing of the environment's own region, which may be lost.

    Raises:
        RunnerError: They are; or their state cannot be read.
    """
    state, name = state_stack(session.stacks), f"{_DATA}-{stack.region}"
    if state is None or stack.layer not in _LAYERS or stack.region == state.region:
        return
    if any(other.name == name for other in session.stacks.values()):
        return
    left = find_left_beside(session, stack, name)
    if left:
        raise _left_error(stack, left)


def _left_error(stack: Stack, left: Stack) -> RunnerError:
    return RunnerError(
        f"{left.id} has the databases that serve or served in {stack.region}, and the settings no longer have them, so "
        f"{stack.id} is not changed.",
        f"Put [recovery.fail_over] back into environments/{stack.environment}.toml as it was, and follow "
        "docs/region-loss.md#fail-back, which takes the data home first and destroys these databases; then remove the "
        "table.",
    )
