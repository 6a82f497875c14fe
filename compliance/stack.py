"""A synthesized stack as the rules read it: resources with addresses, blocks, and who refers to whom."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from synthesis.output import stack_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


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
        """The value of an argument, None where it is not set."""
        return self.arguments.get(argument)

    def is_on(self, argument: str) -> bool:
        """Whether a switch is set to true; one that is left out is not."""
        return self.get(argument) is True

    def block(self, *path: str) -> Mapping[str, Any]:
        """The first block under a path of names, empty where there is none."""
        found: Mapping[str, Any] = self.arguments
        for name in path:
            found = next(iter(blocks(found.get(name))), {})
        return found

    def is_referred_to_by(self, value: object) -> bool:
        """Whether `value` holds a reference to this resource, at any depth."""
        return any(f"{self.address}." in text for _, text in texts(value) if "${" in text)


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One stack: `<environment>-<layer>`."""

    name: str
    document: Mapping[str, Any] = field(repr=False)

    @property
    def environment(self) -> str:
        """The environment, from the stack's own metadata."""
        return str(self._metadata.get("environment", self.name.rpartition("-")[0]))

    @property
    def layer(self) -> str:
        """The layer, from the stack's own metadata."""
        return str(self._metadata.get("layer", self.name.rpartition("-")[2]))

    @property
    def is_protected(self) -> bool:
        """Whether its data must outlive mistakes; a stack that does not say so is."""
        return self._metadata.get("protect_data", True) is not False

    @property
    def terraform(self) -> Mapping[str, Any]:
        """The block with versions and backend."""
        settings: Mapping[str, Any] = self.document.get("terraform", {})
        return settings

    @property
    def providers(self) -> list[Mapping[str, Any]]:
        """Every configuration of the AWS provider."""
        return blocks(self.document.get("provider", {}).get("aws"))

    def all(self, *kinds: str) -> Iterator[Resource]:
        """Resources of these types, or of all types."""
        named: Mapping[str, Mapping[str, Any]] = self.document.get("resource", {})
        for kind in kinds or named:
            for name, arguments in named.get(kind, {}).items():
                yield Resource(kind=kind, name=name, arguments=arguments)

    def attached(self, owner: Resource, kind: str, *, by: str) -> list[Resource]:
        """Resources of a type whose argument `by` refers to `owner`."""
        return [resource for resource in self.all(kind) if owner.is_referred_to_by(resource.get(by))]

    @property
    def _metadata(self) -> Mapping[str, Any]:
        metadata: Mapping[str, Any] = self.document.get("//", {}).get("metadata", {})
        return metadata


def blocks(value: object) -> list[Mapping[str, Any]]:
    """A nested block as a list: JSON has one as an object, more as an array."""
    if isinstance(value, dict):
        return [value]
    return [block for block in value if isinstance(block, dict)] if isinstance(value, list) else []


def texts(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every string inside a value, with the argument that holds it."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, name)


def read_stacks(output: Path) -> list[Stack]:
    """The stacks of an output folder, in order of apply."""
    return [
        Stack(name=file.name, document=json.loads(file.path.read_text(encoding="utf-8")))
        for file in stack_files(output)
    ]
