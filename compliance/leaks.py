"""Finds secrets in texts that are stored or shown, like a state or a plan."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Shorter values match by chance.
_SHORTEST: Final = 8
_WRITE_ONLY: Final = "_wo"
# `has_value_wo` only says that there is a value.
_FLAG: Final = "has_"


@dataclass(frozen=True, kw_only=True)
class SecretFinding:
    """A secret that a text contains; its value is not repeated."""

    secret: str
    """Its name."""
    text: str
    """The name of the text."""

    def __str__(self) -> str:
        """As a line of a report."""
        return f"{self.text} contains {self.secret}"


def leaks(texts: Mapping[str, str], secrets: Mapping[str, str]) -> list[SecretFinding]:
    """The secrets in each text, plain or encoded as base64, URL or JSON.

    Args:
        texts: State, plan, JSON or log, by a name.
        secrets: Values by name.

    Raises:
        ValueError: There is no text or no secret, or a secret is too short: the result would prove nothing.
    """
    if not texts or not secrets:
        message = f"{len(texts)} texts and {len(secrets)} secrets: there must be at least one of each"
        raise ValueError(message)
    for name, value in secrets.items():
        if len(value) < _SHORTEST:
            message = f"{name} has {len(value)} characters; it must have {_SHORTEST} or more"
            raise ValueError(message)
    return [
        SecretFinding(secret=secret, text=name)
        for name, text in texts.items()
        for secret, value in secrets.items()
        if any(form in text for form in _forms(value))
    ]


def _forms(value: str) -> Iterator[str]:
    yield value
    yield quote(value, safe="")
    yield json.dumps(value)[1:-1]
    encoded = value.encode()
    # In a longer text the value can start at any of the three positions of a base64 group; the middle is the same.
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + encoded).decode()
        yield text[4 if shift else 0 : len(text) // 4 * 4 - 4]


def kept_write_only(document: object, path: str = "") -> Iterator[str]:
    """Paths of write-only arguments that have a value in a state, or in a plan as JSON: there must be none.

    A plan's `configuration` is the input, not the result, and is left out.
    """
    if isinstance(document, dict):
        for key, value in document.items():
            if path == "" and key == "configuration":
                continue
            # A plan also marks arguments as sensitive or unknown: `true` in the same places.
            if key.endswith(_WRITE_ONLY) and not key.startswith(_FLAG):
                if value not in (None, True):
                    yield f"{path}.{key}"
            else:
                yield from kept_write_only(value, f"{path}.{key}")
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from kept_write_only(value, f"{path}[{index}]")
