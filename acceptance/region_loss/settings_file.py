"""Changes of an environment's file, as a person makes them: lines of one table, which leave all others as they are."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_settings(text: str, added: str, variables: Mapping[str, str]) -> str:
    """The file with the tables and lines of a block: a line of a table that is there replaces the one before.

    Args:
        text: The file.
        added: The block, with `$NAME` for what the commands before it have found.
        variables: Their values.

    Raises:
        KeyError: The block names a variable that no command has set.
    """
    block = string.Template(added).substitute(variables)
    for table in re.split(r"(?m)^(?=\[)", block):
        if table.strip():
            head, _, lines = table.partition("\n")
            text = _with_table(text, re.sub(r"\s+#.*$", "", head).strip(), lines)
    return text


def without_table(text: str, name: str) -> str:
    """The file without one table; its comment above it stays."""
    return re.sub(rf"(?ms)^\[{re.escape(name)}\][^\n]*\n.*?(?=^\[|^\#|\Z)", "", text)


def _with_table(text: str, head: str, lines: str) -> str:
    found = re.search(rf"(?m)^{re.escape(head)}[^\n]*\n", text)
    if found is None:
        return f"{text.rstrip()}\n\n{head}\n{lines.rstrip()}\n"
    end = re.compile(r"(?m)^\[").search(text, found.end())
    body = text[found.end() : end.start() if end else len(text)]
    for line in lines.splitlines():
        key = line.partition("=")[0].strip()
        if key:
            body = re.sub(rf"(?m)^{re.escape(key)}\s*=[^\n]*\n", "", body)
    return f"{text[: found.end()]}{lines.rstrip()}\n{body}{text[end.start() :] if end else ''}"
