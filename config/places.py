"""Where the settings of a TOML file stand in it: line and column, which editors, terminals and CI can open."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate
from typing import Final, NamedTuple

from config.errors import Place, Problem, join_key, render_part

_BLANK: Final = re.compile(r"(?:\s|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_STRING: Final = re.compile(
    r"""
    \"{3} (?:\\.|[^\\])*? \"{3} \"{0,2}
    | '{3} .*? '{3} '{0,2}
    | " (?:\\.|[^"\\\n])* "
    | ' [^'\n]* '
    """,
    re.DOTALL | re.VERBOSE,
)
"""One of several lines ends with the last of up to five quotes: https://toml.io/en/v1.0.0#string"""

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_LAST_PART: Final = re.compile(r"""(?:^|\.)(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*")$|\[\d+\]$""")
_BARE_VALUE: Final = re.compile(r"[^,\]}#\n]*")


def places(text: str) -> dict[str, Place]:
    """The place of each setting, table and entry of a list in a valid TOML text, by the key that messages have.

    A table that has several headings is where the first one is; of `a.b.c = 1`, all three are where it begins.
    """
    return dict(_Scan(text).run())


def placed(problems: Iterable[Problem], text: str) -> list[Problem]:
    """The problems, each with its place; what is missing is at the table or list around it, if that is in the file."""
    try:
        known = places(text)
    except (RecursionError, IndexError, ValueError):  # nested too deeply, or not TOML: then the parser has said where
        known = {}
    return [replace(problem, place=problem.place or _place_of(problem.key, known)) for problem in problems]


def _place_of(key: str, known: Mapping[str, Place]) -> Place | None:
    while key and key not in known:
        key = _LAST_PART.sub("", key, count=1) if _LAST_PART.search(key) else ""
    return known.get(key)


class _Key(NamedTuple):
    parts: tuple[str, ...]
    start: int


class _Scan:
    """One pass over the text, which the parser has accepted: nothing is checked here."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._entries: dict[str, int] = {}

    def run(self) -> Iterator[tuple[str, Place]]:
        found: dict[str, Place] = {}
        table = ""
        while self._skip(_BLANK) < len(self._text):
            start = self._at
            if self._text[start] == "[":
                is_list = self._text.startswith("[[", start)
                self._at += 2 if is_list else 1
                table = self._heading(self._key().parts, is_list=is_list, start=start, found=found)
                self._at = self._text.index("]", self._at) + (2 if is_list else 1)
            else:
                self._pair(table, found)
        yield from found.items()

    def _heading(self, parts: tuple[str, ...], *, is_list: bool, start: int, found: dict[str, Place]) -> str:
        """The key of the table that a heading begins: below a list of tables, of its last entry."""
        key = ""
        for number, part in enumerate(parts, start=1):
            key = join_key(key, part)
            found.setdefault(key, self._place(start))
            if is_list and number == len(parts):
                self._entries[key] = self._entries.get(key, -1) + 1
            if key in self._entries:
                key = join_key(key, f"[{self._entries[key]}]")
                found.setdefault(key, self._place(start))
        return key

    def _pair(self, table: str, found: dict[str, Place]) -> None:
        key, name = self._key(), table
        for part in key.parts:
            name = join_key(name, part)
            found.setdefault(name, self._place(key.start))
        self._at = self._text.index("=", self._at) + 1
        self._skip(_SPACE)
        self._value(name, found)

    def _value(self, key: str, found: dict[str, Place]) -> None:
        character = self._text[self._at]
        if character == "[":
            self._list(key, found)
        elif character == "{":
            self._at += 1
            while self._skip(_BLANK) >= 0 and self._text[self._at] != "}":
                self._pair(key, found)
                self._skip(_BLANK)
                self._at += self._text[self._at] == ","
            self._at += 1
        elif string := _STRING.match(self._text, self._at):
            self._at = string.end()
        else:
            self._skip(_BARE_VALUE)

    def _list(self, key: str, found: dict[str, Place]) -> None:
        self._at += 1
        number = 0
        while self._text[self._skip(_BLANK)] != "]":
            entry = join_key(key, f"[{number}]")
            found.setdefault(entry, self._place(self._at))
            self._value(entry, found)
            self._skip(_BLANK)
            self._at += self._text[self._at] == ","
            number += 1
        self._at += 1

    def _key(self) -> _Key:
        self._skip(_SPACE)
        start, parts = self._at, []
        while True:
            self._skip(_SPACE)
            found = _BARE_KEY.match(self._text, self._at)
            if found:
                parts.append(found[0])
                self._at = found.end()
            else:
                string = _STRING.match(self._text, self._at)
                if string is None:  # not reached for a text that is valid
                    break
                parts.append(render_part(tomllib.loads(f"text = {string[0]}")["text"]))
                self._at = string.end()
            if self._text[self._skip(_SPACE) : self._at + 1] != ".":
                break
            self._at += 1
        return _Key(tuple(parts), start)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _place(self, offset: int) -> Place:
        line = bisect_right(self._lines, offset)
        return Place(line, offset - self._lines[line - 1] + 1)
