"""Which roles have a statement of a policy, and what uses those roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from compliance.policies import Kind, principals, statements, statements_in
from compliance.references import Place, of_same_environment, places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack
    from synthesis.template import Resource

TASKS: Final = "ecs-tasks.amazonaws.com"
_ROLE, _ROLE_POLICY = "aws_iam_role", "aws_iam_role_policy"
_POLICY, _ATTACHMENT = "aws_iam_policy", "aws_iam_role_policy_attachment"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A statement with its policy and the places of the roles that have it."""

    policy: Resource
    statement: Statement
    roles: frozenset[Place]


def grants(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Grant]:
    """Each statement of the policies of a stack that say what roles may do."""
    for policy, statement in statements(stack, Kind.PERMISSIONS, stacks=stacks):
        yield Grant(policy=policy, statement=statement, roles=frozenset(_roles(policy, stack, stacks)))


def services_by_role(stack: Stack, stacks: Mapping[str, Stack]) -> dict[Place, list[str]]:
    """The services that may assume each role of the environment; none for a role of people or pipelines."""
    return {
        Place.of(other, role): [
            service for statement in statements_in(role, other, stacks) for service in principals(statement, "Service")
        ]
        for other in of_same_environment(stack, stacks)
        for role in other.all(_ROLE)
    }


def functions_by_role(stack: Stack, stacks: Mapping[str, Stack]) -> dict[Place, list[tuple[Place, Resource]]]:
    """The functions of the environment that have each role."""
    found: dict[Place, list[tuple[Place, Resource]]] = {}
    for other in of_same_environment(stack, stacks):
        for function in other.all("aws_lambda_function"):
            for role in places(function.get("role"), other, stacks):
                found.setdefault(role, []).append((Place.of(other, function), function))
    return found


def _roles(policy: Resource, stack: Stack, stacks: Mapping[str, Stack]) -> set[Place]:
    if policy.kind == _ROLE_POLICY:
        return places(policy.get("role"), stack, stacks)
    if policy.kind != _POLICY:
        return {Place.of(stack, policy)}  # a role with a policy inside
    return {
        role
        for other in of_same_environment(stack, stacks)
        for attachment in other.all(_ATTACHMENT)
        if Place.of(stack, policy) in places(attachment.get("policy_arn"), other, stacks)
        for role in places(attachment.get("role"), other, stacks)
    }


def role_statements(role: Resource, stack: Stack, stacks: Mapping[str, Stack]) -> list[Statement]:
    """What a role may do by the policies in it and beside it, in whatever form; not by those that are attached."""
    own = [one for one in statements_in(role, stack, stacks) if "Principal" not in one]
    beside = stack.attached(role, _ROLE_POLICY, by="role")
    return [*own, *(one for policy in beside for one in statements_in(policy, stack, stacks))]
