"""Runs checkov on every environment, and says of each stack what it fails.

Checkov sees an environment as one graph, so that it follows references from one state to another. It is compared with
the JSON: it leaves out without a word what it cannot read.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compliance.audit import Failure
from compliance.checkov.run import PYTHON, run
from compliance.rule import AuditFinding, Finding
from hcl.write import write_merged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance.checkov.run import Scan
    from hcl.merge import Origin
    from synthesis.manifest import Stack

NOT_MANAGED: Final = ("data.", "ephemeral.")
"""How the addresses begin of what Terraform only reads."""
OF_CHECKOV: Final = frozenset({"hcl-has-every-resource", "checkov-reads-every-resource", "checkov-runs-every-check"})
"""The ids of what is wrong with the check itself. No rule has them, so no exception accepts them."""
_SHOWN: Final = 3


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What checkov says of an environment."""

    environment: str
    resources: int
    """Resources in the JSON."""
    checked: int
    """Those of them that checkov has read."""
    untouched: int
    """Those of a type for which it has no check."""
    passed: int
    passed_checks: frozenset[str]
    """The ids of checks that some resource passes."""
    undecided: int
    """Checks that looked at a resource and say neither yes nor no."""
    failures: tuple[Failure, ...]
    problems: tuple[AuditFinding, ...]
    """Why the rest cannot be relied on: resources or files that it did not read, checks that crashed."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What checkov says of all environments."""

    version: str
    checks: Mapping[str, str]
    """The name of each check that there is, by its id."""
    environments: tuple[Checked, ...]


def check(stacks: Sequence[Stack], *, python: Path = PYTHON) -> Verdict:
    """Run checkov on all environments of these stacks.

    Raises:
        CheckovError: It did not run to its end.
        OutputError: The stacks cannot be written as HCL.
    """
    by_environment: dict[str, dict[str, Stack]] = {}
    for stack in stacks:
        by_environment.setdefault(stack.environment, {})[stack.id] = stack
    with tempfile.TemporaryDirectory(prefix="hcl-") as name:
        folders, origins = [], []
        for environment, found in by_environment.items():
            folder = Path(name).resolve() / environment
            folder.mkdir()
            folders.append(folder)
            origins.append(write_merged(found, folder).addresses)
        answer = run(folders, python=python)
    return Verdict(
        version=answer.version,
        checks=answer.checks,
        environments=tuple(
            _checked(environment, scan, by_environment[environment], origin, answer.checks)
            for environment, scan, origin in zip(by_environment, answer.scans, origins, strict=True)
        ),
    )


def _checked(
    environment: str, scan: Scan, stacks: Mapping[str, Stack], origins: Mapping[str, Origin], names: Mapping[str, str]
) -> Checked:
    failures = []
    for failed in scan.failed:
        origin = origins.get(failed.address) or origins.get(f"data.{failed.address}")
        # What is not in the map is a provider, which has no address: it belongs to the environment as a whole.
        stack = stacks[origin.stack] if origin else next(iter(stacks.values()))
        finding = Finding(address=origin.address if origin else failed.address, message=names[failed.check])
        failures.append(Failure(check=failed.check, stack=stack, finding=finding))
    expected = {address for address in origins if not address.startswith(NOT_MANAGED)}
    return Checked(
        environment=environment,
        resources=sum(1 for stack in stacks.values() for _ in stack.all()),
        checked=len(expected & scan.resources),
        untouched=scan.untouched,
        passed=scan.passed,
        passed_checks=scan.passed_checks,
        undecided=scan.undecided,
        failures=tuple(failures),
        problems=tuple(_problems(environment, scan, stacks, expected)),
    )


def _problems(environment: str, scan: Scan, stacks: Mapping[str, Stack], expected: set[str]) -> Iterator[AuditFinding]:
    place = f"{environment}: the whole environment"
    in_json = sum(1 for stack in stacks.values() for _ in stack.all())
    if len(expected) != in_json:
        message = f"the HCL has {len(expected)} resources and the JSON {in_json}: report it with the environment's file"
        yield AuditFinding(rule="hcl-has-every-resource", place=place, message=message)
    if left_out := sorted(expected - scan.resources):
        message = f"checkov did not read {_listed(left_out)}: what it says of the others is not the whole"
        yield AuditFinding(rule="checkov-reads-every-resource", place=place, message=message)
    if scan.unreadable:
        files = _listed([Path(file).name for file in scan.unreadable])
        message = f"checkov cannot read {files} of the HCL: `make hcl` writes it, `terraform validate` says more"
        yield AuditFinding(rule="checkov-reads-every-resource", place=place, message=message)
    for check_id, error in scan.crashes:
        message = f"{check_id} ended with an error, so it says nothing: {error}"
        yield AuditFinding(rule="checkov-runs-every-check", place=place, message=message)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
