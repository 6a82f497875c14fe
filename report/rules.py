"""What the rules find, and what is accepted, as `make check` says it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.audit import audit
from compliance.exceptions import EVERY_ENVIRONMENT, load_exceptions
from compliance.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from compliance.exceptions import RuleException
    from compliance.rule import AuditFinding
    from synthesis.manifest import Stack


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """An exception of the list, with all its addresses."""

    rule: str
    addresses: Sequence[str]
    environments: str
    reason: str
    owner: str
    expires: str
    is_of_checkov: bool


@dataclass(frozen=True, kw_only=True)
class Compliance:
    """The result of all rules."""

    rules: Mapping[str, str]
    """The description of each rule, by its id."""
    findings: Sequence[AuditFinding]
    exceptions: Sequence[Accepted]
    found: Mapping[str, int]
    """How many findings each environment has."""
    excepted: Mapping[str, int]
    """How many more are accepted."""


def read_compliance(stacks: Mapping[str, Stack], today: date) -> Compliance:
    """The result of the rules over stacks.

    Args:
        stacks: All of them.
        today: The day on which exceptions may have expired.

    Raises:
        config.errors.ConfigError: The list of exceptions is not valid.
    """
    exceptions = load_exceptions(rules=frozenset(rule.id for rule in RULES))
    result = audit(list(stacks.values()), rules=RULES, exceptions=exceptions, today=today)
    return Compliance(
        rules={rule.id: rule.description for rule in RULES},
        findings=result.findings,
        exceptions=_entries(exceptions),
        found=_by_environment(result.findings, stacks),
        excepted=_by_environment(result.excepted, stacks),
    )


def _entries(exceptions: Sequence[RuleException]) -> list[Accepted]:
    """The exceptions as the file has them: those of several addresses once."""
    entries: dict[tuple[object, ...], list[RuleException]] = {}
    for one in exceptions:
        entries.setdefault((one.rule, one.environments, one.reason, one.owner, one.expires), []).append(one)
    return [
        Accepted(
            rule=ones[0].rule,
            addresses=[one.address for one in ones],
            environments="all" if EVERY_ENVIRONMENT in ones[0].environments else ", ".join(ones[0].environments),
            reason=ones[0].reason,
            owner=ones[0].owner,
            expires=ones[0].expires.isoformat(),
            is_of_checkov=ones[0].is_of_checkov,
        )
        for ones in entries.values()
    ]


def _by_environment(findings: Sequence[AuditFinding], stacks: Mapping[str, Stack]) -> dict[str, int]:
    places = (finding.place.partition("/")[0] for finding in findings)
    return dict(Counter(stacks[place].environment for place in places if place in stacks))
