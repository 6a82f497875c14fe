"""The rules and checkov together, over all environments: a table, the findings, and both reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compliance.audit import audit
from compliance.checkov.environments import OF_CHECKOV, check
from compliance.exceptions import FILE, is_check, load_exceptions
from compliance.junit import junit
from compliance.report_file import require_writable, write_report
from compliance.rules import RULES
from compliance.sarif import Tool, sarif, with_sources
from compliance.sources import Source, Sources
from console.table import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from compliance.checkov.environments import Verdict
    from compliance.rule import AuditFinding
    from synthesis.manifest import Stack

ROOT: Final = Path(__file__).resolve().parents[1]
_LIST: Final = Source(f"{FILE.parent.name}/{FILE.name}", 1)
_LIST_SUITE: Final = "exceptions"
_HEAD: Final = (
    "environment",
    "by",
    "resources",
    "checked",
    "passed",
    "failed",
    "excepted",
    "not applicable",
    "no check",
)
_PAGE: Final = "https://docs.github.com/en/code-security/code-scanning"


@dataclass(frozen=True, kw_only=True)
class Reports:
    """Where the reports go."""

    sarif: Path
    junit: Path


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    findings: tuple[AuditFinding, ...]
    excepted: tuple[AuditFinding, ...]
    environments: Mapping[str, str]
    """The environment of each stack."""

    def environment(self, finding: AuditFinding) -> str:
        """Where it is; what is wrong with the list of exceptions is in none."""
        place = finding.place.partition("/")[0].partition(":")[0]
        return self.environments.get(place, place if place in self.environments.values() else _LIST_SUITE)

    def number(self, environment: str, *, of_checkov: bool) -> tuple[int, int]:
        """How many findings there are, and how many more are accepted."""
        found, accepted = (
            sum(
                1 for each in group if self.environment(each) == environment and _is_of_checkov(each.rule) is of_checkov
            )
            for group in (self.findings, self.excepted)
        )
        return found, accepted


def run(
    stacks: Sequence[Stack], *, exceptions: Path, reports: Reports, is_complete: bool, python: Path, today: date
) -> bool:
    """Check the stacks, print what is found, and write the reports.

    Args:
        stacks: All stacks, or those of some environments.
        exceptions: The list of exceptions.
        reports: Where the reports go.
        is_complete: Whether the stacks are all that there are.
        python: The Python that has checkov.
        today: The day on which exceptions may have expired.

    Returns:
        Whether nothing is wrong.

    Raises:
        ReportError: A report cannot be written.
        ConfigError: The list of exceptions is not valid.
        OutputError: The stacks cannot be written as HCL.
        CheckovError: Checkov did not run to its end.
    """
    for path in (reports.sarif, reports.junit):
        require_writable(path)
    rules = frozenset(rule.id for rule in RULES)
    load_exceptions(exceptions, rules=rules)  # before anything takes time
    verdict = check(stacks, python=python)
    accepted = load_exceptions(exceptions, rules=rules, checks=verdict.checks.keys())
    result = audit(
        stacks,
        rules=RULES,
        exceptions=accepted,
        today=today,
        failures=[failure for each in verdict.environments for failure in each.failures],
        is_complete=is_complete,
    )
    outcome = _Outcome(
        findings=(*result.findings, *(problem for each in verdict.environments for problem in each.problems)),
        excepted=result.excepted,
        environments={stack.id: stack.environment for stack in stacks},
    )
    sources = _sources(stacks, outcome.findings)
    print(_counts(verdict, outcome))
    if outcome.findings:
        print(f"\n{_listed(outcome.findings, sources)}")
    _write(reports, verdict, outcome, sources)
    print(
        f"\n{len(outcome.findings)} findings, {result.exceptions} exceptions in force, {len(RULES)} rules, "
        f"checkov {verdict.version}; {reports.sarif}, {reports.junit}"
    )
    if outcome.findings:
        print("Next: correct what is listed, or accept it in compliance/exceptions.toml (docs/compliance.md).")
    return not outcome.findings


def _sources(stacks: Sequence[Stack], findings: Sequence[AuditFinding]) -> dict[str, Source]:
    """The file that makes each resource with a finding, by the finding's place."""
    finder = Sources(ROOT)
    wanted = {finding.place for finding in findings}
    sources = {}
    for stack in stacks:
        fallback = Source(file, 1) if (ROOT / (file := f"stacks/{stack.layer}.py")).is_file() else _LIST
        for place in wanted:
            if place.startswith(f"{stack.id}/"):
                sources[place] = fallback
        for resource in stack.all():
            if (place := f"{stack.id}/{resource.address}") in wanted:
                sources[place] = finder.find(stack.layer, resource) or fallback
    return sources


def _counts(verdict: Verdict, outcome: _Outcome) -> str:
    rows: list[tuple[str, ...]] = [_HEAD]
    for each in verdict.environments:
        name, count = each.environment, str(each.resources)
        failed, excepted = map(str, outcome.number(name, of_checkov=False))
        rows.append((name, "rules", count, count, "-", failed, excepted, "-", "-"))
        failed, excepted = map(str, outcome.number(name, of_checkov=True))
        counts = map(str, (each.checked, each.passed, failed, excepted, each.undecided, each.untouched))
        rows.append((name, "checkov", count, *counts))
    return table(rows)


def _is_of_checkov(rule: str) -> bool:
    return is_check(rule) or rule in OF_CHECKOV


def _listed(findings: Sequence[AuditFinding], sources: Mapping[str, Source]) -> str:
    blocks = []
    for finding in findings:
        source = sources.get(finding.place, _LIST)
        blocks.append(f"{finding.rule}  {finding.place}\n  {finding.message}\n  {source.file}:{source.line}")
    return "\n".join(blocks)


def _write(reports: Reports, verdict: Verdict, outcome: _Outcome, sources: Mapping[str, Source]) -> None:
    descriptions = {rule.id: rule.description for rule in RULES} | dict(verdict.checks)
    located = with_sources(outcome.findings, sources, default=_LIST)
    own, theirs = (
        [each for each in located if _is_of_checkov(each.finding.rule) is of_checkov] for of_checkov in (False, True)
    )
    tools = {
        Tool(name="rules", version=None, address=_PAGE): own,
        Tool(name="checkov", version=verdict.version, address="https://www.checkov.io"): theirs,
    }
    write_report(reports.sarif, sarif(tools, descriptions=descriptions))
    document = junit(
        {each.environment: [*(rule.id for rule in RULES), *each.passed_checks] for each in verdict.environments},
        [(outcome.environment(each), each) for each in outcome.findings],
        [(outcome.environment(each), each) for each in outcome.excepted],
        descriptions=descriptions,
    )
    write_report(reports.junit, document)
