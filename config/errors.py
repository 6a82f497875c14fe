"""The errors of an environment file: file, key, value, what is allowed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Final

_VALUE_LENGTH = 60
"""Characters of a value in an error line; enough for the start of an ARN, short enough for one line."""

_VALUE_DEPTH = 4
"""Levels of nested tables in an error line."""

_DECIMAL_BITS = 1000
"""Larger numbers are shown in hexadecimal: Python refuses to write decimal numbers of more than 4300 digits."""


class Missing(Enum):
    """The value of a setting that is not in the file."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One error, with what is needed to fix it."""

    key: str
    """The setting, like `network.zones[0].public_cidr`; empty for the file as a whole."""

    value: object = MISSING
    """The value in the file, or MISSING."""

    allowed: str
    """What is wrong and what is allowed."""

    def __str__(self) -> str:
        """`key = value: what is allowed`, on one line."""
        setting = self.key if self.value is MISSING else f"{self.key} = {render_value(self.value)}"
        return one_line(f"{setting}: {self.allowed}" if setting else self.allowed)

    def below(self, parent: str) -> "Problem":
        """The same problem, with the key relative to the parent table."""
        return Problem(key=join_key(parent, self.key), value=self.value, allowed=self.allowed)


class ConfigError(Exception):
    """An environment's settings are not valid; `str()` has one line per problem.

    Exception
    └── ConfigError
    """

    def __init__(self, *problems: Problem, file: Path | None = None) -> None:
        self.problems = problems
        self.file = file
        super().__init__(*problems)

    def __str__(self) -> str:
        prefix = f"{one_line(str(self.file))}: " if self.file else ""
        return "\n".join(f"{prefix}{problem}" for problem in self.problems)


def join_key(parent: str, key: str) -> str:
    """Join keys: `network` and `cidr` to `network.cidr`; `zones` and `[0]` to `zones[0]`."""
    return f"{parent}{'.' if parent and key and not key.startswith('[') else ''}{key}"


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
            text = json.dumps(value, ensure_ascii=not value.isprintable())
        case bool():
            text = str(value).lower()
        case int() if value.bit_length() > _DECIMAL_BITS:
            text = hex(value)
        case list() | tuple():
            text = f"[{', '.join(_toml(item, depth + 1) for item in value[:_VALUE_LENGTH])}]"
        case Mapping():
            items = list(value.items())[:_VALUE_LENGTH]
            text = f"{{{', '.join(f'{key} = {_toml(item, depth + 1)}' for key, item in items)}}}"
        case _:
            text = str(value)
    return text
