"""The functions of Terraform that policies are written with, of values that are known.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import json
import re
from ipaddress import ip_network
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _format(template: str, *values: object) -> str:
    pieces = re.split("%[sdv]", template)
    if "%" in "".join(pieces) or len(pieces) != len(values) + 1:
        raise ValueError(template)
    return "".join(chain.from_iterable(zip(pieces, [*map(str, values), ""], strict=True)))


def _merged(*values: object) -> dict[str, Any]:
    if not all(isinstance(one, dict) for one in values):
        raise TypeError(values)
    return {key: value for one in values if isinstance(one, dict) for key, value in one.items()}


def _flat(values: object) -> list[Any]:
    return [inner for one in _listed(values) for inner in (_flat(one) if isinstance(one, list) else [one])]


def _listed(value: object) -> list[Any]:
    """A list; an expression that is not known is a text, and not the list that it will be."""
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _subnet(block: str, bits: int, number: int) -> str:
    """A part of a block of addresses: https://developer.hashicorp.com/terraform/language/functions/cidrsubnet ."""
    network = ip_network(block, strict=False)
    length = network.prefixlen + bits
    if not network.prefixlen <= length <= network.max_prefixlen or not 0 <= number < 2**bits:
        raise ValueError(block)
    first = int(network.network_address) + (number << (network.max_prefixlen - length))
    return str(type(network)((first, length)))


def _literal(text: str) -> str:
    if "${" in text:
        raise ValueError(text)
    return text


def _known(value: object) -> Any:  # noqa: ANN401 - JSON is of any type
    """The value of `try` or `coalesce`, whose later arguments count only if it fails."""
    if value is None or (isinstance(value, str) and value.startswith("${")):
        raise ValueError(value)
    return value


def _replaced(text: str, old: str, new: str) -> str:
    if old.startswith("/") and old.endswith("/"):
        raise ValueError(old)  # a regular expression
    return _literal(text).replace(_literal(old), new)


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "chomp": lambda text: text.rstrip("\r\n"),
    "cidrsubnet": _subnet,
    "coalesce": lambda *values: _known(values[0]),
    "compact": lambda values: [one for one in _listed(values) if one],
    "concat": lambda *values: [one for value in values for one in _listed(value)],
    "distinct": lambda values: [one for index, one in enumerate(_listed(values)) if one not in values[:index]],
    "flatten": _flat,
    "format": _format,
    "join": lambda separator, values: separator.join(str(one) for one in _listed(values)),
    "jsondecode": json.loads,
    "jsonencode": json.dumps,
    "lower": lambda text: _literal(text).lower(),
    "merge": _merged,
    "nonsensitive": lambda value: value,
    "replace": _replaced,
    "sensitive": lambda value: value,
    "tolist": _listed,
    "toset": _listed,
    "tostring": lambda value: value if isinstance(value, str) else json.dumps(value),
    "trimspace": lambda text: text.strip(),
    "try": lambda *values: _known(values[0]),
    "upper": lambda text: _literal(text).upper(),
}
"""By name; each raises LookupError, TypeError or ValueError for what it cannot do."""
