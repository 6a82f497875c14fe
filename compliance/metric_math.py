"""CloudWatch's metric math, as far as it is needed to know what an expression is without data.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ARITHMETIC: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: Final[dict[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_AGGREGATES: Final[dict[str, Callable[[Sequence[float]], float]]] = {"MAX": max, "MIN": min, "SUM": sum}


class UnknownSyntaxError(Exception):
    """The expression has an operator or a function that is not known here."""


def value_without_data(expression: str) -> float | None:
    """The value of an expression in a minute in which none of its metrics has data; None if it has no value then.

    Raises:
        UnknownSyntaxError: It has an operator or a function that is not known here.
    """
    try:
        return _value(ast.parse(expression, mode="eval").body)
    except SyntaxError as error:
        raise UnknownSyntaxError(expression) from error


def _value(node: ast.expr) -> float | None:  # noqa: PLR0911 (one per kind of node)
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name():
            return None
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = _value(operand)
            return None if value is None else -value
        case ast.BinOp(left=left, op=kind, right=right) if function := _ARITHMETIC.get(type(kind)):
            return _of_two(function, _value(left), _value(right))
        case ast.Compare(left=left, ops=[kind], comparators=[right]):
            return _of_two(_COMPARISONS[type(kind)], _value(left), _value(right))
        case ast.Call(func=ast.Name(id="FILL"), args=[series, filler]):
            value = _value(series)
            return _value(filler) if value is None else value
        case ast.Call(func=ast.Name(id="IF"), args=[condition, *branches]) if branches:
            return _of_condition(_value(condition), branches)
        case ast.Call(func=ast.Name(id=name), args=[ast.List(elts=series)]) if name in _AGGREGATES:
            values = [value for one in series if (value := _value(one)) is not None]
            return _AGGREGATES[name](values) if values else None
        case _:
            raise UnknownSyntaxError(ast.unparse(node))


def _of_two(function: Callable[[float, float], float], left: float | None, right: float | None) -> float | None:
    """A missing value beside another counts as 0; a division by zero has no value."""
    if left is None and right is None:
        return None
    try:
        return float(function(left or 0, right or 0))
    except ZeroDivisionError:
        return None


def _of_condition(condition: float | None, branches: Sequence[ast.expr]) -> float | None:
    if condition is None:
        return None
    if condition:
        return _value(branches[0]) or 0
    return _value(branches[1]) if len(branches) > 1 else None
