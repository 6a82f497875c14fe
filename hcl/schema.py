"""The schemas of providers: which names in a body are arguments and which are nested blocks.

In JSON both look the same. https://developer.hashicorp.com/terraform/cli/commands/providers/schema
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from synthesis.manifest import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

RESOURCE, DATA, EPHEMERAL, PROVIDER = "resource", "data", "ephemeral", "provider"

_KINDS: Final = {
    "resource_schemas": RESOURCE,
    "data_source_schemas": DATA,
    "ephemeral_resource_schemas": EPHEMERAL,
}

BUILT_IN: Final = "terraform.io/builtin/terraform"
"""The provider of `terraform_data` and `terraform_remote_state`, which is part of Terraform."""


@dataclass(frozen=True)
class Block:
    """What a body may hold."""

    arguments: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()
    """Arguments whose value is a list or set of objects, which HCL may have as blocks, too:
    https://developer.hashicorp.com/terraform/language/attr-as-blocks
    """
    blocks: Mapping[str, Nested] = field(default_factory=dict)


@dataclass(frozen=True)
class Nested:
    """A nested block; those of the mode `map` have a label each."""

    block: Block
    is_labelled: bool = False


def compact(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """What `Schemas` needs of what `terraform providers schema -json` prints, which is a tenth of it."""
    providers: Mapping[str, Any] = schemas.get("provider_schemas", {})
    return {
        address: {
            PROVIDER: _compact(provider.get("provider", {}).get("block", {})),
            **{
                kind: {name: _compact(entry["block"]) for name, entry in provider.get(key, {}).items()}
                for key, kind in _KINDS.items()
            },
        }
        for address, provider in providers.items()
    }


class Schemas:
    """The schemas of the providers of some stacks, as `compact` leaves them."""

    def __init__(self, providers: Mapping[str, Any], registry: str) -> None:
        """`registry` is the host that a short source (`aws`) stands for."""
        self._providers = providers
        self._registry = registry

    def of(self, kind: str, type_: str, *, source: str, place: str) -> Block:
        """The schema of a type, or of a provider's configuration.

        Args:
            kind: `resource`, `data`, `ephemeral` or `provider`.
            type_: The type, such as `aws_vpc`; empty for a configuration.
            source: The source of the provider, such as `hashicorp/aws`.
            place: Where it is used, for the message.

        Raises:
            OutputError: The provider does not have the type.
        """
        address = self.address(source)
        provider = self._providers.get(address)
        if provider is None:
            message = f"{place}: the schema of the provider {address} is missing."
            raise OutputError(message, "Name the provider in required_providers of the stack, then repeat.")
        found = provider[kind] if kind == PROVIDER else provider[kind].get(type_)
        if found is None:
            message = f"{place}: {address} does not have the {kind} type {type_!r}."
            raise OutputError(message, f"Correct the type, or the version of {source} in required_providers.")
        return _block(found)

    def address(self, source: str) -> str:
        """The full address of a provider."""
        if source == BUILT_IN:
            return source
        parts = source.split("/")
        defaults = [self._registry, "hashicorp"]
        return "/".join([*defaults[: 3 - len(parts)], *parts])


def _compact(block: Mapping[str, Any]) -> dict[str, Any]:
    attributes = block.get("attributes", {})
    written: dict[str, Any] = {"arguments": sorted(attributes)}
    either = {name: entry["type"][1][1] for name, entry in attributes.items() if _is_list_of_objects(entry)}
    if either:
        written["either"] = either
    if nested := block.get("block_types"):
        written["blocks"] = {
            name: {"labelled": entry["nesting_mode"] == "map", **_compact(entry["block"])}
            for name, entry in nested.items()
        }
    return written


def _is_list_of_objects(attribute: Mapping[str, Any]) -> bool:
    type_ = attribute.get("type")
    return isinstance(type_, list) and type_[0] in {"list", "set"} and type_[1][0] == "object"


def _block(compacted: Mapping[str, Any]) -> Block:
    nested = {
        name: Nested(_block(entry), is_labelled=entry["labelled"])
        for name, entry in compacted.get("blocks", {}).items()
    }
    either = {name: Nested(_object(type_)) for name, type_ in compacted.get("either", {}).items()}
    return Block(frozenset(compacted["arguments"]) - either.keys(), frozenset(either), {**nested, **either})


def _object(type_: Mapping[str, Any]) -> Block:
    """The body of a list's object written as a block."""
    entries = {name: {"type": each} for name, each in type_.items()}
    either = {name: Nested(_object(each[1][1])) for name, each in type_.items() if _is_list_of_objects(entries[name])}
    return Block(frozenset(type_) - either.keys(), frozenset(either), either)
