"""Whether what a statement of a role allows is possible within the role's permissions boundary.

Only as far as it is known before anything exists: a condition on what a call sends counts as met where it allows, and
not where it denies, unless the statement itself has a condition on the same key.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from compliance.evaluation import is_met, matches, matches_action
from compliance.policies import is_allow, many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from compliance.policies import Statement

_ARN_PARTS: Final = 6
_REGION: Final = 3
_SETS: Final = frozenset({"ArnEquals", "ArnLike", "Bool", "StringEquals", "StringLike"})
"""The operators that say which values a call that is allowed has."""


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """Why a role cannot do what it is allowed to do."""

    action: str
    resource: str
    denied_by: str | None
    """Sid of the statement of the boundary that denies it; None if none allows it."""


def obstacles(
    statement: Statement, *, resources: Iterable[str], role_arn: str, limits: Sequence[Statement]
) -> Iterator[Obstacle]:
    """What of a statement is not possible; at most one for each action.

    Args:
        statement: Of a policy of the role; one that denies has none.
        resources: Its resources; `${` in one stands for what is not known.
        role_arn: ARN of the role.
        limits: The statements of the boundary.
    """
    places = list(resources)
    for action in many(statement.get("Action")) if is_allow(statement) else ():
        found = (_obstacle(action, one, _context(statement, one, role_arn), limits) for one in places)
        yield from list(filter(None, found))[:1]


def _context(statement: Statement, resource: str, role_arn: str) -> dict[str, list[str]]:
    """The values of condition keys, in lowercase letters, that each call has which the statement allows."""
    found = {"aws:principalarn": [role_arn]}
    parts = resource.split(":", maxsplit=_ARN_PARTS - 1)
    if len(parts) == _ARN_PARTS and parts[_REGION] and not set("*?$") & set(parts[_REGION]):
        found["aws:requestedregion"] = [parts[_REGION]]
    for operator, tests in (statement.get("Condition") or {}).items():
        if operator.rpartition(":")[2] in _SETS:
            found |= {key.lower(): many(values) for key, values in tests.items()}
    return found


def _obstacle(
    action: str, resource: str, context: Mapping[str, list[str]], limits: Sequence[Statement]
) -> Obstacle | None:
    about = [one for one in limits if any(matches_action(each, action) for each in many(one.get("Action")))]
    keys = {key.lower() for one in about for tests in (one.get("Condition") or {}).values() for key in tests}
    known = {key: values for key, values in context.items() if key in keys}
    for values in product(*known.values()):
        sent = dict(zip(known, values, strict=True))
        denying = [one for one in about if not is_allow(one) and _denies(one, resource, sent)]
        if denying:
            return Obstacle(action=action, resource=resource, denied_by=str(denying[0].get("Sid") or "without a Sid"))
        if not any(is_allow(one) and _allows(one, resource, sent) for one in about):
            return Obstacle(action=action, resource=resource, denied_by=None)
    return None


def _denies(limit: Statement, resource: str, sent: Mapping[str, str]) -> bool:
    """Whether it denies all that `resource`, which can be a pattern, is."""
    if "NotResource" in limit:
        kept = many(limit["NotResource"])
        covered = "${" not in resource and not any(matches(one, resource) or matches(resource, one) for one in kept)
    else:
        covered = any(matches(one, resource) for one in many(limit.get("Resource")))
    return covered and _meets(limit, sent, unknown=False)


def _allows(limit: Statement, resource: str, sent: Mapping[str, str]) -> bool:
    covered = "${" in resource or any(matches(one, resource) for one in many(limit.get("Resource")))
    return covered and _meets(limit, sent, unknown=True)


def _meets(limit: Statement, sent: Mapping[str, str], *, unknown: bool) -> bool:
    return all(
        is_met(operator, many(values), [sent[key.lower()]]) if key.lower() in sent else unknown
        for operator, tests in (limit.get("Condition") or {}).items()
        for key, values in tests.items()
    )
