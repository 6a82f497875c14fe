"""Which instances of a resource there are, by `count` and `for_each`, and which types have two names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ALIASES: Final = {
    "aws_alb": "aws_lb",
    "aws_alb_listener": "aws_lb_listener",
    "aws_alb_listener_certificate": "aws_lb_listener_certificate",
    "aws_alb_listener_rule": "aws_lb_listener_rule",
    "aws_alb_target_group": "aws_lb_target_group",
    "aws_alb_target_group_attachment": "aws_lb_target_group_attachment",
    "aws_s3_bucket_object": "aws_s3_object",
}
"""The older name of a type, and the one that the rules know: the provider has the same schema for both."""
_MANY: Final = 100
"""Instances beyond these are like those before."""


class Reader(Protocol):
    """What knows the values of expressions."""

    def read(self, value: Any, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is of any type
        """A value, as far as it is known."""


def instances(body: Mapping[str, Any], reader: Reader) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The end of the address, the names of its expressions, and the arguments, of each instance that there will be.

    The first one has the address of the resource, by which references name it. One whose number is not known is there
    once. Equal ones are there once as well.
    """
    arguments = {key: value for key, value in body.items() if key not in {"count", "for_each"}}
    keys: list[dict[str, Any]] = [{}]
    if body.get("for_each") is not None:
        elements = reader.read(body["for_each"], {})
        if isinstance(elements, dict):
            keys = [{"each": {"key": key, "value": value}} for key, value in elements.items()]
        elif isinstance(elements, list):
            keys = [{"each": {"key": value, "value": value}} for value in elements]
    elif body.get("count") is not None:
        count = reader.read(body["count"], {})
        if isinstance(count, str) and count.isdecimal():
            count = int(count)
        if isinstance(count, int) and not isinstance(count, bool):
            keys = [{"count": {"index": index}} for index in range(min(max(count, 0), _MANY))]
    differs = any(one in json.dumps(arguments, default=str) for one in ("each.", "count."))
    for number, names in enumerate(keys[:_MANY] if differs else keys[:1]):
        yield _suffix(names) if number else "", names, arguments


def _suffix(names: Mapping[str, Any]) -> str:
    key = names["each"]["key"] if "each" in names else names["count"]["index"]
    return f"[{json.dumps(key, default=str)}]"
