"""All rules over all stacks, less the exceptions, plus what is wrong with the exceptions.

An exception is not needed where its resource is there and its rule has nothing against it. Where there is no such
resource it waits, since the settings may leave out the part of the platform that it is about. A test with every part at
once makes sure that none waits for ever (tests/compliance/test_exceptions.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.exceptions import EVERY_ENVIRONMENT, FILE, RuleException
from compliance.rule import AuditFinding
from compliance.rules.stacks import BACKEND, provider_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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
    by_id = {stack.id: stack for stack in stacks}
    for stack in stacks:
        for rule in rules:
            for finding in rule.check(stack, by_id):
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
    for index, exception in enumerate(exceptions):
        findings += _problems_with(exception, stacks, needed=needed[index], today=today)
    return Audit(
        rules=len(rules),
        resources=sum(1 for stack in stacks for _ in stack.all()),
        findings=tuple(findings),
        accepted=accepted,
        exceptions=sum(1 for index, e in enumerate(exceptions) if needed[index] and e.expires > today),
    )


def _problems_with(
    exception: RuleException, stacks: Sequence[Stack], *, needed: set[str], today: date
) -> list[AuditFinding]:
    place = f"{FILE.parent.name}/{FILE.name}: {exception.rule} at {exception.address}"
    if exception.expires <= today:
        message = f"expired on {exception.expires}: fix what it accepts, or renew it with a reason that still holds"
        return [AuditFinding(rule="exception-is-in-force", place=place, message=message)]
    present = {stack.environment for stack in stacks if _is_present(exception, stack)}
    unneeded = present - needed
    if needed and EVERY_ENVIRONMENT in exception.environments:
        unneeded = set()
    if unneeded:
        where = ", ".join(sorted(unneeded))
        message = f"the rule has nothing against it in {where}: remove the exception there"
        return [AuditFinding(rule="exception-is-needed", place=place, message=message)]
    return []


def _is_present(exception: RuleException, stack: Stack) -> bool:
    return any(
        exception.matches(layer=stack.layer, environment=stack.environment, address=address)
        for address in _addresses(stack)
    )


def _addresses(stack: Stack) -> Iterator[str]:
    """All that a rule can find something about."""
    yield from (resource.address for resource in stack.all())
    yield from map(provider_address, stack.providers)
    yield BACKEND
