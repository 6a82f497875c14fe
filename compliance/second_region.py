"""Which stacks are in an environment's second region, to serve while the first one is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.references import of_same_environment
from synthesis.manifest import state_stack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthesis.manifest import Stack


def is_in_second_region(stack: Stack, stacks: Mapping[str, Stack]) -> bool:
    """Whether the state of a stack is in another region than that of the environment.

    What serves there has no copy in a third region, and no plan of AWS Backup: only the backups that its databases make
    themselves, for the time until the first region serves again.
    """
    state = state_stack({other.id: other for other in of_same_environment(stack, stacks)})
    return state is not None and stack.backend.get("region") != state.backend.get("region")
