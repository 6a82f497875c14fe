"""Whether a text that is kept or shown, like a state or a plan, has a secret in it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Shorter ones are found by accident.
_SHORTEST: Final = 8
_WRITE_ONLY: Final = "_wo"
# `has_value_wo` tells that there is one.
_FLAG: Final = "has_"


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A secret that a text holds; the secret itself is not repeated."""

    secret: str
    """Its name."""
    text: str
    """The name of the text."""

    def __str__(self) -> str:
        """As a line of a report."""
        return f"{self.text} holds {self.secret}"


def leaks(texts: Mapping[str, str], secrets: Mapping[str, str]) -> list[Leak]:
    """What each text holds of the secrets, as they are or in a usual dress: base64, URL, JSON.

    Args:
        texts: State, plan, JSON or log, by a name.
        secrets: Values by name.

    Raises:
        ValueError: There is no text or no secret, or one too short to look for: nothing would be proved.
    """
    if not texts or not secrets:
        message = f"{len(texts)} texts and {len(secrets)} secrets: there is nothing to look for"
        raise ValueError(message)
    for name, value in secrets.items():
        if len(value) < _SHORTEST:
            message = f"{name} has {len(value)} characters; fewer than {_SHORTEST} are found by accident"
            raise ValueError(message)
    return [
        Leak(secret=secret, text=name)
        for name, text in texts.items()
        for secret, value in secrets.items()
        if any(form in text for form in _forms(value))
    ]


def _forms(value: str) -> Iterator[str]:
    yield value
    yield quote(value, safe="")
    yield json.dumps(value)[1:-1]
    encoded = value.encode()
    # In a longer text the value may begin at any of three places of base64's groups; the middle is the same.
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + encoded).decode()
        yield text[4 if shift else 0 : len(text) // 4 * 4 - 4]


def kept_write_only(document: object, path: str = "") -> Iterator[str]:
    """Paths of write-only arguments that a state, or a plan as JSON, has a value for: there must be none.

    A plan's `configuration` is what was written by us, not what came of it, and is left out.
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
