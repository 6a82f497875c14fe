"""All that rules and checkov find, less the exceptions, plus what is wrong with the exceptions.

An exception is not needed where its resource is there and its rule has nothing against it. Where there is no such
resource it waits, since the settings may leave out the part of the platform that it is about; but one that matches
nothing in any environment is a finding, unless it says that it is optional. A test with every part at once makes sure
that none waits for ever (tests/compliance/test_exceptions.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from compliance.effective import effective
from compliance.exceptions import EVERY_ENVIRONMENT, FILE, RuleException
from compliance.rule import AuditFinding, Finding
from compliance.rules.stacks import BACKEND, provider_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from compliance.rule import Rule
    from synthesis.manifest import Stack

_LONGEST: Final = 120
"""Characters of an error that a finding repeats."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A check of checkov that a resource fails."""

    check: str
    stack: Stack
    finding: Finding


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The counts and the findings of an audit."""

    rules: int
    resources: int
    findings: tuple[AuditFinding, ...]
    excepted: tuple[AuditFinding, ...] = field(default=())
    """Findings that an exception in force accepts, with its reason as the message."""
    exceptions: int
    """Exceptions in force that were needed."""

    @property
    def accepted(self) -> int:
        """How many findings an exception in force accepts."""
        return len(self.excepted)


def audit(
    stacks: Sequence[Stack],
    *,
    rules: Sequence[Rule],
    exceptions: Sequence[RuleException],
    today: date,
    failures: Iterable[Failure] | None = None,
    is_complete: bool = False,
) -> Audit:
    """Check the stacks.

    Args:
        stacks: What is checked.
        rules: What it is checked with.
        exceptions: What is accepted.
        today: The day on which exceptions may have expired.
        failures: What checkov found; None if it did not run, then its exceptions only have to be in force.
        is_complete: Whether the stacks are all that there are, so that an exception that matches none is a mistake.
    """
    findings: list[AuditFinding] = []
    excepted: list[AuditFinding] = []
    needed: dict[int, set[str]] = {index: set() for index in range(len(exceptions))}
    read = effective(stacks)
    by_rule: dict[str, list[int]] = {}
    for index, exception in enumerate(exceptions):
        by_rule.setdefault(exception.rule, []).append(index)

    for failure in (*_of_rules(read, rules), *(failures or ())):
        rule, stack, finding = failure.check, failure.stack, failure.finding
        covering = [
            index
            for index in by_rule.get(rule, ())
            if exceptions[index].covers(
                rule=rule, layer=stack.layer, environment=stack.environment, address=finding.address
            )
        ]
        for index in covering:
            needed[index].add(stack.environment)
        in_force = next((exceptions[index] for index in covering if exceptions[index].expires > today), None)
        found = AuditFinding(
            rule=rule,
            place=f"{stack.id}/{finding.address}",
            message=in_force.reason if in_force else finding.message,
        )
        (excepted if in_force else findings).append(found)

    for index, exception in enumerate(exceptions):
        is_judged = failures is not None or not exception.is_of_checkov
        findings += _problems_with(
            exception, read if is_judged else None, needed=needed[index], today=today, is_complete=is_complete
        )
    return Audit(
        rules=len(rules),
        resources=sum(1 for stack in read for _ in stack.all()),
        findings=tuple(findings),
        excepted=tuple(excepted),
        exceptions=sum(1 for index, e in enumerate(exceptions) if needed[index] and e.expires > today),
    )


def _of_rules(stacks: Sequence[Stack], rules: Sequence[Rule]) -> Iterator[Failure]:
    by_id = {stack.id: stack for stack in stacks}
    for stack in stacks:
        for rule in rules:
            for finding in _findings(rule, stack, by_id):
                yield Failure(check=rule.id, stack=stack, finding=finding)


def _findings(rule: Rule, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """What a rule finds; a stack that it cannot read is a finding too, since it may hide what the rule is about."""
    try:
        yield from rule.check(stack, stacks)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        says = " ".join(str(error).split())[:_LONGEST]
        yield Finding(
            address=next((one.address for one in stack.all()), BACKEND),
            message=f"the rule cannot read the JSON of this stack ({type(error).__name__}: {says}); "
            "each argument must have the type of the provider's schema, as `terraform validate` says",
        )


def _problems_with(
    exception: RuleException, stacks: Sequence[Stack] | None, *, needed: set[str], today: date, is_complete: bool
) -> list[AuditFinding]:
    """What is wrong with an exception; `stacks` is None if only its day can be judged."""
    place = f"{FILE.parent.name}/{FILE.name}: {exception.rule} at {exception.address}"
    if exception.expires <= today:
        message = f"expired on {exception.expires}: fix what it accepts, or renew it with a reason that still holds"
        return [AuditFinding(rule="exception-is-in-force", place=place, message=message)]
    if stacks is None:
        return []
    present = {stack.environment for stack in stacks if _is_present(exception, stack)}
    if is_complete and not present and not exception.optional:
        message = "matches nothing in any environment: correct the address, remove it, or add `optional = true`"
        return [AuditFinding(rule="exception-is-needed", place=place, message=message)]
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
