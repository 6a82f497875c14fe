"""Which requests are answered with a token, and how cdktf writes the token with a key that the request chooses.

An answer that is another after all ends the block with `AheadError`: this may be wrong, the output may not.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

from jsii import _reference_map

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["string", "list", "number"]

PROVIDER_TYPES: Final = "@cdktf/provider-aws."
_ATTRIBUTES: Final[Mapping[object, Kind]] = {"builtins.str": "string", "typing.List[builtins.str]": "list"}
# `Any` is what has a type only when it is applied.
_FUNCTIONS: Final[Mapping[object, Kind]] = {**_ATTRIBUTES, "jsii.Number": "number", "typing.Any": "string"}
# https://github.com/hashicorp/terraform-cdk/blob/v0.21.0/packages/cdktf/lib/tokens/private/encoding.ts
_NUMBER_BITS: Final = 0xFDFF << 48
# Far above the numbers that cdktf counts itself.
_FIRST_NUMBER: Final = 1 << 40


class Keys:
    """The keys of the tokens that requests choose."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, kind: Kind) -> tuple[str | int, Any]:
        """A key, and the token with it."""
        self._count += 1
        if kind == "number":
            number = _FIRST_NUMBER + self._count
            return number, struct.unpack("<d", struct.pack("<Q", _NUMBER_BITS | number))[0]
        key = f"A.{self._count}"
        return key, f"${{TfToken[{key}]}}" if kind == "string" else [f"#{{TfToken[{key}]}}"]


@cache
def attributes(fqn: str) -> Mapping[str, Kind]:
    """The properties of a resource class that are tokens: those of the class itself that always have a value."""
    if not fqn.startswith(PROVIDER_TYPES) and fqn != "cdktf.DataResource":
        return {}
    kinds: dict[str, Kind] = {}
    for member in vars(_reference_map._types[fqn]).values():  # noqa: SLF001
        if isinstance(member, property) and member.fget is not None:
            kind = _ATTRIBUTES.get(member.fget.__annotations__.get("return"))
            if kind is not None:
                kinds[getattr(member.fget, "__jsii_name__", "")] = kind
    return kinds


@cache
def functions(fqn: str) -> Mapping[str, Kind]:
    """The static methods of a class that return tokens."""
    if fqn == "cdktf.Lazy":
        return {"stringValue": "string"}
    if fqn != "cdktf.Fn":
        return {}
    kinds: dict[str, Kind] = {}
    for class_ in _reference_map._types[fqn].__mro__:  # noqa: SLF001
        for member in vars(class_).values():
            if isinstance(member, classmethod):
                kind = _FUNCTIONS.get(member.__func__.__annotations__.get("return"))
                if kind is not None:
                    kinds.setdefault(getattr(member, "__jsii_name__", ""), kind)
    return kinds
