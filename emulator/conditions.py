"""Evaluates the conditions of policies, for the services whose calls depend on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from emulator.errors import UnansweredError
from emulator.policy import as_list, matches_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Values: TypeAlias = Mapping[str, tuple[str, ...]]
"""What a request sends: the values of each condition key, whose name is in lowercase letters."""

_SETS: Final = {"ForAnyValue": any, "ForAllValues": all}
_IF_EXISTS: Final = "IfExists"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
_OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "ArnEquals": matches_pattern,
    "ArnLike": matches_pattern,
    "Bool": lambda wanted, sent: wanted.lower() == sent.lower(),
    "StringEquals": lambda wanted, sent: wanted == sent,
    "StringEqualsIgnoreCase": lambda wanted, sent: wanted.lower() == sent.lower(),
    "StringLike": matches_pattern,
}
# Each is met if the operator that it negates is not; so a key that is not sent meets it.
_NEGATED: Final = {
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
}


def is_met(condition: Mapping[str, Mapping[str, Any]], sent: Values) -> bool:
    """Return whether every test of a statement's condition passes.

    Raises:
        UnansweredError: The emulator does not know an operator.
    """
    return all(
        _passes(operator, as_list(wanted), sent.get(key.lower(), ()))
        for operator, tests in condition.items()
        for key, wanted in tests.items()
    )


def _is_known(operator: str) -> bool:
    prefix, _, base = operator.removesuffix(_IF_EXISTS).rpartition(":")
    return prefix in {"", *_SETS} and base in {*_OPERATORS, *_NEGATED}


def _passes(operator: str, wanted: Sequence[Any], sent: tuple[str, ...]) -> bool:
    name = operator.removesuffix(_IF_EXISTS)
    if name != operator and not sent:
        return True
    prefix, _, base = name.rpartition(":")
    if base in _NEGATED:
        return not _passes(f"{prefix}:{_NEGATED[base]}" if prefix else _NEGATED[base], wanted, sent)
    if not _is_known(operator):
        message = f"the emulator does not evaluate the condition operator {operator}"
        raise UnansweredError(message)
    if not prefix and not sent:
        return False
    quantify = _SETS.get(prefix, any)
    return quantify(any(_OPERATORS[base](str(one), value) for one in wanted) for value in sent)
