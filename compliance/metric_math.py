"""What CloudWatch's metric math makes of data: on a window of values, or in a minute without any.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import itertools
import math
import operator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from compliance.metric_syntax import (
    Binary,
    Call,
    Items,
    Keyword,
    Name,
    Negative,
    Node,
    Number,
    Text,
    UnknownSyntaxError,
    functions,
    names,
    parse,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Array", "Series", "UnknownSyntaxError", "Value", "evaluate", "value_without_data"]

Scalar = float | None
"""A number; None if it is that of a series without values."""
Series = tuple[float | None, ...]
"""A time series, the oldest value first; None where there is none."""
Array = list[Series]
Value = Scalar | Series | Array

_OPERATORS: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "AND": lambda left, right: bool(left) and bool(right),
    "OR": lambda left, right: bool(left) or bool(right),
}
_OF_EACH: Final[dict[str, Callable[[float], float]]] = {
    "ABS": abs,
    "CEIL": math.ceil,
    "FLOOR": math.floor,
    "LOG": math.log,
    "LOG10": math.log10,
}
_BAD_ARGUMENT: Final = "an operator or a function with arguments that CloudWatch does not support"


def _average(values: Series) -> float | None:
    """Missing values are treated as 0."""
    return sum(value or 0 for value in values) / len(values) if _present(values) else None


_AGGREGATES: Final[dict[str, Callable[[Series], float | None]]] = {
    "AVG": _average,
    "DATAPOINT_COUNT": lambda values: float(len(_present(values))),
    "MAX": lambda values: max(_present(values), default=None),
    "MIN": lambda values: min(_present(values), default=None),
    "SUM": lambda values: sum(_present(values)) if _present(values) else None,
}


def _present(values: Series) -> list[float]:
    return [value for value in values if value is not None]


_parse = cache(parse)


def evaluate(
    expression: str,
    metrics: Mapping[str, Series],
    *,
    length: int,
    others: Mapping[str, Value] | None = None,
    period_seconds: int = 60,
) -> Value:
    """The value of an expression.

    Args:
        expression: The expression.
        metrics: The time series of the metrics that it can name, by their id.
        length: How many values each of them has.
        others: The values of the other expressions that it can name, which METRICS does not return.
        period_seconds: The period of each value.

    Raises:
        UnknownSyntaxError: It has an operator, a function or a name that is not known here.
    """
    return _Evaluation(expression, metrics, others or {}, length, period_seconds).value(_parse(expression))


def value_without_data(expression: str) -> float | None:
    """The value of an expression in a minute in which none of its metrics has data; None if it has no value then.

    Raises:
        UnknownSyntaxError: It has an operator or a function that is not known here, or the value before matters.
    """
    tree = _parse(expression)
    if functions(tree) & set(_ALONG_TIME):
        raise UnknownSyntaxError(expression)
    nothing: Series = (None,)
    value = evaluate(expression, dict.fromkeys(names(tree), nothing), length=1)
    if isinstance(value, list):
        raise UnknownSyntaxError(expression)
    return value[0] if isinstance(value, tuple) else value


@dataclass(frozen=True)
class _Evaluation:
    expression: str
    metrics: Mapping[str, Series] = field(repr=False)
    others: Mapping[str, Value] = field(repr=False)
    length: int
    period_seconds: int

    def value(self, node: Node) -> Value:  # noqa: PLR0911 (one per kind of node)
        match node:
            case Number(value):
                return value
            case Name(id_) if id_ in self.metrics:
                return self.metrics[id_]
            case Name(id_) if id_ in self.others:
                return self.others[id_]
            case Items(items):
                return [series for item in items for series in self._series(item)]
            case Negative(operand):
                return _each(operator.neg, self.value(operand))
            case Binary(symbol, left, right):
                return _combined(_OPERATORS[symbol], self.value(left), self.value(right))
            case Call(function, arguments):
                return self._call(function, arguments)
        raise UnknownSyntaxError(self.expression)

    def _call(self, function: str, arguments: tuple[Node, ...]) -> Value:  # noqa: C901, PLR0911 (one case per function)
        match function, arguments:
            case "METRICS", ():
                return list(self.metrics.values())
            case "METRICS", (Text(part),):
                return [series for id_, series in self.metrics.items() if part in id_]
            case "PERIOD", (Name(_),):
                return float(self.period_seconds)
            case "TIME_SERIES", (scalar,):
                return (self._scalar(scalar),) * self.length
            case "METRIC_COUNT", (array,):
                return float(len(self._array(array)))
            case (("FIRST" | "LAST"), (array,)):
                return self._array(array)[0 if function == "FIRST" else -1]
            case "FILL", (series, filler):
                return _of_each_series(lambda one: self._filled(one, filler), self.value(series))
            case "IF", (condition, *branches) if len(branches) in (1, 2):
                return self._chosen(self.value(condition), [self.value(branch) for branch in branches])
            case _, (argument,) if function in _OF_EACH:
                return _each(_OF_EACH[function], self.value(argument))
            case _, (argument,) if function in _AGGREGATES:
                return self._aggregate(_AGGREGATES[function], self.value(argument))
            case _, (argument,) if function in _ALONG_TIME:
                along = _ALONG_TIME[function]
                return _of_each_series(lambda one: along(one, self.period_seconds), self.value(argument))
        raise UnknownSyntaxError(self.expression)

    def _scalar(self, node: Node) -> Scalar:
        value = self.value(node)
        if isinstance(value, (tuple, list)):
            raise UnknownSyntaxError(self.expression)
        return value

    def _array(self, node: Node) -> Array:
        value = self.value(node)
        if not isinstance(value, list) or not value:
            raise UnknownSyntaxError(self.expression)
        return value

    def _series(self, node: Node) -> Array:
        """The series of an item of an array, which can be an array itself."""
        value = self.value(node)
        if isinstance(value, list):
            return value
        if isinstance(value, tuple):
            return [value]
        raise UnknownSyntaxError(self.expression)

    def _aggregate(self, function: Callable[[Series], float | None], value: Value) -> Value:
        """A number of one series; a series of an array, over the values of each time."""
        if isinstance(value, list):
            return tuple(function(values) for values in zip(*value, strict=True))
        if isinstance(value, tuple):
            return function(value)
        raise UnknownSyntaxError(self.expression)

    def _filled(self, series: Series, filler: Node) -> Series:
        match filler:
            case Keyword("REPEAT"):
                return _repeated(series)
            case Keyword("LINEAR"):
                return _interpolated(series)
        value = self.value(filler)
        if isinstance(value, list):
            raise UnknownSyntaxError(self.expression)
        others = value if isinstance(value, tuple) else (value,) * self.length
        return tuple(other if own is None else own for own, other in zip(series, others, strict=True))

    def _chosen(self, condition: Value, branches: Sequence[Value]) -> Value:
        """The second argument where the first is not 0, the third where it is 0, no value where the first has none.

        Where the first has no value it counts as 0, where the second has none there is none.
        """
        if any(isinstance(value, list) for value in (condition, *branches)):
            raise UnknownSyntaxError(self.expression)
        conditions, then, other = (
            value if isinstance(value, tuple) else (value,) * self.length
            for value in (condition, branches[0], branches[1] if len(branches) > 1 else None)
            if not isinstance(value, list)
        )
        return tuple(
            None if test is None else (yes or 0.0) if test else no
            for test, yes, no in zip(conditions, then, other, strict=True)
        )


def _combined(function: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """An operator between two values; one between a series and an array takes each series of the array."""
    match left, right:
        case list(), list():
            raise UnknownSyntaxError(_BAD_ARGUMENT)
        case list(), _:
            return [series for one in left if isinstance(series := _combined(function, one, right), tuple)]
        case _, list():
            return [series for one in right if isinstance(series := _combined(function, left, one), tuple)]
        case tuple(), tuple():
            return tuple(_at_one_time(function, *pair) for pair in zip(left, right, strict=True))
        case tuple(), (int() | float() | None) as scalar:
            return tuple(None if value is None else _at_one_time(function, value, scalar) for value in left)
        case (int() | float() | None) as scalar, tuple():
            return tuple(None if value is None else _at_one_time(function, scalar, value) for value in right)
        case (int() | float() | None) as one, (int() | float() | None) as other:
            return _at_one_time(function, one, other)
    raise UnknownSyntaxError(_BAD_ARGUMENT)


def _at_one_time(function: Callable[[float, float], float], left: float | None, right: float | None) -> float | None:
    """A missing value beside another counts as 0; what has no result, like a division by zero, is left out."""
    if left is None and right is None:
        return None
    try:
        return float(function(left or 0, right or 0))
    except (ArithmeticError, TypeError, ValueError):
        return None


def _of_each_series(function: Callable[[Series], Series], value: Value) -> Value:
    if isinstance(value, list):
        return [function(series) for series in value]
    if isinstance(value, tuple):
        return function(value)
    raise UnknownSyntaxError(_BAD_ARGUMENT)


def _each(function: Callable[[float], float], value: Value) -> Value:
    if isinstance(value, (tuple, list)):
        return _of_each_series(lambda series: tuple(_of_one(function, item) for item in series), value)
    return _of_one(function, value)


def _of_one(function: Callable[[float], float], value: float | None) -> float | None:
    try:
        return None if value is None else float(function(value))
    except ValueError:
        return None


def _repeated(series: Series) -> Series:
    """Each missing value is the one before it; those before the first value stay missing."""
    last: float | None = None
    return tuple(last := last if value is None else value for value in series)


def _interpolated(series: Series) -> Series:
    """Each missing value lies on the line between the values around it; those at the ends stay missing."""
    known = [index for index, value in enumerate(series) if value is not None]
    found = list(series)
    for before, after in itertools.pairwise(known):
        start, end = series[before] or 0.0, series[after] or 0.0
        for index in range(before + 1, after):
            found[index] = start + (end - start) * (index - before) / (after - before)
    return tuple(found)


def _changes(series: Series, change: Callable[[float, int], float]) -> Series:
    """For each value but the first: what `change` makes of the difference to the value before, and of the distance."""
    last: int | None = None
    found: list[float | None] = []
    for index, value in enumerate(series):
        before = None if last is None else series[last]
        if value is None or before is None or last is None:
            found.append(None)
        else:
            found.append(change(value - before, index - last))
        last = last if value is None else index
    return tuple(found)


def _running_sum(series: Series) -> Series:
    total = 0.0
    return tuple(None if value is None else (total := total + value) for value in series)


_ALONG_TIME: Final[dict[str, Callable[[Series, int], Series]]] = {
    "DIFF": lambda series, _: _changes(series, lambda difference, _: difference),
    "DIFF_TIME": lambda series, period: _changes(series, lambda _, distance: float(distance * period)),
    "RATE": lambda series, period: _changes(series, lambda difference, distance: difference / (distance * period)),
    "RUNNING_SUM": lambda series, _: _running_sum(series),
}
