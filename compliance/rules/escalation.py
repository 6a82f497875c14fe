"""No role can make itself, or anyone else, an administrator: the known ways, by what its policies allow in all.

https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/ lists them; the package policy_sentry has
them as data. Denials and boundaries count: what they take away cannot be used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.accounts import Accounts
from compliance.conditions import demanded
from compliance.role_rights import rights_of
from compliance.rule import Finding, rule_with_others
from compliance.wildcards import Width, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from compliance.references import Place
    from compliance.role_rights import RoleRights
    from synthesis.manifest import Stack

_BY_BOUNDARY: Final = (
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
)
"""What gives rights to a role or user; a condition can demand that it has a boundary."""
_ALWAYS: Final = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:PutGroupPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateLoginProfile",
    "organizations:DetachPolicy",
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:CreateAccountAssignment",
    "sso:PutInlinePolicyToPermissionSet",
)
"""What gives rights to whom no boundary limits."""
_ON_ANY: Final = ("iam:UpdateAssumeRolePolicy", "sts:AssumeRole")
"""What makes a role usable: any role, if the statement names none."""
_STARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "apprunner.amazonaws.com": ("apprunner:CreateService",),
    "batch.amazonaws.com": ("batch:RegisterJobDefinition",),
    "bedrock.amazonaws.com": ("bedrock:CreateAgent",),
    "cloudformation.amazonaws.com": ("cloudformation:CreateStack", "cloudformation:UpdateStack"),
    "codebuild.amazonaws.com": ("codebuild:CreateProject", "codebuild:UpdateProject"),
    "codepipeline.amazonaws.com": ("codepipeline:CreatePipeline", "codepipeline:UpdatePipeline"),
    "datapipeline.amazonaws.com": ("datapipeline:CreatePipeline",),
    "ec2.amazonaws.com": ("ec2:RunInstances", "ec2:AssociateIamInstanceProfile"),
    "ecs-tasks.amazonaws.com": ("ecs:RegisterTaskDefinition", "ecs:RunTask"),
    "glue.amazonaws.com": ("glue:CreateDevEndpoint", "glue:CreateJob", "glue:UpdateJob"),
    "lambda.amazonaws.com": ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"),
    "sagemaker.amazonaws.com": ("sagemaker:CreateNotebookInstance", "sagemaker:CreateTrainingJob"),
    "scheduler.amazonaws.com": ("scheduler:CreateSchedule",),
    "ssm.amazonaws.com": ("ssm:CreateAssociation", "ssm:StartAutomationExecution"),
    "states.amazonaws.com": ("states:CreateStateMachine", "states:UpdateStateMachine"),
}
"""What starts code, or calls of AWS, with a role that is passed to the service."""
_HANDS_OVER: Final = "iam:PassRole"
_SELF: Final = "$${aws:username}"
_HOLDERS: Final = ("aws_iam_group", "aws_iam_role", "aws_iam_user")


@rule_with_others
def role_cannot_become_administrator(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No role may give rights without a boundary, pass any role to a service that it starts, or become any role."""
    accounts = Accounts(stack, stacks)
    for role in stack.all(*_HOLDERS):
        rights = rights_of(role, stack, stacks)
        for way in dict.fromkeys(_ways(rights, accounts)):
            yield Finding.about(role, f"can become an administrator: {way}")


def _ways(rights: RoleRights, accounts: Accounts) -> Iterator[str]:
    for action in (*_BY_BOUNDARY, *_ALWAYS, *_ON_ANY):
        found = (one for one in rights.allowed(action) if _is_way(action, one, rights, accounts))
        for place, resource, _ in list(found)[:1]:
            lacks = " without iam:PermissionsBoundary" if action in _BY_BOUNDARY else ""
            yield f"{place.address} allows {action} on {resource}{lacks}"
    yield from _passing(rights, accounts)


def _is_way(action: str, found: tuple[Place, str, Statement], rights: RoleRights, accounts: Accounts) -> bool:
    _, resource, statement = found
    if action in _BY_BOUNDARY:
        return not rights.is_bound(action, statement)
    if action in _ALWAYS:
        return not resource.endswith(_SELF)
    return width(resource, accounts) is not Width.NAMED


def _passing(rights: RoleRights, accounts: Accounts) -> Iterator[str]:
    for place, resource, statement in rights.allowed(_HANDS_OVER):
        if width(resource, accounts) is Width.NAMED:
            continue
        for service, actions in _STARTS.items():
            started = next((one for one in actions if any(rights.allowed(one))), None)
            if started and _may_pass_to(statement, service):
                yield f"{place.address} allows {_HANDS_OVER} on {resource}, and {started}"


def _may_pass_to(statement: Statement, service: str) -> bool:
    named = [test.values for test in demanded(statement) if test.key == "iam:passedtoservice"]
    return not named or any("*" in one or one == service for values in named for one in values)
