"""Reads Terraform JSON: resources with addresses, nested blocks, and references."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REFERENCE: Final = re.compile(
    r"\bdata\.terraform_remote_state\.(?P<remote>[\w-]+)\.outputs\.(?P<output>[\w-]+)"
    r"|(?<!\.)\b(?P<address>aws_[a-z0-9_]+\.[\w-]+)"
)
"""A reference in a text: to an output of another stack, or to a resource of the same stack."""


_LITERAL: Final = re.compile(r"\$\$\{[^{}]*\}?")
"""`$${...}`, which a setting holds as text: https://developer.hashicorp.com/terraform/language/expressions/strings"""


def references(text: str) -> Iterator[re.Match[str]]:
    """Every match of `REFERENCE` in a text of the JSON, but not what is only written like a reference."""
    expressions = _LITERAL.sub("", text)
    return REFERENCE.finditer(expressions) if "${" in expressions else iter(())


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource of a stack."""

    kind: str
    name: str
    arguments: Mapping[str, Any] = field(repr=False)

    @property
    def address(self) -> str:
        """As Terraform writes it: `aws_vpc.vpc`."""
        return f"{self.kind}.{self.name}"

    def get(self, argument: str) -> Any:  # noqa: ANN401 - JSON is of any type
        """The value of an argument, None if it is not set."""
        return self.arguments.get(argument)

    def is_on(self, argument: str) -> bool:
        """Whether an argument is set to true."""
        return self.get(argument) is True

    def block(self, *path: str) -> Mapping[str, Any]:
        """The first block at a path of names, empty if there is none."""
        block: Mapping[str, Any] = self.arguments
        for name in path:
            block = next(iter(blocks(block.get(name))), {})
        return block

    def is_referred_to_by(self, value: object) -> bool:
        """Whether `value` contains a reference to this resource, or to another instance of it, at any depth."""
        expressions = (_LITERAL.sub("", text) for _, text in texts(value))
        base = f"{self.kind}.{self.name.partition('[')[0]}."
        return any(base in text for text in expressions if "${" in text)


def resources(document: Mapping[str, Any], *kinds: str) -> Iterator[Resource]:
    """Resources of these types, or of all types."""
    named: Mapping[str, Mapping[str, Any]] = document.get("resource", {})
    for kind in kinds or named:
        for name, arguments in named.get(kind, {}).items():
            yield Resource(kind=kind, name=name, arguments=arguments)


def blocks(value: object) -> list[Mapping[str, Any]]:
    """A nested block as a list: in JSON one block is an object, several are an array."""
    if isinstance(value, dict):
        return [value]
    return [block for block in value if isinstance(block, dict)] if isinstance(value, list) else []


def texts(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every string inside a value, with the argument that contains it."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, name)
