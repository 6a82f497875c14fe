"""How much a pattern of actions or resources is about: `arn:aws:s3:::*a*` is nearly as much as `*`."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Final

from compliance.actions import actions, matching

if TYPE_CHECKING:
    from compliance.accounts import Accounts

_WILD: Final = re.compile(r"[*?]")
_PARTS: Final = 6
_FEWEST: Final = 3
"""A name that begins with fewer characters of text than this, and then a wildcard, is no name."""
_LONG_ENDING: Final = 8
"""So much text after the wildcard names something, where nobody else can choose the names."""
_WITHOUT_TYPE: Final = frozenset({"codecommit", "codepipeline", "execute-api", "s3", "sns", "sqs"})
"""Services whose ARNs begin with the name, not with `role/`."""
_TYPE: Final = re.compile(r"[\w-]*[/:]")
_SEPARATORS: Final = "/:-_"
_MASKS: Final = ("\x00", "\x01")
_MANY_ACTIONS: Final = 10


class Width(Enum):
    """How much a pattern of resources is about."""

    NAMED = "what it names"
    KIND = "everything of a kind in one account"
    EVERYTHING = "everything"


def width(pattern: str, accounts: Accounts) -> Width:
    """How much a resource in a statement is about."""
    masked = accounts.masked(pattern)
    if not _WILD.search(masked) or masked[:1] in _MASKS:
        return Width.NAMED  # also `${aws_s3_bucket.b.arn}/*`
    parts = masked.split(":", maxsplit=_PARTS - 1)
    if len(parts) < _PARTS or _WILD.search(parts[0]):
        return Width.EVERYTHING
    _, _, service, _, account, name = parts
    if _is_wide(service) or _WILD.search(account):
        return Width.EVERYTHING
    has_type = service not in _WITHOUT_TYPE or bool(service == "s3" and account)
    name = _TYPE.sub("", name, count=1) if has_type else name
    start = _WILD.split(name, maxsplit=1)[0].strip(_SEPARATORS)
    if len(start) >= _FEWEST or set(start) & set(_MASKS):
        return Width.NAMED
    if not account:
        return Width.EVERYTHING  # whoever takes such a name in any account is meant too
    return Width.NAMED if len(_WILD.sub("", name).strip(_SEPARATORS)) >= _LONG_ENDING else Width.KIND


def all_of_a_service(pattern: str) -> bool:
    """Whether a pattern of actions names a service as a whole, or as good as that, or several services."""
    service, colon, name = pattern.partition(":")
    if not _WILD.search(pattern):
        return False
    if not colon or _WILD.search(service):
        return True
    known = actions(service.lower()) or {}
    found = len(matching(pattern))
    return not _WILD.sub("", name) or found == len(known) or (found > _MANY_ACTIONS and found * 2 >= len(known))


def _is_wide(service: str) -> bool:
    """Whether a service is a wildcard; one as in `code*connections` names a renamed service."""
    return bool(_WILD.search(service)) and len(_WILD.sub("", service)) < _LONG_ENDING
