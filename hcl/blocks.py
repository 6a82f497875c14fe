"""The top-level blocks of a stack's JSON in HCL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hcl.bodies import Written, arguments, block, by_schema, labelled, without_comment
from hcl.schema import DATA, EPHEMERAL, RESOURCE
from hcl.templates import literal
from hcl.values import IDENTIFIER, constant, expression, reference
from synthesis.manifest import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hcl.bodies import Body, Writer
    from hcl.providers import Providers

MANAGED: Final = (RESOURCE, DATA, EPHEMERAL)

_FIRST: Final[Mapping[str, Writer]] = {"count": expression, "for_each": expression, "provider": reference}
_LAST: Final[Mapping[str, Writer]] = {"depends_on": reference}
_LIFECYCLE: Final[Mapping[str, Writer]] = {
    "create_before_destroy": constant,
    "prevent_destroy": constant,
    "ignore_changes": reference,
    "replace_triggered_by": reference,
}
_CONDITION: Final[Mapping[str, Writer]] = {"condition": expression, "error_message": expression}
_CONDITIONS: Final = ("precondition", "postcondition")
_OUTPUT: Final[Mapping[str, Writer]] = {
    "value": expression,
    "description": constant,
    "sensitive": constant,
    "ephemeral": constant,
    "depends_on": reference,
}
_VARIABLE: Final[Mapping[str, Writer]] = {
    "type": reference,
    "default": constant,
    "description": constant,
    "sensitive": constant,
    "nullable": constant,
    "ephemeral": constant,
}
_STATE: Final[Mapping[str, Mapping[str, Writer]]] = {
    "moved": {"from": reference, "to": reference},
    "import": {
        "to": reference,
        "id": expression,
        "identity": expression,
        "for_each": expression,
        "provider": reference,
    },
    "removed": {"from": reference},
}
"""Blocks without a label, which change what a state says."""

_BLOCKS_OF: Final = {"remote": frozenset({"workspaces"})}
"""Nested blocks of backends. All others take objects as arguments:
https://developer.hashicorp.com/terraform/language/backend/s3#assume-role-configuration
"""


def terraform(body: Body, place: str) -> str:
    """The block with versions and backend."""
    lines: list[str] = []
    nested: list[str] = []
    for name, value in without_comment(body, place).items():
        if name in {"required_version", "experiments"}:
            lines.append(f"{name} = {constant(value) if name == 'required_version' else reference(value)}")
        elif name == "required_providers":
            entries = [line for _, each in labelled(value, 0, f"{place}.{name}") for line in _required(each)]
            nested.append(block(name, Written(entries, [])))
        elif name in {"backend", "provider_meta"}:
            for (label,), each in labelled(value, 1, f"{place}.{name}"):
                nested.append(_settings(f"{name} {literal(label)}", each, _BLOCKS_OF.get(label, frozenset()), place))
        elif name == "cloud":
            nested += [_settings(name, each, frozenset({"workspaces"}), place) for _, each in labelled(value, 0, place)]
        else:
            message = f"{place}: {name!r} is not a setting of Terraform that can be written as HCL."
            raise OutputError(message)
    return block("terraform", Written(lines, nested))


def provider(name: str, body: Body, providers: Providers, place: str) -> str:
    """A configuration of a provider."""
    rest = {key: value for key, value in without_comment(body, place).items() if key not in {"alias", "version"}}
    own = {key: value for key, value in body.items() if key in {"alias", "version"}}
    configured = by_schema(rest, providers.configuration(name, place), place)
    head = arguments(own, place, {}, other=constant)
    return block(f"provider {literal(name)}", Written(head.arguments + configured.arguments, configured.blocks))


def managed(labels: tuple[str, str, str], body: Body, providers: Providers) -> str:
    """A resource, a data source or an ephemeral resource; `labels` are its kind, type and name."""
    place = address(*labels)
    content = without_comment(body, place)
    special = {*_FIRST, *_LAST, "lifecycle", "provisioner", "connection"}
    rest = {key: value for key, value in content.items() if key not in special}
    kind, type_, name = labels
    schema = providers.schema(kind, type_, content, place)
    if not (clash := special & (schema.arguments | schema.blocks.keys())) <= {"provider", "connection"}:
        message = f"{place}: {', '.join(sorted(clash))} is a name of Terraform and of the schema."
        raise OutputError(message)
    return block(
        f"{kind} {literal(type_)} {literal(name)}",
        arguments(_only(content, _FIRST), place, _FIRST),
        by_schema(rest, schema, place),
        Written([], [*_provisioners(content, place), *_lifecycle(content, place)]),
        arguments(_only(content, _LAST), place, _LAST),
    )


def output(name: str, body: Body, place: str) -> str:
    """An output."""
    return block(f"output {literal(name)}", *_with_conditions(body, place, _OUTPUT, ("precondition",)))


def variable(name: str, body: Body, place: str) -> str:
    """A variable; its default is not evaluated."""
    return block(f"variable {literal(name)}", *_with_conditions(body, place, _VARIABLE, ("validation",)))


def local_values(bodies: list[Body], place: str) -> str:
    """All local values, in one block."""
    lines = [line for body in bodies for line in arguments(body, place, {}, other=expression).arguments]
    return block("locals", Written(lines, []))


def module(name: str, body: Body, place: str) -> str:
    """A call of a module."""
    content = without_comment(body, place)
    writers: dict[str, Writer] = {
        "source": constant,
        "version": constant,
        "providers": _providers,
        "depends_on": reference,
    }
    return block(f"module {literal(name)}", arguments(content, place, writers, other=expression))


def check(name: str, body: Body, providers: Providers, place: str) -> str:
    """A check with its data source."""
    nested = []
    for key, value in without_comment(body, place).items():
        if key == "data":
            found = labelled(value, 2, place)
            nested += [managed((DATA, type_, label), each, providers) for (type_, label), each in found]
        elif key == "assert":
            nested += [block("assert", arguments(each, place, _CONDITION)) for _, each in labelled(value, 0, place)]
        else:
            message = f"{place}: {key!r} is not a valid block here; it must be data or assert."
            raise OutputError(message)
    return block(f"check {literal(name)}", Written([], nested))


def of_state(kind: str, body: Body, place: str) -> str:
    """A `moved`, `import` or `removed`."""
    content = without_comment(body, place)
    rest = {key: value for key, value in content.items() if key not in {"lifecycle", "provisioner", "connection"}}
    nested = [*_provisioners(content, place)]
    for _, each in labelled(content.get("lifecycle"), 0, place):
        nested.append(block("lifecycle", arguments(each, place, {"destroy": constant})))
    return block(kind, Written(arguments(rest, place, _STATE[kind]).arguments, nested))


def address(kind: str, type_: str, name: str) -> str:
    """The address of a resource, a data source or an ephemeral resource."""
    return f"{type_}.{name}" if kind == RESOURCE else f"{kind}.{type_}.{name}"


def _only(body: Body, names: Mapping[str, Writer]) -> Body:
    return {name: body[name] for name in names if name in body}


def _required(body: Body) -> Iterator[str]:
    for name, value in body.items():
        if isinstance(value, dict) and "configuration_aliases" in value:
            aliases = reference(value["configuration_aliases"])
            rest = {key: item for key, item in value.items() if key != "configuration_aliases"}
            yield f"{name} = {constant(rest).removesuffix('}')}configuration_aliases = {aliases}\n}}"
        elif name != "//":
            yield f"{name} = {constant(value)}"


def _settings(header: str, body: Body, nested: frozenset[str], place: str) -> str:
    content = without_comment(body, place)
    blocks = [
        _settings(name, each, frozenset(), place)
        for name, value in content.items()
        if name in nested
        for _, each in labelled(value, 0, place)
    ]
    rest = {name: value for name, value in content.items() if name not in nested}
    return block(header, Written(arguments(rest, place, {}, other=constant).arguments, blocks))


def _lifecycle(content: Body, place: str) -> Iterator[str]:
    for _, body in labelled(content.get("lifecycle"), 0, f"{place}.lifecycle"):
        yield block("lifecycle", *_with_conditions(body, f"{place}.lifecycle", _LIFECYCLE, _CONDITIONS))


def _with_conditions(
    body: Body, place: str, writers: Mapping[str, Writer], conditions: tuple[str, ...]
) -> list[Written]:
    content = without_comment(body, place)
    rest = {name: value for name, value in content.items() if name not in conditions}
    nested = [
        block(name, arguments(each, place, _CONDITION))
        for name in conditions
        for _, each in labelled(content.get(name), 0, place)
    ]
    return [Written(arguments(rest, place, writers).arguments, nested)]


def _provisioners(content: Body, place: str) -> Iterator[str]:
    yield from _connections(content, place)
    for (kind,), body in labelled(content.get("provisioner"), 1, f"{place}.provisioner"):
        here = f"{place}.provisioner.{kind}"
        rest = {name: value for name, value in without_comment(body, here).items() if name != "connection"}
        head = arguments(rest, here, {"when": reference, "on_failure": reference}, other=expression)
        yield block(f"provisioner {literal(kind)}", Written(head.arguments, [*_connections(body, here)]))


def _connections(content: Body, place: str) -> Iterator[str]:
    for _, body in labelled(content.get("connection"), 0, f"{place}.connection"):
        yield block("connection", arguments(body, place, {}, other=expression))


def _providers(value: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(value, dict):
        return reference(value)
    return "{\n" + "".join(f"{name} = {reference(each)}\n" for name, each in value.items()) + "}"


def require_name(name: str, place: str) -> None:
    """Refuse a name that HCL cannot have.

    Raises:
        OutputError: It is not an identifier.
    """
    if not IDENTIFIER.fullmatch(name):
        message = f"{place}: {name!r} is not a valid name; it must have letters, digits, `_` and `-` only."
        raise OutputError(message)
