"""AWS IAM: moto stores permissions boundaries but checks none, and has no quota of policies."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from moto.config.models import config_backends
from moto.iam.exceptions import EntityAlreadyExists
from moto.iam.models import SERVICE_NAME_CONVERSION, IAMBackend, iam_backends

from emulator.errors import AwsError
from emulator.registry import FORWARD, Context, Forward, guard, operation, patch
from emulator.store import Kind

if TYPE_CHECKING:
    from emulator.store import Shape

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, the quotas of a new account; IAM does not
# count white space.
_MANAGED_LENGTH = 6_144
_INLINE_LENGTH = 10_240
_TRUST_LENGTH = 2_048
_POLICIES_PER_ROLE = 10
_OF_AWS = "arn:aws:iam::aws:policy/"
_OWN_ROLE_PATH = "/aws-service-role/"

_FAILED_DELETIONS: Kind[str] = Kind("failed deletion of a service-linked role", missing="NoSuchEntity")
# moto writes the name of this service's role in lowercase letters:
# https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html
SERVICE_NAME_CONVERSION["config"] = "Config"


@guard("iam", "CreateRole", "CreateUser", "PutRolePermissionsBoundary")
def refuse_unknown_boundary(params: Shape, context: Context) -> None:
    """Refuse a boundary that is not a managed policy of AWS or of the account.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
    """
    boundary = params.get("PermissionsBoundary")
    if not boundary or str(boundary).startswith(_OF_AWS):
        return
    if boundary not in _backend(context).managed_policies:
        message = f"Scope ARN: {boundary} does not exist or is not attachable."
        raise AwsError(code="NoSuchEntity", message=message)


@guard("iam", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary")
def refuse_boundary_of_service_linked_role(params: Shape, context: Context) -> None:
    """Refuse to limit a role that belongs to a service.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
    """
    role = _role(params, context)
    if role is not None and str(role.path).startswith(_OWN_ROLE_PATH):
        message = (
            f"Cannot perform the operation on the protected role '{role.name}' - this role is only modifiable by AWS"
        )
        raise AwsError(code="UnmodifiableEntity", message=message)


@guard("iam", "DeletePolicy")
def refuse_policy_in_use(params: Shape, context: Context) -> None:
    """Refuse to delete a policy that is attached, is a boundary, or has more than one version; moto deletes it.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
    https://github.com/gruntwork-io/cloud-nuke/issues/972
    """
    arn = params["PolicyArn"]
    backend = _backend(context)
    policy = backend.managed_policies.get(arn)
    bounded = any(role.permissions_boundary_arn == arn for role in backend.roles.values())
    if bounded or (policy is not None and policy.attachment_count):
        raise AwsError(code="DeleteConflict", message="Cannot delete a policy attached to entities.")
    if policy is not None and len(policy.versions) > 1:
        message = (
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."
        )
        raise AwsError(code="DeleteConflict", message=message)


@guard("iam", "CreatePolicy", "CreatePolicyVersion")
def refuse_long_managed_policy(params: Shape, _: Context) -> None:
    """Refuse a managed policy over the quota."""
    if _length(params["PolicyDocument"]) > _MANAGED_LENGTH:
        raise AwsError(code="LimitExceeded", message=f"Cannot exceed quota for PolicySize: {_MANAGED_LENGTH}")


@guard("iam", "PutRolePolicy")
def refuse_long_inline_policies(params: Shape, context: Context) -> None:
    """Refuse an inline policy with which all of the role's are over the quota."""
    role = _role(params, context)
    held = {} if role is None else dict(role.policies)
    held[params["PolicyName"]] = params["PolicyDocument"]
    if sum(_length(document) for document in held.values()) > _INLINE_LENGTH:
        message = f"Maximum policy size of {_INLINE_LENGTH} bytes exceeded for role {params['RoleName']}"
        raise AwsError(code="LimitExceeded", message=message)


@guard("iam", "CreateRole", "UpdateAssumeRolePolicy")
def refuse_long_trust_policy(params: Shape, _: Context) -> None:
    """Refuse a trust policy over the quota."""
    document = params.get("AssumeRolePolicyDocument") or params.get("PolicyDocument") or ""
    if _length(document) > _TRUST_LENGTH:
        raise AwsError(code="LimitExceeded", message=f"Cannot exceed quota for ACLSizePerRole: {_TRUST_LENGTH}")


@guard("iam", "AttachRolePolicy")
def refuse_too_many_policies(params: Shape, context: Context) -> None:
    """Refuse the eleventh managed policy of a role."""
    role = _role(params, context)
    if role is None or params["PolicyArn"] in role.managed_policies:
        return
    if len(role.managed_policies) >= _POLICIES_PER_ROLE:
        raise AwsError(code="LimitExceeded", message=f"Cannot exceed quota for PoliciesPerRole: {_POLICIES_PER_ROLE}")


@patch(IAMBackend, "create_service_linked_role")
def refuse_second_service_linked_role(
    original: Any, backend: Any, service_name: str, description: str, suffix: str
) -> Any:
    """Refuse a role that the service has already, with AWS's own error; moto has another one.

    https://github.com/Rayraegah/terraform-aws-hasura/issues/17
    """
    try:
        return original(backend, service_name, description, suffix)
    except EntityAlreadyExists as error:
        name = str(error).partition("name ")[2].partition(" ")[0]
        message = f"Service role name {name} has been taken in this account, please try a different suffix."
        raise AwsError(code="InvalidInput", message=message) from error


@operation("iam", "DeleteServiceLinkedRole")
def refuse_role_in_use(params: Shape, context: Context) -> Shape | Forward:
    """Start a deletion that fails while a recorder of AWS Config uses the role; moto deletes it.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html
    """
    role = _role(params, context)
    recorders = [
        recorder for backend in dict.values(config_backends[context.account]) for recorder in backend.recorders.values()
    ]
    if role is None or not any(recorder.role_arn == role.arn for recorder in recorders):
        return FORWARD
    task = f"task{role.path}{role.name}/{uuid.uuid4()}"
    context.table(_FAILED_DELETIONS)[task] = role.arn
    return {"DeletionTaskId": task}


@operation("iam", "GetServiceLinkedRoleDeletionStatus")
def report_deletion(params: Shape, context: Context) -> Shape | Forward:
    """Report the deletions that failed."""
    arn = context.table(_FAILED_DELETIONS).get(params["DeletionTaskId"])
    if arn is None:
        return FORWARD
    usage = {"Region": context.region, "Resources": [arn]}
    return {"Status": "FAILED", "Reason": {"Reason": "The role is in use.", "RoleUsageList": [usage]}}


def _backend(context: Context) -> Any:
    return context.backend(iam_backends, "aws")


def _role(params: Shape, context: Context) -> Any | None:
    return next((role for role in _backend(context).roles.values() if role.name == params["RoleName"]), None)


def _length(document: str) -> int:
    return len("".join(document.split()))
