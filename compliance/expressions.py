"""Evaluates the expressions in Terraform JSON by which a policy can be written, as far as they are known before a plan.

Literals, objects, tuples, references and some functions: https://developer.hashicorp.com/terraform/language/expressions
What is not known stays as it is written, so that `"${aws_sqs_queue.q.arn}"` is the same in a policy of any form.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, Protocol

from compliance.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE: Final = re.compile(r"(?:\s|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_NAME: Final = re.compile(r"[A-Za-z_][\w-]*")
_KEYWORDS: Final = {"true": True, "false": False, "null": None}
_DEEPEST: Final = 50
"""No expression of a person is nested deeper; one that is cannot be read."""
Path = list[str | int]


class UnreadableError(Exception):
    """An expression whose value is not known before a plan."""


class Scope(Protocol):
    """What the names in an expression mean."""

    def value(self, path: Path) -> Any:  # noqa: ANN401 - JSON is of any type
        """The value of a reference like `local.a["b"]`; UnreadableError if it is not known."""

    def text_of(self, file: str) -> str:
        """The content of a file; UnreadableError if there is none that may be read."""


def render(text: str, scope: Scope, depth: int = 0) -> Any:  # noqa: ANN401 - JSON is of any type
    """The value of a text of Terraform JSON; what is not known stays in it as `${...}`.

    A text that is one expression has the value of that, of any type; `$${` stays, since it is text to Terraform.
    """
    pieces = list(interpolations(text))
    if len(pieces) == 1 and pieces[0] == (0, len(text)):
        return evaluate(text[2:-1], scope, depth + 1)
    rendered, end = "", 0
    for start, stop in pieces:
        value = evaluate(text[start + 2 : stop - 1], scope, depth + 1)
        rendered += text[end:start] + (text[start:stop] if isinstance(value, (dict, list)) else _text(value))
        end = stop
    return rendered + text[end:]


def evaluate(source: str, scope: Scope, depth: int = 0) -> Any:  # noqa: ANN401 - JSON is of any type
    """The value of an expression; `${source}` if it is not known."""
    parser = _Parser(source, scope, depth)
    try:
        value = parser.expression()
        parser.skip_space()
        if parser.at == len(source):
            return value
    except (UnreadableError, RecursionError):
        pass
    return f"${{{source}}}"


def interpolations(text: str) -> Iterator[tuple[int, int]]:
    """Where each `${...}` of a text begins and ends; `$${` begins none."""
    at = 0
    while (start := text.find("${", at)) >= 0:
        if start and text[start - 1] == "$":
            at = start + 2
            continue
        at = _end(text, start + 2)
        if at < 0:
            return
        yield start, at


def _end(text: str, at: int) -> int:  # noqa: C901 - one pass over the characters
    """The position after the brace that closes an expression; -1 if none does. Braces in strings do not count."""
    depth, quoted, templates = 1, False, list[int]()
    while at < len(text):
        character = text[at]
        if quoted:
            if character == "\\":
                at += 1
            elif character == '"':
                quoted = False
            elif text.startswith("${", at):
                templates.append(depth)
                depth, quoted, at = depth + 1, False, at + 1
        elif character == '"':
            quoted = True
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return at + 1
            if templates and templates[-1] == depth:
                templates.pop()
                quoted = True
        at += 1
    return -1


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class _Parser:
    """One expression and how far it is read."""

    def __init__(self, source: str, scope: Scope, depth: int) -> None:
        if depth > _DEEPEST:
            raise UnreadableError
        self.source, self.scope, self.depth, self.at = source, scope, depth, 0

    def skip_space(self) -> None:
        found = _SPACE.match(self.source, self.at)
        self.at = found.end() if found else self.at

    def expression(self) -> Any:  # noqa: ANN401 - JSON is of any type
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnreadableError
        self.skip_space()
        start = self.source[self.at : self.at + 1]
        if start == "{":
            value: Any = self._object()
        elif start == "[":
            value = self._items("]")
        elif start == '"':
            value = self._string()
        elif start == "(":
            self.at += 1
            value = self.expression()
            self._take(")")
        elif found := _NUMBER.match(self.source, self.at):
            self.at = found.end()
            value = float(found[0]) if set(found[0]) & set(".eE") else int(found[0])
        else:
            value = self._named()
        end = self.at
        if self._next() == "?":
            value = self._chosen(value)
        else:
            self.at = end
        self.depth -= 1
        return value

    def _chosen(self, condition: object) -> Any:  # noqa: ANN401 - JSON is of any type
        """One of two values, if the condition before them is known."""
        if not isinstance(condition, bool):
            raise UnreadableError
        self._take("?")
        first = self.expression()
        self._take(":")
        second = self.expression()
        return first if condition else second

    def _named(self) -> Any:  # noqa: ANN401 - JSON is of any type
        name = self._word()
        if name in _KEYWORDS:
            return _KEYWORDS[name]
        if self._next() == "(":
            arguments = self._items(")")
            if name == "file":
                return self.scope.text_of(str(arguments[0] if arguments else ""))
            try:
                return FUNCTIONS[name](*arguments)
            except (AttributeError, LookupError, TypeError, ValueError, RecursionError):
                raise UnreadableError from None
        path: Path = [name]
        while (character := self._next()) in {".", "["} and character:
            self.at += 1
            if character == ".":
                path.append(self._word())
            else:
                index = self.expression()
                self._take("]")
                path.append(index if isinstance(index, int) else str(index))
        return self.scope.value(path)

    def _object(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        while not self._closes("}"):
            self.skip_space()
            name = _NAME.match(self.source, self.at)
            if name and name[0] == "for":
                raise UnreadableError
            key = self._word() if name else str(self.expression())
            if self._next() not in {"=", ":"}:
                raise UnreadableError
            self.at += 1
            found[key] = self._element("},\n")
        return found

    def _items(self, closing: str) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        while not self._closes(closing):
            self.skip_space()
            if re.compile(r"for\b").match(self.source, self.at):
                raise UnreadableError
            found.append(self._element(f"{closing},"))
        return found

    def _element(self, ends: str) -> Any:  # noqa: ANN401 - JSON is of any type
        """An expression up to one of `ends`; as it is written if it is not known."""
        self.skip_space()
        start, depth = self.at, self.depth
        try:
            value = self.expression()
            space = _SPACE.match(self.source, self.at)
            after = space.end() if space else self.at
            if self.source[after : after + 1] in {*ends, ""} or "\n" in self.source[self.at : after]:
                return value
        except UnreadableError:
            pass
        self.depth = depth
        self.at = self._end_of_element(start, ends)
        return f"${{{self.source[start : self.at].strip()}}}"

    def _end_of_element(self, at: int, ends: str) -> int:
        depth, quoted = 0, False
        while at < len(self.source):
            character = self.source[at]
            if quoted:
                at += character == "\\"
                quoted = character != '"'
            elif character == '"':
                quoted = True
            elif depth == 0 and character in ends:
                return at
            elif character in "({[":
                depth += 1
            elif character in ")}]":
                depth -= 1
            at += 1
        raise UnreadableError

    def _closes(self, closing: str) -> bool:
        self.skip_space()
        while self._next() == ",":
            self.at += 1
            self.skip_space()
        if self.at >= len(self.source):
            raise UnreadableError
        if self.source[self.at] != closing:
            return False
        self.at += 1
        return True

    def _string(self) -> Any:  # noqa: ANN401 - JSON is of any type
        at = self.at + 1
        while at < len(self.source) and self.source[at] != '"':
            if self.source.startswith("${", at) and self.source[at - 1] != "$":
                at = _end(self.source, at + 2)
                if at < 0:
                    raise UnreadableError
            else:
                at += 1 + (self.source[at] == "\\")
        inner = self.source[self.at + 1 : at]
        self.at = at + 1
        return render(_unescaped(inner), self.scope, self.depth)

    def _word(self) -> str:
        self.skip_space()
        found = _NAME.match(self.source, self.at) or re.compile(r"\d+").match(self.source, self.at)
        if not found:
            raise UnreadableError
        self.at = found.end()
        return found[0]

    def _next(self) -> str:
        self.skip_space()
        return self.source[self.at : self.at + 1]

    def _take(self, character: str) -> None:
        if self._next() != character:
            raise UnreadableError
        self.at += 1


def _unescaped(text: str) -> str:
    """A quoted text without its escapes, but for those inside of `${...}`, which are of another text."""
    ends, result = 0, ""
    for start, stop in [*interpolations(text), (len(text), len(text))]:
        plain = text[ends:start]
        try:
            result += json.loads(f'"{plain}"', strict=False)
        except ValueError:
            result += plain
        result += text[start:stop]
        ends = stop
    return result
