"""Stacks as Terraform takes them: one form for what can be written in many, so that each rule knows one form only.

Terraform converts `"true"` to `true` and `"443"` to `443` where a type asks for it, takes one block as an object or as
an array, and knows locals, defaults of variables, `count`, `for_each` and dynamic blocks before a plan:
https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from compliance.expressions import UnreadableError, render
from compliance.instances import ALIASES, instances
from compliance.whereabouts import whereabouts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from synthesis.manifest import Stack

_TEXTS: Final = frozenset(
    {
        "//",
        "default_value",
        "dimensions",
        "environment_variables",
        "key",
        "labels",
        "metadata",
        "name",
        "parameter",
        "parameters",
        "request_parameters",
        "response_parameters",
        "tags",
        "tags_all",
        "triggers",
        "user_data",
        "value",
        "values",
        "variables",
    }
)
"""Arguments whose values are text to AWS, whatever they look like."""
_NUMBER_NAME: Final = re.compile(
    r"(^|_)(port|ports|days|period|periods|hours|minutes|seconds|count|size|capacity|timeout|ttl|executions|limit|age"
    r"|after|alarm|threshold)$"
)
_BOOLEAN_MAPS: Final = frozenset({"resource_type_management_preference", "resource_type_opt_in_preference"})
"""Maps whose values are booleans, whatever their keys are."""
_ARGUMENT: Final = re.compile(r"[a-z][a-z0-9_]*")
"""A name of Terraform's; a key in another form is one of a map, whose values are text."""
_NUMBER: Final = re.compile(r"-?\d{1,15}")
_KNOWN: Final = re.compile(
    r"\b(local|var|each|count|self)\.|\b[a-z0-9_]+\(|\$\{\s*[\[{\"(\d]|\$\{[^}]*\?|data\.terraform_remote_state\."
    r"|data\.aws_(caller_identity|partition|region)\."
)
_INDEX: Final = re.compile(r"(?P<address>\b[a-z0-9]+_[a-z0-9_]+\.[\w-]+)\[[^\]\[]*\](?=[.\[}\s,)\]])")
_ALIAS: Final = re.compile(rf"(?<![\w.])({'|'.join(ALIASES)})\.")
_ADDRESSES: Final = frozenset({"depends_on", "replace_triggered_by"})
"""Arguments with addresses that are written without `${}`."""
_SECTIONS: Final = ("data", "output", "locals", "provider", "terraform", "variable", "ephemeral")
_DEEPEST: Final = 40
_LOOKED_UP: Final = 4
"""The steps of `data.aws_region.current.name`."""


def effective(stacks: Sequence[Stack]) -> list[Stack]:
    """The stacks in one form; what is not known before a plan stays as it is written.

    A text that is not valid stays as well: to judge it is up to the rules.
    """
    return [_Reader(stack, {one.id: one for one in stacks}).stack() for stack in stacks]


class _Scope:
    """The names that an expression of a stack can use."""

    def __init__(self, reader: _Reader, names: Mapping[str, Any]) -> None:
        self._reader, self._names = reader, names

    def value(self, path: Sequence[str | int]) -> Any:  # noqa: ANN401 - JSON is of any type
        """The value of a reference, as far as the stacks say it."""
        root = path[0]
        if root in self._names:
            return _at(self._names[str(root)], path[1:])
        if root == "local" and len(path) > 1:
            return _at(self._reader.local(str(path[1])), path[2:])
        if root == "var" and len(path) > 1:
            return _at(self._reader.variable(str(path[1])), path[2:])
        if root == "data" and len(path) == _LOOKED_UP:
            return self._reader.looked_up(str(path[1]), str(path[2]), str(path[3]))
        raise UnreadableError

    def text_of(self, file: str) -> str:
        """Files are not read."""
        raise UnreadableError(file)


