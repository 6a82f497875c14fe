"""Tag lists and tag maps, and the three tag operations that most services share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from emulator.errors import AwsError
from emulator.registry import FORWARD, Context, operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emulator.registry import Forward
    from emulator.store import Shape


def to_list(tags: Mapping[str, str] | None, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Convert a map to the list of pairs that most AWS responses use."""
    return [{key: name, value: text} for name, text in (tags or {}).items()]


def to_map(tags: Iterable[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Convert a list of pairs to a map; a tag without a value has an empty one."""
    return {tag[key]: tag.get(value) or "" for tag in tags or ()}


def tag_operations(
    service: str,
    *,
    arn: str,
    tags: str = "Tags",
    keys: str = "TagKeys",
    style: Literal["list", "map"] = "list",
    pair: tuple[str, str] = ("Key", "Value"),
    missing: str = "ResourceNotFoundException",
    shared_with_moto: bool = False,
) -> None:
    """Register ListTagsForResource, TagResource and UntagResource over the tag store.

    An ARN of another account or region is refused with the code in `missing`. With `shared_with_moto`, moto answers for
    an ARN whose tags were never stored here.
    """

    def foreign(params: Shape, context: Context) -> bool:
        if not context.owns(params[arn]):
            raise AwsError(code=missing, message=f"The resource {params[arn]} does not exist.")
        return shared_with_moto and not context.store.has_tags(params[arn])

    @operation(service, "ListTagsForResource")
    def list_tags(params: Shape, context: Context) -> Shape | Forward:
        if foreign(params, context):
            return FORWARD
        held = context.tags(params[arn])
        return {tags: dict(held) if style == "map" else to_list(held, *pair)}

    @operation(service, "TagResource")
    def tag(params: Shape, context: Context) -> Shape | Forward:
        if foreign(params, context):
            return FORWARD
        given = params[tags]
        context.tags(params[arn]).update(given if style == "map" else to_map(given, *pair))
        return {}

    @operation(service, "UntagResource")
    def untag(params: Shape, context: Context) -> Shape | Forward:
        if foreign(params, context):
            return FORWARD
        for name in params[keys]:
            context.tags(params[arn]).pop(name, None)
        return {}
