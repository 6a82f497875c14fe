"""What a role that deploys may change in IAM: roles of its environment, within a boundary, and none of its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.boundary import Boundary, boundary_arn
from modules.label import NameLimit
from modules.policy import Condition, Statement
from modules.role import ServicePrincipal
from modules.security.audit_trail import ROLE as TRAIL_ROLE
from modules.state_store import STATE_REPLICATION

if TYPE_CHECKING:
    from modules.label import Label

PLAN: Final = "github-plan"
APPLY: Final = "github-apply"
# IAM compares iam:PermissionsBoundary for these only, with the boundary that the role has or gets:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
_BOUNDED_CHANGES: Final = (
    "iam:CreateRole",
    "iam:DeleteRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
)
# None of these adds a permission to a role. Who may assume a role can be changed, but each of these roles is limited by
# its boundary; those that are not are in `_protected_roles`.
_OTHER_CHANGES: Final = (
    "iam:DeleteRole",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
_ATTACHMENTS: Final = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
# A person applies the layers `state`, `security` and `recovery`, and so passes the roles of these services.
_PERSONS: Final = (ServicePrincipal.BACKUP, ServicePrincipal.CLOUDTRAIL, ServicePrincipal.S3)
_PASSED_TO: Final = tuple(service.value for service in ServicePrincipal if service not in _PERSONS)


def allow_role_changes(label: Label) -> tuple[Statement, ...]:
    """Allow what the layers need; attaching managed policies is not among it."""
    roles = (label.arn("iam", f"role/{label.prefix}-*", region=""),)
    boundary = tuple(boundary_arn(label, one) for one in (Boundary.DELIVERY, Boundary.WORKLOAD))
    return (
        Statement(
            sid="AllowRolesWithBoundary",
            actions=_BOUNDED_CHANGES,
            resources=roles,
            conditions=(Condition(operator="StringEquals", key="iam:PermissionsBoundary", values=boundary),),
        ),
        Statement(sid="AllowRoleChanges", actions=_OTHER_CHANGES, resources=roles),
        Statement(
            sid="AllowPassRole",
            actions=("iam:PassRole",),
            resources=roles,
            conditions=(Condition(operator="StringEquals", key="iam:PassedToService", values=_PASSED_TO),),
        ),
    )


def deny_boundary_removal() -> Statement:
    """Deny taking a boundary from any role."""
    return Statement(
        sid="DenyBoundaryRemoval",
        effect="Deny",
        actions=("iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"),
        resources=("*",),
    )


def deny_limit_changes(label: Label) -> tuple[Statement, ...]:
    """Deny changes of the boundaries, of the roles that have a wider one, and of the role that writes the trail."""
    # By one pattern for all of them, because the policy that this is in is near its limit.
    boundaries = (label.arn("iam", f"policy/{label.prefix}-*-boundary", region=""),)
    denials = label.arn("iam", f"policy/{apply_denials_name(label)}", region="")
    return (
        Statement(
            sid="DenyBoundaryChanges",
            effect="Deny",
            actions=("iam:CreatePolicy*", "iam:DeletePolicy*", "iam:SetDefaultPolicyVersion"),
            resources=(*boundaries, denials),
        ),
        Statement(
            sid="DenyProtectedRoleChanges",
            effect="Deny",
            actions=(
                *_BOUNDED_CHANGES,
                *_OTHER_CHANGES,
                *_ATTACHMENTS,
                "iam:PassRole",
            ),
            resources=_protected_roles(label),
        ),
    )


def apply_denials_name(label: Label) -> str:
    """Name of the policy with what the role `apply` may not silence."""
    return label.in_home_region().global_name("github-apply-denials", limit=NameLimit.IAM_POLICY)


def _protected_roles(label: Label) -> tuple[str, ...]:
    # By their names: `<prefix>-github-*` also has the roles of a service that is named github.
    home = label.in_home_region()
    copier = (STATE_REPLICATION,) if label.recovery_region else ()  # it reads every state
    names = (home.role_name(name) for name in (PLAN, APPLY, TRAIL_ROLE, *copier))
    return tuple(label.arn("iam", f"role/{name}", region="") for name in names)