class _Reader:
    def __init__(self, stack: Stack, stacks: Mapping[str, Stack]) -> None:
        self._stack, self._stacks = stack, stacks
        self._document: Mapping[str, Any] = stack.document if isinstance(stack.document, dict) else {}
        self._depth = 0

    def stack(self) -> Stack:
        document = dict(self._document)
        for section in _SECTIONS:
            if section in document and not isinstance(document[section], dict):
                document[section] = _merged(document[section])
        document["data"] = self._data(document.get("data", {}))
        document["resource"] = self._resources()
        if not isinstance(document.get("//", {}), dict):
            document["//"] = {}
        if isinstance(outputs := document.get("output"), dict):
            document["output"] = {name: self.read(output, {}) for name, output in outputs.items()}
        for section in ("output", "data", "provider"):
            if not document.get(section):
                document.pop(section, None)
        return replace(self._stack, document=document)

    def _data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            kind: {name: _one(body) for name, body in _merged(named).items() if isinstance(_one(body), dict)}
            for kind, named in data.items()
        }

    def local(self, name: str) -> Any:  # noqa: ANN401 - JSON is of any type
        """The value of a local."""
        found = _merged(self._document.get("locals", {}))
        if name not in found or self._depth > _DEEPEST:
            raise UnreadableError(name)
        self._depth += 1
        try:
            return self.read(found[name], {})
        finally:
            self._depth -= 1

    def looked_up(self, kind: str, name: str, attribute: str) -> str:
        """What a data source answers that asks only where the provider works."""
        written = _one(_merged(self._document.get("data", {}).get(kind, {})).get(name))
        if not isinstance(written, dict):
            raise UnreadableError(name)
        found = whereabouts(self._stack, str(written.get("provider") or "")).get((kind, attribute))
        if found is None:
            raise UnreadableError(attribute)
        return found

    def variable(self, name: str) -> Any:  # noqa: ANN401 - JSON is of any type
        """The default of a variable, which Terraform takes if no other value is given."""
        found = _one(_merged(self._document.get("variable", {})).get(name))
        if not isinstance(found, dict) or "default" not in found:
            raise UnreadableError(name)
        return found["default"]

    def _resources(self) -> dict[str, Any]:
        found: dict[str, dict[str, Any]] = {}
        for kind, named in _merged(self._document.get("resource", {})).items():
            for name, body in _merged(named).items():
                body = _one(body)  # noqa: PLW2901
                if not isinstance(body, dict):
                    continue
                for suffix, names, arguments in instances(body, self):
                    found.setdefault(ALIASES.get(kind, kind), {})[f"{name}{suffix}"] = self.read(arguments, names)
        return found

    def read(self, value: Any, names: Mapping[str, Any], argument: str = "", depth: int = 0) -> Any:  # noqa: ANN401
        """A value in the one form."""
        if depth > _DEEPEST:
            return value
        if isinstance(value, str):
            return self._text(value, names, argument, depth)
        if isinstance(value, list):
            return [self.read(item, names, argument, depth + 1) for item in value]
        return self._block(value, names, argument, depth) if isinstance(value, dict) else value

    def _block(self, value: Mapping[str, Any], names: Mapping[str, Any], argument: str, depth: int) -> dict[str, Any]:
        if argument in _BOOLEAN_MAPS:
            as_booleans = {"true": True, "false": False}
            known = {key: self._in_text(item, names) for key, item in value.items()}
            return {key: as_booleans.get(str(item), item) for key, item in known.items()}
        if argument in _TEXTS:
            return {key: self._in_text(item, names) for key, item in value.items()}
        if "dynamic" in value and depth < _DEEPEST:
            value = self._without_dynamic(value, names)
        return {key: self.read(item, names, key, depth + 1) for key, item in value.items()}

    def _in_text(self, value: Any, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is of any type
        return self._rendered(value, names) if isinstance(value, str) else value

    def _text(self, text: str, names: Mapping[str, Any], argument: str, depth: int) -> Any:  # noqa: ANN401
        if "${" in text:
            rendered = self._rendered(text, names)
            if rendered != text:
                return (
                    rendered
                    if isinstance(rendered, str) and "${" in rendered
                    else self.read(rendered, names, argument, depth + 1)
                )
            return rendered
        if argument in _ADDRESSES:
            return _ALIAS.sub(lambda match: f"{ALIASES[match[1]]}.", text)
        if argument in _TEXTS or not _ARGUMENT.fullmatch(argument):
            return text
        return _plain(text, argument)

    def _rendered(self, text: str, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is of any type
        if "${" not in text:
            return text
        if names or _KNOWN.search(text):
            try:
                found = render(text, _Scope(self, names))
            except (UnreadableError, RecursionError, ValueError, TypeError):
                found = text
            if not isinstance(found, str):
                return found
            text = found
        if "[" in text:
            text = _INDEX.sub(r"\g<address>", text)
        return _ALIAS.sub(lambda match: f"{ALIASES[match[1]]}.", text)

    def _without_dynamic(self, block: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
        """The block with its dynamic blocks written out; one whose elements are not known is there once."""
        written = {key: value for key, value in block.items() if key != "dynamic"}
        for dynamic in [block["dynamic"]] if isinstance(block["dynamic"], dict) else block["dynamic"] or ():
            for name, bodies in dynamic.items() if isinstance(dynamic, dict) else ():
                for body in bodies if isinstance(bodies, list) else [bodies]:
                    if not isinstance(body, dict):
                        continue
                    elements = self.read(body.get("for_each"), names)
                    iterator = str(body.get("iterator") or name)
                    kept = written.get(name)
                    blocks = kept if isinstance(kept, list) else [kept] if kept else []
                    for key, value in elements_of(elements):
                        inner = {**names, iterator: {"key": key, "value": value}}
                        contents = body.get("content")
                        for content in contents if isinstance(contents, list) else [contents]:
                            blocks = [*blocks, self.read(content, inner)]
                    written[name] = blocks
        return written


def _plain(text: str, argument: str) -> str | bool | int:
    """A text without expressions as the type of its argument has it."""
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if _NUMBER.fullmatch(text) and _NUMBER_NAME.search(argument) else text


def elements_of(value: object) -> list[tuple[Any, Any]]:
    """Keys and values over which Terraform repeats a block; one that is not known counts as one."""
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, list):
        return [(item if isinstance(item, str) else index, item) for index, item in enumerate(value)]
    return [("${each.key}", "${each.value}")]


def _at(value: Any, path: Sequence[str | int]) -> Any:  # noqa: ANN401 - JSON is of any type
    for step in path:
        try:
            value = value[int(step)] if isinstance(value, list) else value[str(step)]
        except (LookupError, TypeError, ValueError):
            raise UnreadableError from None
    return value


def _merged(value: object) -> dict[str, Any]:
    """An object that can also be written as an array of objects; of what is neither, nothing."""
    if isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for part in value if isinstance(value, list) else ():
        for key, inner in part.items() if isinstance(part, dict) else ():
            both = isinstance(found.get(key), dict) and isinstance(inner, dict)
            found[key] = {**found[key], **inner} if both else inner
    return found


def _one(value: object) -> Any:  # noqa: ANN401 - JSON is of any type
    """A body that can also be the only item of an array."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
