"""All rules over all stacks, less the exceptions, plus what is wrong with the exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.exceptions import EVERY_ENVIRONMENT, FILE, RuleException
from compliance.rule import AuditFinding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from compliance.rule import Rule
    from synthesis.manifest import Stack


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The counts and the findings of an audit."""

    rules: int
    resources: int
    findings: tuple[AuditFinding, ...]
    accepted: int
    """Findings that an exception in force accepts."""
    exceptions: int
    """Exceptions in force that were needed."""


def audit(stacks: Sequence[Stack], *, rules: Sequence[Rule], exceptions: Sequence[RuleException], today: date) -> Audit:
    """Check the stacks."""
    findings: list[AuditFinding] = []
    needed: dict[int, set[str]] = {index: set() for index in range(len(exceptions))}
    accepted = 0
    for stack in stacks:
        for rule in rules:
            for finding in rule.check(stack):
                covering = [
                    index
                    for index, exception in enumerate(exceptions)
                    if exception.covers(
                        rule=rule.id, layer=stack.layer, environment=stack.environment, address=finding.address
                    )
                ]
                for index in covering:
                    needed[index].add(stack.environment)
                if any(exceptions[index].expires > today for index in covering):
                    accepted += 1
                else:
                    findings.append(
                        AuditFinding(rule=rule.id, place=f"{stack.id}/{finding.address}", message=finding.message)
                    )
    environments = {stack.environment for stack in stacks}
    for index, exception in enumerate(exceptions):
        findings += _problems_with(exception, needed=needed[index], environments=environments, today=today)
    return Audit(
        rules=len(rules),
        resources=sum(1 for stack in stacks for _ in stack.all()),
        findings=tuple(findings),
        accepted=accepted,
        exceptions=sum(1 for index, e in enumerate(exceptions) if needed[index] and e.expires > today),
    )


def _problems_with(
    exception: RuleException, *, needed: set[str], environments: set[str], today: date
) -> list[AuditFinding]:
    place = f"{FILE.parent.name}/{FILE.name}: {exception.rule} at {exception.address}"
    if exception.expires <= today:
        message = f"expired on {exception.expires}: mend what it accepts, or renew it with a reason that still holds"
        return [AuditFinding(rule="exception-is-in-force", place=place, message=message)]
    if exception.optional:
        return []
    # Only a part of the environments may have been synthesized: the others cannot tell.
    named = environments if EVERY_ENVIRONMENT in exception.environments else set(exception.environments) & environments
    if EVERY_ENVIRONMENT in exception.environments:
        unneeded = named if named and not needed else set()
    else:
        unneeded = named - needed
    if unneeded:
        message = f"nothing needs it in {', '.join(sorted(unneeded))}: remove it there"
        return [AuditFinding(rule="exception-is-needed", place=place, message=message)]
    return []
