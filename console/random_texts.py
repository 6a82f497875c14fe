"""Texts that look as if a generator of secrets made them: long, and without words.

How often the kind of character changes (uppercase, lowercase, digit) tells them from names, which are made of words.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from console.secret_texts import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

_KNOWN: Final = re.compile(
    r"-----BEGIN (?:[A-Z0-9 ]*PUBLIC KEY|CERTIFICATE)-----[A-Za-z0-9+/=\s\\]*"
    r"|\b(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-\w+)\s+[A-Za-z0-9+/]+=*"
    r"|\bsha(?:1|256|384|512)[:-][A-Za-z0-9+/_-]+=*"
    r"|\bdata:[\w/+.-]+;base64,[A-Za-z0-9+/]+=*"
    r"|(?i:\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)"
    r"|\barn:[^\s,\"']+"
    r"|\b[a-z][a-z0-9+.-]*://[^\s?#\"']+"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|dev|aws|internal|local)\b"
)
"""What is long, without words, and no secret: public keys, digests, images, UUIDs, ARNs, addresses, names of hosts."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
_PIECE: Final = re.compile(r"[A-Za-z0-9]+")
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_SHORTEST: Final = 22
"""Letters and digits from which on a text is judged."""

_LEAST_DIGITS: Final = 2
"""Of a text with letters of one case; the others are told from words by their cases."""

_MOST_DIGITS: Final = 0.7
"""The share of digits above which a text is a number with some letters, like a time."""

_CHANGES_OF_ALL: Final = 0.3
"""Changes per character; 0.62 on average if letters of both cases and digits are drawn at random."""

_WORD: Final = re.compile(r"[A-Z]?[a-z]{3,}")
_MOST_WORDS: Final = 0.5
"""The share of characters in words above which a text is a name in CamelCase."""

_CHANGES_OF_TWO: Final = 0.2
"""The same with letters of one case, where it is 0.40, and 0.31 in base32."""

_CHANGES_OF_HEXADECIMAL: Final = 0.25
"""The same for hexadecimal digits, where it is 0.47."""

_KINDS: Final = ("lower", "upper", "digit")


def is_random(text: str) -> bool:
    """Whether the text has a part that looks as if it was made at random, and is of no known harmless form."""
    for token in _TOKEN.finditer(_KNOWN.sub(" ", text)):
        decoded = decode(token[0])
        if decoded is None:
            if any(map(_looks_random, _parts(token[0]))):
                return True
        elif is_random(decoded):
            return True
    return False


def _parts(token: str) -> Iterator[str]:
    pieces = _PIECE.findall(token)
    yield from pieces
    whole = "".join(pieces)
    if len({*map(_kind, whole)}) == len(_KINDS):
        yield whole  # base64 has + and /, or - and _, among letters of both cases


def _looks_random(part: str) -> bool:
    kinds = [_kind(character) for character in part]
    used = {*kinds}
    changes = sum(first != second for first, second in pairwise(kinds)) / max(len(part) - 1, 1)
    if len({*part}) < len("0123456789"):
        return False
    if _HEXADECIMAL.fullmatch(part):
        return len(used) > 1 and changes >= _CHANGES_OF_HEXADECIMAL
    digits = kinds.count(_KINDS[-1])
    if len(part) < _SHORTEST or not digits or digits > _MOST_DIGITS * len(part):
        return False
    if len(used) == len(_KINDS):
        words = sum(len(word) for word in _WORD.findall(part))
        return changes >= _CHANGES_OF_ALL and words <= _MOST_WORDS * len(part)
    return changes >= _CHANGES_OF_TWO and digits >= _LEAST_DIGITS


def _kind(character: str) -> str:
    lower, upper, digit = _KINDS
    return digit if character.isdigit() else upper if character.isupper() else lower
