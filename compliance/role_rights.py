"""What a role may do, by all of its policies wherever they stand, less what its denials and its boundary take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance.actions import matching
from compliance.arns import can_be
from compliance.conditions import demanded, tests
from compliance.evaluation import matches, matches_action
from compliance.policies import Kind, allows_action, kind_of, many, statements_in
from compliance.references import Place, of_same_environment, places, referred

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_HOLDERS: Final = ("group", "groups", "role", "role_name", "roles", "user", "users")
_BOUNDARY_KEY: Final = "iam:permissionsboundary"
_OF_AWS: Final[Mapping[str, dict[str, Any]]] = {
    "AdministratorAccess": {"Action": "*"},
    "IAMFullAccess": {"Action": "iam:*"},
    "PowerUserAccess": {"NotAction": ["account:*", "iam:*", "organizations:*"]},
}
"""What AWS's own policies allow, as far as it is about roles.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""


@dataclass(frozen=True, kw_only=True)
class RoleRights:
    """The policies of one role."""

    policies: tuple[tuple[Place, Statement], ...]
    """Its statements, each with the resource that has it."""
    boundary: tuple[Statement, ...] | None
    """The statements of its boundary; None if it has none, or one that limits nothing."""

    def allowed(self, action: str) -> Iterator[tuple[Place, str, Statement]]:
        """Where an action is allowed, on which resource, and by which statement."""
        for place, statement in self.policies:
            if allows_action(statement, action):
                for resource in many(statement.get("Resource")) or ["*"]:
                    if not _is_possible(action, resource):
                        continue
                    if not self._is_denied(action, resource) and self._is_within(action, resource):
                        yield place, resource, statement

    def is_bound(self, action: str, statement: Statement) -> bool:
        """Whether roles that it makes, or changes by this action, always have a certain boundary."""
        limits = [statement, *(one for one in self.boundary or () if allows_action(one, action))]
        if any(names_boundary(one) for one in limits[:1]) or (limits[1:] and all(map(names_boundary, limits[1:]))):
            return True
        return any(
            test.key == _BOUNDARY_KEY and test.is_negated and _is_exact(test.values)
            for denial in self._denials(action)
            for test in tests(denial)
            if "*" in many(denial.get("Resource"))
        )

    def _denials(self, action: str) -> Iterator[Statement]:
        for one in [*(statement for _, statement in self.policies), *(self.boundary or ())]:
            if one.get("Effect") == "Deny" and _is_about(one, action):
                yield one

    def _is_denied(self, action: str, resource: str) -> bool:
        return any(
            not one.get("Condition")
            and (
                any(matches(pattern, resource) for pattern in many(one.get("Resource")))
                or ("NotResource" in one and not any(_meet(other, resource) for other in many(one["NotResource"])))
            )
            for one in self._denials(action)
        )

    def _is_within(self, action: str, resource: str) -> bool:
        if self.boundary is None:
            return True
        return any(
            allows_action(one, action) and any(_meet(other, resource) for other in many(one.get("Resource")) or ["*"])
            for one in self.boundary
        )


def names_boundary(statement: Statement) -> bool:
    """Whether a statement demands a certain boundary: by an operator and a value that demand it."""
    return any(test.key == _BOUNDARY_KEY and _is_exact(test.values) for test in demanded(statement))


def rights_of(role: Resource, stack: Stack, stacks: Mapping[str, Stack]) -> RoleRights:
    """The rights of a role, a user or a group of a stack."""
    place = Place.of(stack, role)
    inside = statements_in(role, stack, stacks)
    found = [(place, one) for one in inside if kind_of(role, one, stack, stacks) is Kind.PERMISSIONS]
    for other in of_same_environment(stack, stacks):
        for resource in other.all():
            if resource.kind.startswith("aws_iam_") and _is_of(resource, role, place, other, stacks):
                if resource.kind.endswith("_policy"):
                    found += [(Place.of(other, resource), one) for one in statements_in(resource, other, stacks)]
                for arn in many(resource.get("policy_arn")) + many(resource.get("policy_arns")):
                    found += list(_managed(arn, Place.of(other, resource), other, stacks))
    for arn in many(role.get("managed_policy_arns")):
        found += list(_managed(arn, place, stack, stacks))
    return RoleRights(policies=tuple(found), boundary=_boundary(role, stack, stacks))


def _is_of(resource: Resource, role: Resource, place: Place, stack: Stack, stacks: Mapping[str, Stack]) -> bool:
    """Whether a policy, or an attachment of one, says that it is for a role."""
    holders = [resource.get(name) for name in _HOLDERS if resource.get(name)]
    name = role.get("name")
    return any(
        place in places(holder, stack, stacks) or (isinstance(name, str) and name in many(holder)) for holder in holders
    )


def _managed(
    arn: str, attachment: Place, stack: Stack, stacks: Mapping[str, Stack]
) -> Iterator[tuple[Place, Statement]]:
    for owner, policy in referred(arn, stack, stacks):
        yield from ((Place.of(owner, policy), one) for one in statements_in(policy, owner, stacks))
    if arn.startswith("arn:") and (says := _OF_AWS.get(arn.rpartition("/")[2])):
        yield attachment, {"Effect": "Allow", "Resource": "*", **says}


def _boundary(role: Resource, stack: Stack, stacks: Mapping[str, Stack]) -> tuple[Statement, ...] | None:
    arn = role.get("permissions_boundary")
    if not isinstance(arn, str):
        return None
    found = list(referred(arn, stack, stacks))
    found += [
        (other, policy)
        for other in of_same_environment(stack, stacks)
        for policy in other.all("aws_iam_policy")
        if "${" not in arn and policy.get("name") == arn.rpartition("/")[2]
    ]
    says = _OF_AWS.get(arn.rpartition("/")[2])
    if says:
        return ({"Effect": "Allow", "Resource": "*", **says},)
    return tuple(one for owner, policy in found[:1] for one in statements_in(policy, owner, stacks)) if found else None


def _is_possible(action: str, resource: str) -> bool:
    """Whether an action can be on a resource: one on groups never is on a role."""
    return "${" in resource or any(one.can_be_on(resource) for one in matching(action))


def _is_about(statement: Statement, action: str) -> bool:
    if "NotAction" in statement:
        return not any(matches_action(pattern, action) for pattern in many(statement["NotAction"]))
    return any(matches_action(pattern, action) for pattern in many(statement.get("Action")))


def _meet(one: str, other: str) -> bool:
    """Whether two patterns of resources are about something in common, as far as it is known."""
    if "${" in one or "${" in other or "*" in (one, other):
        return True
    return can_be(one, other) or can_be(other, one) or matches(one, other) or matches(other, one)


def _is_exact(values: tuple[str, ...]) -> bool:
    return bool(values) and not any(set("*?") & set(one) or one.endswith("/AdministratorAccess") for one in values)
