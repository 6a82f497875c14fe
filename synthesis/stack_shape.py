"""Whether the JSON of a stack has the shape that all that reads it expects: its blocks, resources and metadata.

https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OF_TYPES: Final = ("resource", "data", "ephemeral")
"""Blocks with two labels: a type and a name."""
_NUMBERS: Final = ("awake_share",)
_TUNNEL: Final = ("cluster", "family", "container", "log_group", "subnets")
_LISTS: Final = ("applied_after", "left_out", "partner_accounts")


def misshapen(document: Mapping[str, Any]) -> str | None:
    """The first place whose value must be an object and is something else, like `resource.aws_vpc`; None if all are."""
    return next(_misshapen(document), None)


def misstated(metadata: Mapping[str, Any]) -> str | None:
    """What is wrong with what a stack says of itself, like `awake_share must be a number`; None if nothing is."""
    for key, value in metadata.items():
        if key in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
            return f"{key} must be a number"
        if key in _LISTS and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            return f"{key} must be a list of texts"
        if key == "rotation" and not (isinstance(value, dict) and all(map(_is_rotation, value.values()))):
            return f"{key} must be an object of objects with a function, and perhaps roles"
        if key == "tunnel" and not _is_tunnel(value):
            return f"{key} must be an object with {', '.join(_TUNNEL)}, and databases"
    return None


def _is_tunnel(value: object) -> bool:
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in _TUNNEL):
        return False
    databases = value.get("databases")
    return isinstance(databases, dict) and all(isinstance(one, str) for one in databases.values())


def _is_rotation(value: object) -> bool:
    if not isinstance(value, dict) or "function" not in value:
        return False
    roles = value.get("roles", [])
    return isinstance(roles, list) and all(isinstance(one, str) for one in roles)


def _misshapen(document: Mapping[str, Any]) -> Iterator[str]:
    for key in ("//", "terraform", "provider", "output", *_OF_TYPES):
        if not isinstance(document.get(key, {}), dict):
            yield key
            return
    for block, name in (("//", "metadata"), ("terraform", "backend"), ("terraform", "required_providers")):
        if not isinstance(document.get(block, {}).get(name, {}), dict):
            yield f"{block}.{name}"
            return
    for name in ("backend", "required_providers"):
        yield from (f"terraform.{place}" for place in _members(document.get("terraform", {}), name))
    yield from _members(document, "output")
    for name, value in document.get("provider", {}).items():
        blocks = value if isinstance(value, list) else [value]
        if not all(isinstance(block, dict) for block in blocks):
            yield f"provider.{name}"
    yield from _of_types(document)


def _of_types(document: Mapping[str, Any]) -> Iterator[str]:
    for key in _OF_TYPES:
        for kind, named in document.get(key, {}).items():
            if not isinstance(named, dict):
                yield f"{key}.{kind}"
                return
            yield from (f"{key}.{place}" for place in _members(document[key], kind))
    for name, state in document.get("data", {}).get("terraform_remote_state", {}).items():
        if not isinstance(state.get("config", {}), dict):
            yield f"data.terraform_remote_state.{name}.config"


def _members(document: Mapping[str, Any], key: str) -> Iterator[str]:
    yield from (f"{key}.{name}" for name, value in document.get(key, {}).items() if not isinstance(value, dict))
