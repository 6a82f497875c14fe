"""What the statements of a policy allow, compared as sets: their order, splitting and spelling do not matter.

A grant is one action pattern on one resource pattern for one principal. It is covered by a statement that allows at
least that, under conditions that are not stricter. What is not covered for certain counts as new.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from compliance.accounts import Accounts
from compliance.conditions import is_for_known_callers, is_narrowed
from compliance.evaluation import matches
from compliance.policies import is_allow, many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from compliance.policies import Statement

_EXCEPT: Final = "everything but "
_SAMPLES: Final = ("", "\0", "\0\0\0")
"""What a `*` in the smaller pattern is replaced by: the larger one must match all of them."""


@dataclass(frozen=True)
class _Set:
    """The values of an element: some patterns, or everything but some patterns."""

    patterns: tuple[str, ...]
    is_except: bool = False
    ignores_case: bool = False

    def holds(self, one: str) -> bool:
        """Whether every value of a pattern, or of `everything but ..`, is in it."""
        if self.ignores_case:
            lowered = _Set(tuple(map(str.lower, self.patterns)), is_except=self.is_except)
            return lowered.holds(one.lower())
        if one.startswith(_EXCEPT):
            left_out = one.removeprefix(_EXCEPT).split(", ")
            if self.is_except:
                return all(any(includes(theirs, mine) for theirs in left_out) for mine in self.patterns)
            return "*" in self.patterns
        if self.is_except:
            return not any(_overlap(pattern, one) for pattern in self.patterns)
        return any(includes(pattern, one) for pattern in self.patterns)

    def parts(self) -> list[str]:
        """Its patterns, each alone."""
        return [_EXCEPT + ", ".join(self.patterns)] if self.is_except else list(self.patterns)


def includes(larger: str, smaller: str) -> bool:
    """Whether every text that the smaller pattern matches is matched by the larger one, too."""
    return larger == smaller or all(matches(larger, smaller.replace("*", sample)) for sample in _SAMPLES)


def _overlap(one: str, other: str) -> bool:
    return includes(one, other) or includes(other, one)


@dataclass(frozen=True)
class Grant:
    """One action on one resource for one principal."""

    action: str
    resource: str
    principal: str
    """`AWS arn:..`, `Service ecs.amazonaws.com`; empty in a policy of a role."""
    is_narrowed: bool
    """Whether conditions let fewer calls pass, by what they mean."""
    is_for_known: bool
    """Whether conditions name who calls: accounts, organizations, networks or addresses."""

    @property
    def is_all(self) -> bool:
        """Whether it is every action on every resource, or all of IAM, which leads there."""
        everything = ("*", "*:*", "iam:*")
        return self.action.lower() in everything and self.resource in {"*", ""} and not self.is_narrowed

    @property
    def is_for_everyone(self) -> bool:
        """Whether anybody has it, with any account."""
        return self.principal.endswith(" *") and not self.is_for_known


def new_grants(before: Sequence[Statement], after: Sequence[Statement]) -> list[Grant]:
    """What is allowed afterwards, and by no single statement before."""
    return list(_uncovered(_allows(after), _allows(before)))


def lost_denials(before: Sequence[Statement], after: Sequence[Statement]) -> list[Grant]:
    """What is forbidden before, and by no single statement afterwards."""
    return list(_uncovered(_denies(before), _denies(after)))


def _allows(statements: Sequence[Statement]) -> list[Statement]:
    return [one for one in statements if is_allow(one)]


def _denies(statements: Sequence[Statement]) -> list[Statement]:
    return [one for one in statements if one.get("Effect") == "Deny"]


def _uncovered(wanted: Iterable[Statement], given: Sequence[Statement]) -> Iterator[Grant]:
    seen = set()
    for statement in wanted:
        conditions = _conditions(statement)
        for grant in _grants(statement):
            if grant in seen or _is_covered(grant, conditions, given):
                continue
            seen.add(grant)
            yield grant


def _is_covered(grant: Grant, conditions: Mapping[tuple[str, str], frozenset[str]], given: Sequence[Statement]) -> bool:
    fitting = [
        one
        for one in given
        if _element(one, "Resource").holds(grant.resource)
        and _principals(one).holds(grant.principal)
        and _is_weaker(_conditions(one), conditions)
    ]
    if any(_element(one, "Action").holds(grant.action) for one in fitting):
        return True
    single = _expanded(grant.action)
    return bool(single) and all(any(_element(one, "Action").holds(action) for one in fitting) for action in single)


def _expanded(pattern: str) -> list[str]:
    """The actions that a pattern names, where AWS's reference of them is installed."""
    from compliance.actions import matching  # noqa: PLC0415 - the plans of a pull request are read without it
    from config.errors import ConfigError  # noqa: PLC0415

    service = pattern.partition(":")[0]
    if "*" not in pattern or "*" in service or pattern.startswith(_EXCEPT):
        return []
    try:
        return [f"{service}:{one.name}".lower() for one in matching(pattern)]
    except ConfigError:
        return []


def _grants(statement: Statement) -> Iterator[Grant]:
    elements = (_element(statement, "Action"), _element(statement, "Resource"), _principals(statement))
    narrowed, known = is_narrowed(statement), is_for_known_callers(statement, Accounts())
    for action, resource, principal in product(*(one.parts() for one in elements)):
        yield Grant(action, resource, principal, is_narrowed=narrowed, is_for_known=known)


def _element(statement: Statement, name: str) -> _Set:
    negated = f"Not{name}"
    ignores_case = name == "Action"
    if negated in statement:
        return _Set(tuple(many(statement[negated])), is_except=True, ignores_case=ignores_case)
    # A policy of a trust has no resources: the role is one.
    return _Set(tuple(many(statement.get(name))) or ("",), ignores_case=ignores_case)


def _principals(statement: Statement) -> _Set:
    negated = statement.get("NotPrincipal")
    listed = _principal_texts(statement.get("Principal") if negated is None else negated)
    return _Set(tuple(listed) or ("",), is_except=negated is not None)


def _principal_texts(principal: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(principal, dict):
        for kind, values in principal.items():
            yield from (f"{kind} {value}" for value in many(values))
    elif principal is not None:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        yield from (f"AWS {value}" for value in many(principal))


def _conditions(statement: Statement) -> Mapping[tuple[str, str], frozenset[str]]:
    condition = statement.get("Condition")
    if not isinstance(condition, dict):
        return {}
    return {
        (str(operator).lower(), str(key).lower()): frozenset(many(values))
        for operator, tests in condition.items()
        if isinstance(tests, dict)
        for key, values in tests.items()
    }


def _is_weaker(
    given: Mapping[tuple[str, str], frozenset[str]], wanted: Mapping[tuple[str, str], frozenset[str]]
) -> bool:
    """Whether all that meets the wanted conditions meets the given ones."""
    for (operator, key), values in given.items():
        # What passes without its key passes all the more where the key is demanded.
        same = wanted.get((operator, key), wanted.get((operator.removesuffix("ifexists"), key)))
        if same is None:
            return False
        narrow, wide = (values, same) if "not" in operator else (same, values)
        if not narrow <= wide:
            return False
    return True
