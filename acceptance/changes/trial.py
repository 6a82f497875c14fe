"""Plans a change against an environment that is applied to the emulator, and says what the plan does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from acceptance.changes.effects import Effect, effects_of
from config.errors import ConfigError
from runner.errors import RunnerError
from runner.impossible import refuse_impossible
from runner.protection import refuse_loss
from synthesis.stack_order import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from acceptance.changes.cases import Case
    from config.environment import Environment
    from runner.session import Session

_FILE: Final = re.compile(r"^\S*?([a-z][\w-]*\.toml): ", re.MULTILINE)
SETTINGS, PLAN = "the settings", "the plan"
"""Who refuses."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a change does; refused, or its effects."""

    effects: frozenset[Effect] = frozenset()
    refused_by: str = ""
    message: str = ""
    """The line that a person reads, if it is refused."""


def settings_of(case: Case) -> Environment | Outcome:
    """The environment with the change, or the refusal of it."""
    try:
        return case.settings()
    except ConfigError as error:
        message = _FILE.sub("", str(error).splitlines()[0])
        return Outcome(refused_by=SETTINGS, message=message)


def planned(session: Session, documents: Mapping[str, object]) -> Outcome:
    """Plan the stacks whose document is another one than in `documents`, those before them first.

    The state is believed: the environment was applied just before, and nothing else changes it.
    """
    effects: set[Effect] = set()
    for stack in in_order(session.chosen):
        if stack.document == documents.get(stack.id):
            continue
        with session.terraform(stack).working_copy() as terraform:
            try:
                terraform.init()
                plan = terraform.plan(session.progress.start(stack.id, "planning"), refresh=False)
                effects |= effects_of(stack.name, terraform.content(plan))
                refuse_loss(stack, terraform, plan)
                refuse_impossible(stack, terraform, plan)
            except RunnerError as error:
                return Outcome(effects=frozenset(effects), refused_by=PLAN, message=error.message)
            finally:
                session.progress.end(stack.id)
    return Outcome(effects=frozenset(effects))
