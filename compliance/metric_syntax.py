"""The syntax of CloudWatch's metric math.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<operator>==|!=|<=|>=|&&|\|\||[-+*/^<>()\[\],]))"
)
_COMPARISONS: Final = ("==", "!=", "<=", ">=", "<", ">")
_OR: Final = {"OR": "OR", "||": "OR"}
_AND: Final = {"AND": "AND", "&&": "AND"}


class UnknownSyntaxError(Exception):
    """The expression has an operator or a function that is not known here."""


@dataclass(frozen=True)
class Number:
    """A scalar."""

    value: float


@dataclass(frozen=True)
class Text:
    """A string, as METRICS takes one."""

    value: str


@dataclass(frozen=True)
class Name:
    """The id of a metric or of another expression."""

    id: str


@dataclass(frozen=True)
class Keyword:
    """A word in uppercase letters without arguments, like REPEAT."""

    word: str


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Items:
    """An array of time series: `[m1, m2]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Negative:
    """`-m1`."""

    operand: Node


@dataclass(frozen=True)
class Binary:
    """An operator between two values."""

    operator: str
    left: Node
    right: Node


Node = Number | Text | Name | Keyword | Call | Items | Negative | Binary


def parse(expression: str) -> Node:
    """The tree of an expression.

    Raises:
        UnknownSyntaxError: It is not a valid expression.
    """
    return _Parser(expression).expression()


def names(node: Node) -> set[str]:
    """The ids of the metrics and expressions that an expression names."""
    match node:
        case Name(id_):
            return {id_}
        case Call(_, parts) | Items(parts):
            return set().union(*map(names, parts))
        case Negative(operand):
            return names(operand)
        case Binary(_, left, right):
            return names(left) | names(right)
        case _:
            return set()


def functions(node: Node) -> set[str]:
    """The functions that an expression calls."""
    match node:
        case Call(function, arguments):
            return {function}.union(*map(functions, arguments))
        case Items(items):
            return set().union(*map(functions, items))
        case Negative(operand):
            return functions(operand)
        case Binary(_, left, right):
            return functions(left) | functions(right)
        case _:
            return set()


class _Parser:
    """Reads from the operator that binds least, OR, to the one that binds most, the power."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise UnknownSyntaxError(text)
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        self._next = 0

    def expression(self) -> Node:
        """All of the text."""
        node = self._or()
        if self._next != len(self._tokens):
            raise UnknownSyntaxError(self._text)
        return node

    def _or(self) -> Node:
        node = self._and()
        while self._peek() in _OR:
            node = Binary(_OR[self._take()], node, self._and())
        return node

    def _and(self) -> Node:
        node = self._comparison()
        while self._peek() in _AND:
            node = Binary(_AND[self._take()], node, self._comparison())
        return node

    def _comparison(self) -> Node:
        node = self._sum()
        if self._peek() in _COMPARISONS:
            return Binary(self._take(), node, self._sum())
        return node

    def _sum(self) -> Node:
        node = self._product()
        while self._peek() in ("+", "-"):
            node = Binary(self._take(), node, self._product())
        return node

    def _product(self) -> Node:
        node = self._unary()
        while self._peek() in ("*", "/"):
            node = Binary(self._take(), node, self._unary())
        return node

    def _unary(self) -> Node:
        if self._peek() == "-":
            self._take()
            return Negative(self._unary())
        node = self._atom()
        if self._peek() == "^":
            return Binary(self._take(), node, self._unary())
        return node

    def _atom(self) -> Node:  # noqa: PLR0911 (one per kind)
        kind = self._tokens[self._next][0] if self._next < len(self._tokens) else ""
        token = self._take()
        match kind, token:
            case "number", _:
                return Number(float(token))
            case "text", _:
                return Text(token[1:-1])
            case "name", _ if self._peek() == "(":
                self._take()
                return Call(token, self._until(")"))
            case "name", _ if token.isupper():
                return Keyword(token)
            case "name", _:
                return Name(token)
            case _, "(":
                node = self._or()
                self._require(")")
                return node
            case _, "[":
                return Items(self._until("]"))
        raise UnknownSyntaxError(self._text)

    def _until(self, end: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while self._peek() != end:
            if found:
                self._require(",")
            found.append(self._or())
        self._take()
        return tuple(found)

    def _peek(self) -> str | None:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else None

    def _take(self) -> str:
        token = self._peek()
        if token is None:
            raise UnknownSyntaxError(self._text)
        self._next += 1
        return token

    def _require(self, token: str) -> None:
        if self._take() != token:
            raise UnknownSyntaxError(self._text)
