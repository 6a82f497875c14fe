"""What holds for every valid environment, whatever its settings are; the only demands on a user's own files."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from compliance.audit import audit
from compliance.exceptions import load_exceptions
from compliance.public_exposure import public_exposures
from compliance.rules import RULES
from main import synthesize
from synthesis.manifest import STATE_LAYER, read_stacks, stack_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from config.environment import Environment


_FLOOR: Final = frozenset(
    {
        "audit-files-are-kept-a-year",
        "cluster-has-a-spare-instance",
        "database-is-in-two-zones",
        "service-has-a-spare-task",
        "subnets-are-in-two-zones",
    }
)
"""What protected environments have; a setting may go below, and then an exception must say why."""


def problems_in(environments: Sequence[Environment], folder: Path) -> list[str]:
    """Synthesize the environments into a folder and return what is wrong with the result, a line each."""
    synthesize(environments, folder)
    stacks = list(read_stacks(folder).values())
    # Before any exception expires: `make check` says that in its time, a test must not fail by the date.
    exceptions = load_exceptions(rules=frozenset(rule.id for rule in RULES))
    findings = audit(stacks, rules=RULES, exceptions=exceptions, today=date.min).findings
    found = [f"{one.rule}: {one.place}: {one.message}" for one in findings if one.rule not in _FLOOR]
    found += [f"public: {exposure}" for exposure in public_exposures(stacks)]
    for stack in stacks:
        home = next(config for config in environments if config.name == stack.environment)
        if stack.region not in home.regions:
            found.append(f"{stack.id} is in {stack.region}, which is not a region of its environment")
        if stack.layer != STATE_LAYER and stack_id(stack.environment, STATE_LAYER) not in stack.dependencies:
            found.append(f"{stack.id} does not come after the stack that keeps its state")
    return found
