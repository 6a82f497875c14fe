"""Statements of IAM policies in one form, whatever form they are written in.

IAM accepts an item alone or in a list, and one statement without a list; the case of element names, operators and types
of principals does not matter here. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

Statement = dict[str, Any]

_ELEMENTS: Final = {
    name.lower(): name
    for name in (
        "Action",
        "Condition",
        "Effect",
        "NotAction",
        "NotPrincipal",
        "NotResource",
        "Principal",
        "Resource",
        "Sid",
    )
}
_EFFECTS: Final = {"allow": "Allow", "deny": "Deny"}
_PRINCIPALS: Final = {name.lower(): name for name in ("AWS", "CanonicalUser", "Federated", "Service", "*")}
_BASE: Final = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
)
OPERATORS: Final[Mapping[str, str]] = {
    name.lower(): name
    for base in _BASE
    for name in (
        f"{quantifier}{base}{ending}"
        for quantifier in ("", "ForAllValues:", "ForAnyValue:")
        for ending in ("", "IfExists")
    )
} | {"null": "Null"}
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""


def is_document(value: object) -> bool:
    """Whether a value is a policy: it has statements, and one of them has an effect or an action.

    Other grammars have a `Statement` too, like the rules of a firewall.
    """
    return isinstance(value, dict) and any(
        isinstance(one, dict) and {str(key).lower() for key in one} & {"effect", "action", "notaction"}
        for name, inner in value.items()
        if str(name).lower() == "statement"
        for one in (inner if isinstance(inner, list) else [inner])
    )


def statements_of(document: Mapping[str, Any], problems: list[str]) -> list[Statement]:
    """The statements of a policy in one form.

    Args:
        document: The policy.
        problems: Gets what IAM does not accept, or what is not known. What is wrong is left out of the statements, so
            that they allow more, and not less, than what is meant.
    """
    found: list[Statement] = []
    for name, inner in document.items():
        if str(name).lower() != "statement":
            continue
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                found.append(_statement(one, problems))
            else:
                problems.append(f"has {shortened(one)} as a statement, which is not known or not an object")
    return found


def _statement(written: Mapping[str, Any], problems: list[str]) -> Statement:
    statement: Statement = {}
    for name, value in written.items():
        element = _ELEMENTS.get(str(name).lower())
        if element is None:
            problems.append(f"has the element {shortened(name)}, which IAM does not have")
        elif element in {"Principal", "NotPrincipal"}:
            statement[element] = _principal(value)
        elif element == "Condition":
            if conditions := _conditions(value, problems):
                statement[element] = conditions
        elif element == "Effect":
            statement[element] = _EFFECTS.get(str(value).lower(), value)
        elif element == "Sid":
            statement[element] = str(value)
        else:
            statement[element] = _items(value)
    if statement.get("Effect") not in _EFFECTS.values():
        problems.append(f"has the effect {shortened(statement.get('Effect'))}; it must be Allow or Deny")
        statement["Effect"] = "Allow"
    if not {"Action", "NotAction"} & statement.keys():
        problems.append("has a statement without Action")
    return statement


def _principal(value: object) -> Any:  # noqa: ANN401 - a text or an object
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for kind, names in value.items():
            name = _PRINCIPALS.get(str(kind).lower(), str(kind))
            kept = _items(names)
            found[name] = [*_as_list(found[name]), *_as_list(kept)] if name in found else kept
        return "*" if "*" in found else found
    names = [str(one) for one in _as_list(value)]
    return "*" if "*" in names else {"AWS": names}


def _conditions(value: object, problems: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    if not isinstance(value, dict):
        problems.append(f"has the condition {shortened(value)}, which is not known or not an object")
        return found
    for operator, tests in value.items():
        known = OPERATORS.get(str(operator).lower())
        if known is None or not isinstance(tests, dict):
            problems.append(f"has a condition with {shortened(operator)}, which is not an operator with keys")
            continue
        for key, values in tests.items():
            found.setdefault(known, {})[str(key)] = _items(values)
    return found


def _items(value: object) -> str | list[str]:
    """An item, or a list of items, as texts; the truth values as JSON writes them."""
    if isinstance(value, list):
        return [_item(one) for one in value]
    return [] if value is None else _item(value)


def _item(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def shortened(value: object) -> str:
    """A value as a report shows it."""
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - about a line
