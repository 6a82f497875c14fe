"""Bodies of blocks: arguments, nested blocks by the schema, and what Terraform itself knows in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hcl import values
from hcl.templates import TemplateError, literal
from synthesis.manifest import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hcl.schema import Block

    Body = Mapping[str, Any]
    Writer = Callable[[Any], str]

COMMENT: Final = "//"
"""The key of a comment: https://developer.hashicorp.com/terraform/language/syntax/json#comment-properties"""


@dataclass(frozen=True)
class Written:
    """The lines of a body: arguments, then blocks, each after an empty line."""

    arguments: list[str]
    blocks: list[str]

    def __str__(self) -> str:
        arguments = "".join(f"{line}\n" for line in self.arguments)
        return "\n".join(part for part in (arguments, *(f"{block}\n" for block in self.blocks)) if part)


def block(header: str, *parts: Written) -> str:
    """A block; its parts, such as what is special in a resource and what its schema has, are set apart."""
    text = "\n".join(filter(None, map(str, parts)))
    return f"{header} {{\n{text}}}" if text else f"{header} {{\n}}"


def arguments(body: Body, place: str, writers: Mapping[str, Writer], *, other: Writer | None = None) -> Written:
    """A body without blocks.

    Args:
        body: The JSON.
        place: Its address, for messages.
        writers: How each argument is written.
        other: How all others are; None if there may be none.

    Raises:
        OutputError: It has another argument, or a string that is not a template.
    """
    lines = []
    for name, value in without_comment(body, place).items():
        writer = writers.get(name, other)
        if writer is None:
            message = f"{place}: {name!r} is not a valid argument here; it must be one of {', '.join(sorted(writers))}."
            raise OutputError(message)
        lines.append(_line(name, value, writer, place))
    return Written(lines, [])


def by_schema(body: Body, schema: Block, place: str) -> Written:
    """A body whose schema a provider has.

    Raises:
        OutputError: The schema does not have an argument.
    """
    lines: list[str] = []
    nested: list[str] = []
    for name, value in without_comment(body, place).items():
        if name == "dynamic":
            nested += _dynamic(value, schema, place)
        elif name in schema.arguments or (name in schema.either and not _are_objects(value)):
            lines.append(_line(name, value, values.expression, place))
        elif name in schema.blocks:
            entry = schema.blocks[name]
            for labels, content in labelled(value, int(entry.is_labelled), f"{place}.{name}"):
                if name in schema.either:  # what an object lacks is null, and what is null may be left out of a block
                    content = {key: item for key, item in content.items() if item is not None}  # noqa: PLW2901
                header = " ".join([name, *map(literal, labels)])
                nested.append(block(header, by_schema(content, entry.block, f"{place}.{name}")))
        else:
            message = f"{place}: the provider's schema does not have the argument {name!r}."
            raise OutputError(message, "Correct the argument, or the provider's version in required_providers.")
    return Written(lines, nested)


def labelled(value: Any, depth: int, place: str) -> Iterator[tuple[tuple[str, ...], Body]]:  # noqa: ANN401 - JSON
    """Blocks with that many labels; at each level, JSON may have one object or an array of them.

    https://developer.hashicorp.com/terraform/language/syntax/json#nested-block-mapping
    """
    if value is None:
        return
    if isinstance(value, list):
        for item in value:
            yield from labelled(item, depth, place)
        return
    if not isinstance(value, dict):
        message = f"{place} must be an object or an array of objects, not {value!r}."
        raise OutputError(message)
    if depth == 0:
        yield (), value
        return
    for label, content in value.items():
        if label == COMMENT:
            continue
        for labels, body in labelled(content, depth - 1, f"{place}.{label}"):
            yield (label, *labels), body


def without_comment(body: Body, place: str) -> Body:
    """A body without its comment.

    Raises:
        OutputError: It is not an object.
    """
    if not isinstance(body, dict):
        message = f"{place} must be an object, not {body!r}."
        raise OutputError(message)
    return {name: value for name, value in body.items() if name != COMMENT}


def _line(name: str, value: Any, writer: Writer, place: str) -> str:  # noqa: ANN401 - JSON
    try:
        return f"{name} = {writer(value)}"
    except (TemplateError, RecursionError) as error:
        message = f"{place}.{name}: {error}."
        raise OutputError(
            message, "Correct it: each `${` needs its `}`, and a text `${` is written as `$${`."
        ) from error


def _dynamic(value: Any, schema: Block, place: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    """https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks."""
    for (name,), body in labelled(value, 1, f"{place}.dynamic"):
        here = f"{place}.dynamic.{name}"
        nested = schema.blocks.get(name)
        if nested is None:
            message = f"{here}: the provider's schema does not have a block {name!r}."
            raise OutputError(message)
        rest = {key: item for key, item in without_comment(body, here).items() if key != "content"}
        writers = {"for_each": values.expression, "iterator": values.reference, "labels": values.expression}
        head = arguments(rest, here, writers)
        contents = [
            block("content", by_schema(each, nested.block, here))
            for _, each in labelled(body.get("content", {}), 0, here)
        ]
        yield block(f"dynamic {literal(name)}", Written(head.arguments, contents))


def _are_objects(value: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
