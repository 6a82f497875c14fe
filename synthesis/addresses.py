"""The addresses that cdktf gives to resources: the same path in a stack is always the same address."""

from __future__ import annotations

from hashlib import md5
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_HIDDEN: Final = "Default"
_HASH_LENGTH: Final = 8


def logical_id(path: Sequence[str]) -> str:
    """The name of a resource in its address.

    Args:
        path: Ids of the constructs, from the one in the stack to the resource itself.
    """
    parts = [part for part in path if part != _HIDDEN]
    if len(parts) == 1:
        return parts[0]
    shown = [part for index, part in enumerate(parts) if not index or not parts[index - 1].endswith(part)]
    digest = md5("/".join(parts).encode(), usedforsecurity=False).hexdigest()
    return "_".join([*shown, digest[:_HASH_LENGTH].upper()])
