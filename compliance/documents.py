"""Finds every IAM policy in the arguments of every resource, whatever type the resource and the argument are.

A policy can be JSON in a text, also inside other JSON; an expression with `jsonencode`; a reference to
`data.aws_iam_policy_document`, a local value, a variable's default, another resource's policy, or an output of another
stack; or blocks in an argument. None of it needs a table of types.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from compliance.expressions import render
from compliance.normal_form import Statement, is_document, shortened, statements_of
from compliance.policy_scope import PolicyScope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_POLICY_NAME: Final = re.compile(r"(^|_)(policy|policies)(_document|_text|_json)?$")
_PLAIN: Final = re.compile(
    r"\$\{(data\.)?(?!aws_iam_policy_document)[a-z0-9]+_[a-z0-9_]+\.[\w-]+(\[[^\]]*\])?\.(?!\w*policy)\w+\}"
)
"""A reference to an attribute that is not a policy: most texts, and none of them has to be followed."""
Found = tuple[str, list[Statement], list[str]]
"""Where a policy is, its statements, and what is wrong with it."""
_DEEPEST: Final = 60
_MANY: Final = 128


@dataclass(frozen=True, kw_only=True)
class Document:
    """A policy and where it is."""

    resource: Resource
    argument: str
    """Where in the resource: `inline_policy.policy`."""
    statements: tuple[Statement, ...]
    problems: tuple[str, ...] = ()
    """What is not known of it, or what IAM does not accept; each continues a sentence about the policy."""


class _Pair:
    """A stack and the others, compared as objects."""

    def __init__(self, stack: Stack, stacks: Mapping[str, Stack] | None) -> None:
        self.stack, self.stacks = stack, {stack.id: stack} if stacks is None else stacks
        self._key = (id(stack), *(map(id, stacks.values()) if stacks is not None else ()))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pair) and self._key == other._key


def documents(stack: Stack, stacks: Mapping[str, Stack] | None = None) -> tuple[Document, ...]:
    """Every policy of a stack.

    Args:
        stack: It must not change after the first call, which is kept.
        stacks: All stacks by their id, for what the stack reads of others; references to others are not known without.
    """
    return _documents(_Pair(stack, stacks))


@lru_cache(maxsize=_MANY)
def _documents(pair: _Pair) -> tuple[Document, ...]:
    scope = PolicyScope(pair.stack, pair.stacks)
    return tuple(
        Document(resource=resource, argument=path, statements=tuple(found), problems=tuple(problems))
        for resource in pair.stack.all()
        for path, found, problems in _in_value(dict(resource.arguments), "", scope, 0)
    )


def parsed(text: object) -> list[Statement] | None:
    """The statements of a policy in literal JSON; None where the text is not one. What is wrong in it is left out."""
    document = _json(text) if isinstance(text, str) else None
    if not isinstance(document, dict) or "statement" not in {str(key).lower() for key in document}:
        return None
    return statements_of(document, [])


def _in_value(value: object, path: str, scope: PolicyScope, depth: int) -> Iterator[Found]:
    """The policies in a part of a resource."""
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        yield from _in_text(value, path, scope, depth)
    elif is_document(value) and isinstance(value, dict):
        problems: list[str] = []
        rendered = {name: scope.rendered(inner) for name, inner in value.items()}
        yield path, statements_of(rendered, problems), problems
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _in_value(item, f"{path}.{key}" if path else str(key), scope, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _in_value(item, path, scope, depth + 1)


def _in_text(text: str, path: str, scope: PolicyScope, depth: int) -> Iterator[Found]:
    written = text.strip()
    if written[:1] in {"{", "["}:
        value = _json(text)
        if value is None and ("${" in text or "%{" in text):
            rendered = render(text, scope)
            value = _json(rendered) if isinstance(rendered, str) else None
        if value is not None:
            yield from _in_value(value, path, scope, depth + 1)
        elif _is_policy_name(path):
            yield path, [], ["is not valid JSON, or not known before a plan, so it cannot be judged"]
    elif written.startswith("${") and not _PLAIN.fullmatch(text):
        value = render(written, scope)
        is_known = value != written and not (isinstance(value, str) and value.strip(' "').startswith("${"))
        if is_known:
            yield from _in_value(value, path, scope, depth + 1)
        elif _is_policy_name(path):
            yield path, [], [f"is {shortened(text)}, which is not known before a plan, so it cannot be judged"]


def _is_policy_name(path: str) -> bool:
    return bool(_POLICY_NAME.search(path.rpartition(".")[2]))


@lru_cache(maxsize=4096)
def _json(text: str) -> Any:  # noqa: ANN401 - JSON is of any type
    """The value of JSON, which must not be changed; None if it is not valid."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
