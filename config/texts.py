"""What no text of a setting may have, whichever setting it is: a secret, and what would not arrive as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from unicodedata import combining, is_normalized, normalize

from config.errors import Problem, render_part
from console.secret_texts import shapes_in

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_texts(settings: Mapping[str, Any], *, judged_alone: frozenset[str]) -> Iterator[Problem]:
    """Yield the problems of all texts of a table, but not of the tables in it.

    Args:
        settings: The table's settings by their names.
        judged_alone: Those that a check of the table searches for secrets, because it knows more than the text.
    """
    for name, value in settings.items():
        for key, text in _texts(name, value):
            if name not in judged_alone and (shape := next(shapes_in(text), None)):
                yield Problem(
                    key=key, allowed=f"contains {shape}, which would be readable in the state and in plans; remove it"
                )
            elif wrong := _changed(text):
                yield Problem(key=key, allowed=wrong)


def _changed(text: str) -> str | None:
    """What is wrong with a text that would be another one in AWS.

    Terraform normalizes texts (https://developer.hashicorp.com/terraform/language/expressions/types#string), and no
    program takes the character U+0000 in its arguments and variables.
    """
    if "\0" in text:
        return "must not have the character U+0000, which ends a text; remove it"
    if is_normalized("NFC", text):
        return None
    wrong = next(part for part in (*_parts(text), text) if not is_normalized("NFC", part))
    return f"has {_codes(wrong)}, which Terraform would change to {_codes(normalize('NFC', wrong))}; write that instead"


def _parts(text: str) -> Iterator[str]:
    """The parts of a text that are normalized together: a character and those that combine with it."""
    start = 0
    for index, character in enumerate(text):
        if index > start and not combining(character):
            yield text[start:index]
            start = index
    yield text[start:]


def _codes(text: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in text)


def _texts(key: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield key, value
        case tuple():
            for index, item in enumerate(value):
                yield from _texts(f"{key}[{index}]", item)
        case Mapping():
            for name, item in value.items():
                yield from _texts(f"{key}.{render_part(str(name))}", item)
