"""Evaluates the conditions of a statement of a policy, as far as the values of their keys are known.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.policy import as_list, matches_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "ArnEquals": matches_pattern,
    "ArnLike": matches_pattern,
    "Bool": lambda wanted, sent: wanted.lower() == sent.lower(),
    "StringEquals": lambda wanted, sent: wanted == sent,
    "StringLike": matches_pattern,
}
_NOT: Final = {"ArnNotEquals": "ArnEquals", "ArnNotLike": "ArnLike", "StringNotEquals": "StringEquals"}
_ANY: Final = "ForAnyValue:"
_IF_EXISTS: Final = "IfExists"


def conditions_met(conditions: Mapping[str, Any], known: Mapping[str, Collection[str]]) -> bool:
    """Return whether all conditions are met; one on a key or with an operator that is not known counts as met."""
    values = {key.lower(): sent for key, sent in known.items()}
    return all(
        _met(operator, [str(value) for value in as_list(wanted)], values[key.lower()])
        for operator, tests in conditions.items()
        for key, wanted in tests.items()
        if key.lower() in values
    )


def _met(operator: str, wanted: Collection[str], sent: Collection[str]) -> bool:
    name = operator.removeprefix(_ANY).removesuffix(_IF_EXISTS)
    if operator.endswith(_IF_EXISTS) and not sent:
        return True
    if name in _NOT:
        return not any(_OPERATORS[_NOT[name]](one, value) for one in wanted for value in sent)
    if name not in _OPERATORS:
        return True
    return any(_OPERATORS[name](one, value) for one in wanted for value in sent)
