"""The errors of an environment file: file, key, value, what is allowed."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

from console.errors import ToldError
from console.mask import HIDDEN
from console.secret_texts import shapes_in
from console.secret_variables import why_secret

_VALUE_LENGTH = 60
"""Characters of a value in an error line; enough for the start of an ARN, short enough for one line."""

_LINE_LENGTH = 80
"""Characters of a file's line that are shown with an error."""

_VALUE_DEPTH = 4
"""Levels of nested tables in an error line."""

_VARIABLES = "environment."
"""What the key of a variable has before its name."""

_DECIMAL_BITS = 1000
"""Larger numbers are shown in hexadecimal: Python refuses to write decimal numbers of more than 4300 digits."""


class Missing(Enum):
    """The value of a setting that is not in the file."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


class Place(NamedTuple):
    """A place in a file: line and column, both from 1, the column in characters."""

    line: int
    column: int

    def line_in(self, text: str) -> str:
        """The line of a text; the part around the column if it is long."""
        line = text.split("\n")[self.line - 1].removesuffix("\r")
        first = max(0, self.column - _LINE_LENGTH // 2)
        last = first + _LINE_LENGTH
        return one_line(f"{'...' if first else ''}{line[first:last]}{'...' if line[last:] else ''}")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One error, with what is needed to fix it."""

    key: str
    """The setting, like `network.zones[0].public_cidr`; empty for the file as a whole."""

    value: object = MISSING
    """The value in the file, or MISSING."""

    allowed: str
    """What is wrong and what is allowed."""

    place: Place | None = field(default=None, compare=False)
    """Where it is in the file, if that is known."""

    def __str__(self) -> str:
        """`key = value: what is allowed`, on one line."""
        setting = self.key if self.value is MISSING else f"{self.key} = {self._shown()}"
        return one_line(f"{setting}: {self.allowed}" if setting else self.allowed)

    def _shown(self) -> str:
        _, _, variable = self.key.rpartition(_VARIABLES)
        hides = variable != self.key and why_secret(variable, str(self.value)) is not None
        return HIDDEN if hides else render_value(self.value)

    def below(self, parent: str) -> "Problem":
        """The same problem, with the key relative to the parent table."""
        return replace(self, key=join_key(parent, self.key))


class ConfigError(ToldError):
    """An environment's settings are not valid; `str()` has one line per problem, which begins with file:line:column.

    ToldError
    └── ConfigError
    """

    def __init__(self, *problems: Problem, file: Path | None = None) -> None:
        self.problems = problems
        self.file = file
        super().__init__(*problems)

    def __str__(self) -> str:
        return "\n".join(self._line(problem) for problem in self.problems)

    def _line(self, problem: Problem) -> str:
        place = f":{problem.place.line}:{problem.place.column}" if problem.place else ""
        prefix = f"{one_line(str(self.file))}{place}: " if self.file else ""
        return f"{prefix}{problem}"


def join_key(parent: str, key: str) -> str:
    """Join keys: `network` and `cidr` to `network.cidr`; `zones` and `[0]` to `zones[0]`."""
    return f"{parent}{'.' if parent and key and not key.startswith('[') else ''}{key}"


def render_part(part: str) -> str:
    """One part of a key as TOML writes it: quoted if it must be."""
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else render_value(part)


def render_value(value: object) -> str:
    """The value in TOML, cut if it is long."""
    text = _toml(value)
    return text if len(text) <= _VALUE_LENGTH else f"{text[: _VALUE_LENGTH - 3]}..."


def nearest(value: object, choices: Sequence[str]) -> str | None:
    """The choice that is most similar to the value, if one is similar enough."""
    close = get_close_matches(value, choices, n=1) if isinstance(value, str) else []
    return close[0] if close else None


def list_allowed(choices: Sequence[str], *, meant: str | None, quote: str = "") -> str:
    """The allowed values, after the most likely one: `did you mean b? Allowed: a, b`."""
    allowed = ", ".join(f"{quote}{choice}{quote}" for choice in choices)
    return f"did you mean {quote}{meant}{quote}? Allowed: {allowed}" if meant else f"allowed: {allowed}"


def one_line(text: str) -> str:
    """The text with line breaks and invisible characters escaped."""
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def _toml(value: object, depth: int = 0) -> str:
    if depth > _VALUE_DEPTH:
        return "..."
    match value:
        case str():
            shown = HIDDEN if any(shapes_in(value)) else value
            text = json.dumps(shown, ensure_ascii=not shown.isprintable())
        case bool():
            text = str(value).lower()
        case int() if value.bit_length() > _DECIMAL_BITS:
            text = hex(value)
        case list() | tuple():
            text = f"[{', '.join(_toml(item, depth + 1) for item in value[:_VALUE_LENGTH])}]"
        case Mapping():
            items = list(value.items())[:_VALUE_LENGTH]
            text = f"{{{', '.join(f'{key} = {_member(str(key), item, depth + 1)}' for key, item in items)}}}"
        case _:
            text = str(value)
    return text


def _member(name: str, value: object, depth: int) -> str:
    """A value with a name of its own, which may say that it is a secret."""
    return HIDDEN if isinstance(value, str) and why_secret(name, value) else _toml(value, depth)
