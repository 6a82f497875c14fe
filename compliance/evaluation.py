"""Evaluates IAM policies as IAM does: elements, operators and wildcards.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from compliance.statement_parts import many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from compliance.normal_form import Statement

_ARN_PARTS: Final = 6


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call: an action on a resource, with the values of its condition keys."""

    action: str
    resource: str
    context: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Condition key to its values; a key with one value has a list of one."""


def is_allowed(request: Request, *, identity: Iterable[Statement], boundary: Iterable[Statement] | None = None) -> bool:
    """Whether a principal with these policies, and at most this boundary, may make the call; a `Deny` always wins."""
    policies = [list(identity), *([] if boundary is None else [list(boundary)])]
    applying = [[statement for statement in policy if applies(statement, request)] for policy in policies]
    if any(statement["Effect"] == "Deny" for statements in applying for statement in statements):
        return False
    return all(any(statement["Effect"] == "Allow" for statement in statements) for statements in applying)


def applies(statement: Statement, request: Request) -> bool:
    """Whether a statement of a principal's policy is about the call."""
    return (
        _is_listed(statement, "Action", request.action, matches_action)
        and _is_listed(statement, "Resource", request.resource, matches)
        and all(
            is_met(name, many(values), request.context.get(key.lower()))
            for name, tests in (statement.get("Condition") or {}).items()
            for key, values in tests.items()
        )
    )


def matches_action(pattern: str, action: str) -> bool:
    """Whether a pattern of actions is about one; IAM ignores upper and lower case."""
    return matches(pattern.lower(), action.lower())


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern, in which `*` is any text and `?` any character."""
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _is_listed(statement: Statement, element: str, value: str, match: Callable[[str, str], bool]) -> bool:
    if f"Not{element}" in statement:
        return not any(match(pattern, value) for pattern in many(statement[f"Not{element}"]))
    return any(match(pattern, value) for pattern in many(statement.get(element)))


def is_met(operator_: str, wanted: list[str], sent: Sequence[str] | None) -> bool:
    """Whether a condition is met by the values of its key; no value fails it, except for ForAllValues and IfExists.

    Raises:
        ValueError: IAM has no such operator.
    """
    quantifier, _, name = operator_.rpartition(":")
    if name == "Null":
        return (not sent) == ("true" in {one.lower() for one in wanted})
    if name.endswith("IfExists") and not sent:
        return True
    base = name.removesuffix("IfExists")
    compare = _OPERATORS.get(base)
    if compare is None:
        message = f"the operator {operator_} is not known; add it to compliance/evaluation.py"
        raise ValueError(message)
    if "Not" in base:  # a call that does not have the key passes it, and so does one with no equal value
        return not any(compare(pattern, value) for pattern in wanted for value in sent or ())
    results = [any(compare(pattern, value) for pattern in wanted) for value in sent or ()]
    if quantifier == "ForAllValues":
        return all(results)
    return any(results)


def _arn_like(pattern: str, arn: str) -> bool:
    """Each of the six parts of an ARN is compared on its own."""
    patterns, parts = (text.split(":", maxsplit=_ARN_PARTS - 1) for text in (pattern, arn))
    return len(patterns) == len(parts) and all(matches(one, part) for one, part in zip(patterns, parts, strict=True))


def _is_in(network: str, address: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False


def _numbers(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    """Numbers, or dates: as seconds, or in the form of ISO 8601."""

    def compared(wanted: str, sent: str) -> bool:
        try:
            return compare(_number(sent), _number(wanted))
        except ValueError:
            return False

    return compared


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return datetime.fromisoformat(text).timestamp()


_BASE: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "BinaryEquals": lambda wanted, sent: wanted == sent,
    "Bool": lambda wanted, sent: wanted.lower() == sent.lower(),
    "IpAddress": _is_in,
    "StringEquals": lambda wanted, sent: wanted == sent,
    "StringEqualsIgnoreCase": lambda wanted, sent: wanted.lower() == sent.lower(),
    "StringLike": matches,
    **{
        f"{kind}{name}": _numbers(compare)
        for kind in ("Date", "Numeric")
        for name, compare in (
            ("Equals", operator.eq),
            ("GreaterThan", operator.gt),
            ("GreaterThanEquals", operator.ge),
            ("LessThan", operator.lt),
            ("LessThanEquals", operator.le),
        )
    },
}
_NEGATED: Final = {
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
}
_OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    **_BASE,
    **{name: _BASE[base] for name, base in _NEGATED.items()},
}
