"""Reads IAM policies for the rules, from every resource that has one: what each statement is about."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from compliance.documents import Document, documents, parsed
from compliance.evaluation import matches_action
from compliance.normal_form import Statement
from compliance.references import Place, places
from compliance.statement_parts import condition_keys, is_allow, many, principals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

__all__ = [
    "Document",
    "Kind",
    "Statement",
    "allows_action",
    "condition_keys",
    "documents",
    "every_statement",
    "is_allow",
    "is_boundary",
    "is_named_as_boundary",
    "kind_in",
    "kind_of",
    "many",
    "narrowing_statements",
    "parsed",
    "principals",
    "statements",
    "statements_in",
]


class Kind(Enum):
    """What a statement controls."""

    PERMISSIONS = "what a role may do"
    TRUST = "who may assume a role"
    RESOURCE = "who may use a resource"
    BOUNDARY = "what a role may do at most"


_POLICY: Final = "aws_iam_policy"
_ROLE: Final = "aws_iam_role"
_PERMISSIONS: Final = frozenset({_POLICY, "aws_iam_group_policy", "aws_iam_role_policy", "aws_iam_user_policy"})
_BOUNDARY: Final = "-boundary"
"""The end of the name of a managed policy that grants nothing, also if no role of these stacks has it."""
_NARROWING_ONLY: Final = frozenset({"aws_organizations_policy", "aws_vpc_endpoint", "aws_vpc_endpoint_policy"})
"""Their policies only restrict; the policies of caller and resource still decide."""


def statements(
    stack: Stack, *kinds: Kind, stacks: Mapping[str, Stack] | None = None
) -> Iterator[tuple[Resource, Statement]]:
    """Every statement of these kinds that is known before a plan.

    Args:
        stack: Where.
        kinds: What they control.
        stacks: All stacks by id, for what the stack reads of others, and for boundaries that only roles of others have.
    """
    for resource, statement in every_statement(stack, stacks):
        if resource.kind not in _NARROWING_ONLY and kind_of(resource, statement, stack, stacks) in kinds:
            yield resource, statement


def every_statement(stack: Stack, stacks: Mapping[str, Stack] | None = None) -> Iterator[tuple[Resource, Statement]]:
    """Every statement of every policy of any resource, also of one that only restricts."""
    for document in documents(stack, stacks):
        yield from ((document.resource, statement) for statement in document.statements)


def statements_in(resource: Resource, stack: Stack, stacks: Mapping[str, Stack] | None = None) -> list[Statement]:
    """The statements of the policies of one resource of a stack."""
    found = (one for one in documents(stack, stacks) if one.resource.address == resource.address)
    return [statement for document in found for statement in document.statements]


def narrowing_statements(
    stack: Stack, stacks: Mapping[str, Stack] | None = None
) -> Iterator[tuple[Resource, Statement]]:
    """Every statement of a policy that only restricts what others allow, like that of an endpoint."""
    return (pair for pair in every_statement(stack, stacks) if pair[0].kind in _NARROWING_ONLY)


def kind_of(resource: Resource, statement: Statement, stack: Stack, stacks: Mapping[str, Stack] | None = None) -> Kind:
    """What a statement controls: it follows from whether it has a principal, for any type of resource."""
    if resource.kind == _POLICY and is_boundary(resource, stack, stacks):
        return Kind.BOUNDARY
    return kind_in(resource.kind, statement)


def kind_in(resource_kind: str, statement: Statement) -> Kind:
    """What a statement controls in a type of resource, where no role is known that has it as its boundary."""
    if resource_kind in _PERMISSIONS or not {"NotPrincipal", "Principal"} & statement.keys():
        return Kind.PERMISSIONS
    actions = many(statement.get("Action"))
    is_trust = resource_kind == _ROLE or (actions and all(one.lower().startswith("sts:") for one in actions))
    return Kind.TRUST if is_trust else Kind.RESOURCE


def is_named_as_boundary(name: object) -> bool:
    """Whether the name of a managed policy says that it is a boundary, which grants nothing."""
    return str(name).endswith(_BOUNDARY)


def allows_action(statement: Statement, action: str) -> bool:
    """Whether it allows an action; IAM ignores upper and lower case."""
    if not is_allow(statement):
        return False
    if "NotAction" in statement:
        return not any(matches_action(pattern, action) for pattern in many(statement["NotAction"]))
    return any(matches_action(pattern, action) for pattern in many(statement.get("Action")))


def is_boundary(policy: Resource, stack: Stack, stacks: Mapping[str, Stack] | None) -> bool:
    """Whether a managed policy limits roles: by its name, or because a role has it as its boundary."""
    if is_named_as_boundary(policy.get("name")):
        return True
    names, used = _boundaries(_All({stack.id: stack} if stacks is None else stacks))
    return policy.get("name") in names or Place.of(stack, policy) in used


class _All:
    """The stacks, compared as an object."""

    def __init__(self, stacks: Mapping[str, Stack]) -> None:
        self.stacks = stacks
        self._key = tuple(map(id, stacks.values()))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _All) and list(map(id, self.stacks.values())) == list(map(id, other.stacks.values()))


@lru_cache(maxsize=16)
def _boundaries(all_: _All) -> tuple[frozenset[str], frozenset[Place]]:
    """The names and places of the policies that roles and users have as their boundary."""
    names, used = set[str](), set[Place]()
    for stack in all_.stacks.values():
        for resource in stack.all():
            if isinstance(text := resource.get("permissions_boundary"), str):
                if "${" in text:
                    used |= places(text, stack, all_.stacks)
                else:
                    names.add(text.rpartition("/")[2])
    return frozenset(names), frozenset(used)
