"""What looks like a secret in a text: the one list of it, for settings, for rules on the JSON, and for masks of plans.

A text is judged by its shape here, and a variable by its name and its value together in `secret_variables.py`.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_REFERENCE: Final = (
    r"\$\w+|\$\{[^}]{0,99}\}|\$\([^)]{0,99}\)|<[^>]{0,99}>|\{[^}]{0,99}\}+|%\([^)]{0,99}\)s|%\{[^}]{0,99}\}|\*+"
)
"""What stands in the place of a value that is known later, in the ways of shells, Spring, Python and documents."""

SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "an AWS access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a private key": re.compile(
        r"(?:-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-)[A-Za-z0-9+/=\s\\]*"
    ),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})"),
    "a GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "an npm token": re.compile(r"\bnpm_[A-Za-z0-9]{36}\b"),
    "a PyPI token": re.compile(r"\bpypi-AgEI[A-Za-z0-9_-]{20,}"),
    "a Docker Hub token": re.compile(r"\bdckr_[a-z]{3,4}_[A-Za-z0-9_-]{20,}"),
    "a Slack token": re.compile(r"\b(?:xox[abeoprs]|xapp)-[0-9A-Za-z-]{10,}"),
    "the address of a webhook with its token": re.compile(
        r"https://(?:hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{10,}"
        r"|(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,})"
    ),
    "a Stripe key": re.compile(r"\b(?:[sr]k_(?:live|test)_[0-9A-Za-z]{16,}|whsec_[0-9A-Za-z+/=]{24,})"),
    "a SendGrid key": re.compile(r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
    "a key of a language model": re.compile(r"\bsk-(?:ant-|proj-|svcacct-)[A-Za-z0-9_-]{20,}"),
    "a Vault token": re.compile(r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}"),
    "a key of an Azure account": re.compile(r"\b(?:Account|SharedAccess)Key=[A-Za-z0-9+/]{40,}={0,2}"),
    "an Authorization header": re.compile(
        r"(?i:\b(?:basic|bearer)\s+)(?=[^\s\"']{0,99}[0-9A-Z])[A-Za-z0-9+/_.~-]{16,}={0,2}"
    ),
    "a password in clear text": re.compile(
        r"(?i:(?<![a-z])[a-z_-]{0,40}(?:password|passwd|secret_?access_?key|secret_?key|client_?secret|api_?key"
        r"|(?:access|auth)_?token)[\"']?\s*[=:]\s*[\"']?)(?=[^\s\"']{0,99}[0-9])(?![\"'$<{(%/*]|arn:)[^\s\"'$<{(;,&|]{8,}"
        rf"|(?i:[?&;]\s*(?:password|passwd|pwd)\s*=\s*)(?!{_REFERENCE})[^\s\"'&;]+"
    ),
    "an address with a password": re.compile(
        rf"\b[A-Za-z][A-Za-z0-9+.-]{{1,30}}://[^\s/:@\"'<>]{{0,99}}:(?!(?:{_REFERENCE})@|\d{{1,5}}/)[^\s@\"']{{1,299}}@"
    ),
}
"""What a text contains that is a secret wherever it stands.

The issuers document these forms, for example:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
https://docs.stripe.com/keys
https://api.slack.com/authentication/token-types
https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1
"""

OFTEN_PUBLIC: Final[Mapping[str, re.Pattern[str]]] = {
    "a signed token": re.compile(r"\beyJ[\w-]{6,}\.eyJ[\w-]{6,}\.[\w-]{6,}"),
    "a Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),
}
"""The same for a text that is a secret unless it is sent to browsers on purpose.

https://www.rfc-editor.org/rfc/rfc7519#section-3.1
https://docs.cloud.google.com/docs/authentication/api-keys
"""

ENCODED_PAIR: Final = "an encoded user and password"

_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}")
_PAIR: Final = re.compile(r"[^\s:/{}\"]{1,64}:(?!//|\d+$)[^\s:{}\"]{4,}")
_DEPTH: Final = 2
"""Encodings inside of each other that are opened."""


def shapes_in(text: str, *, is_public: bool = False, depth: int = _DEPTH) -> Iterator[str]:
    """What the text contains of the list, also if it is encoded as base64.

    Args:
        text: Any text.
        is_public: Whether it is sent to browsers on purpose, as the name of its variable says.
        depth: Encodings inside of each other that are opened.
    """
    found = dict.fromkeys(_plain_shapes(text, is_public=is_public))
    if depth:
        for encoded in _BASE64.finditer(text):
            if decoded := decode(encoded[0]):
                found |= dict.fromkeys([ENCODED_PAIR] if _PAIR.fullmatch(decoded) else [])
                found |= dict.fromkeys(shapes_in(decoded, is_public=is_public, depth=depth - 1))
    yield from found


def decode(text: str) -> str | None:
    """What a text means as base64, in either alphabet; None unless that is a text itself."""
    standard = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        decoded = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return decoded if decoded.isascii() and all(c.isprintable() or c in "\r\n\t" for c in decoded) else None


def without_shapes(text: str, hidden: str) -> str:
    """The text with `hidden` in place of all that it contains of the list in clear."""
    for pattern in (*SHAPES.values(), *OFTEN_PUBLIC.values()):
        text = pattern.sub(hidden, text)
    return text


def _plain_shapes(text: str, *, is_public: bool) -> Iterator[str]:
    patterns = SHAPES if is_public else {**SHAPES, **OFTEN_PUBLIC}
    return (shape for shape, pattern in patterns.items() if pattern.search(text))
