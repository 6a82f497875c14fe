"""A rule is a pure function that yields the problems of one stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthesis.manifest import Stack
    from synthesis.template import Resource


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One problem that a rule found."""

    address: str
    message: str

    @staticmethod
    def about(resource: Resource, message: str) -> Finding:
        """A finding about a resource."""
        return Finding(address=resource.address, message=message)


Check = Callable[["Stack"], Iterator[Finding]]
CheckWithOthers = Callable[["Stack", Mapping[str, "Stack"]], Iterator[Finding]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A check that every stack must pass."""

    id: str
    description: str
    check: CheckWithOthers
    """Gets the stack, and all stacks by their id."""


@dataclass(frozen=True, kw_only=True)
class AuditFinding:
    """A finding with its rule and its place."""

    rule: str
    place: str
    """`<stack>/<address>`, or the file that is wrong."""
    message: str


def rule(check: Check) -> Rule:
    """Make a rule of a function: its name is the id, the first line of its docstring the description."""
    return _rule(check, lambda stack, _: check(stack))


def rule_with_others(check: CheckWithOthers) -> Rule:
    """Make a rule of a function that also needs the other stacks, for what one stack reads of another."""
    return _rule(check, check)


def _rule(named: Check | CheckWithOthers, check: CheckWithOthers) -> Rule:
    description = (named.__doc__ or named.__name__).strip().splitlines()[0]
    return Rule(id=named.__name__.replace("_", "-"), description=description, check=check)
