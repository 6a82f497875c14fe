"""IAM roles and their trust policies."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from modules.boundary import Boundary, boundary_arn
from modules.errors import LimitError, WiringError
from modules.policy import Condition, PolicyDocument, Principal, Statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import TerraformResource

    from modules.label import Label

# All inline policies of a role together, without white space, which IAM does not count:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_INLINE_POLICY_LIMIT: Final = 10_240
# Quotas of a new account; the same page.
_TRUST_POLICY_LIMIT: Final = 2_048
_MANAGED_POLICIES: Final = 10


class ServicePrincipal(StrEnum):
    """The AWS services that assume roles of this platform; GitHub's apply role may pass roles to no other service."""

    BACKUP = "backup.amazonaws.com"
    CLOUDTRAIL = "cloudtrail.amazonaws.com"
    CODEBUILD = "codebuild.amazonaws.com"
    CODEDEPLOY = "codedeploy.amazonaws.com"
    CODEPIPELINE = "codepipeline.amazonaws.com"
    ECS_TASKS = "ecs-tasks.amazonaws.com"
    LAMBDA = "lambda.amazonaws.com"
    RDS = "rds.amazonaws.com"
    RDS_MONITORING = "monitoring.rds.amazonaws.com"
    S3 = "s3.amazonaws.com"
    SCHEDULER = "scheduler.amazonaws.com"
    VPC_FLOW_LOGS = "vpc-flow-logs.amazonaws.com"


_HOUR_SECONDS: Final = 3600

SENDS_ACCOUNT: Final[Mapping[ServicePrincipal, str]] = {
    ServicePrincipal.CODEBUILD: (
        "https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html"
    ),
    ServicePrincipal.ECS_TASKS: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    ServicePrincipal.RDS_MONITORING: (
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html"
    ),
    ServicePrincipal.SCHEDULER: (
        "https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html"
    ),
    ServicePrincipal.VPC_FLOW_LOGS: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html",
}
"""The services that send aws:SourceAccount when they assume a role, each with the page that says so.

A service that does not send it can never assume a role that requires it, and many fail silently. The pages on the
roles of the others, CodePipeline and CodeDeploy too, have trust policies without a condition; none promises the key.
Whoever passes such a role still needs iam:PassRole on it, and that to a service of the same account only:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-service-role-cli.html
https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
"""


class Role(Construct):
    """A role that one AWS service assumes, restricted to this account if the service supports it, with no permissions.

    `trust` replaces the service if another principal assumes it. Its boundary limits what a grant can add.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        description: str,
        service: ServicePrincipal | None = None,
        trust: Statement | None = None,
        name: str | None = None,
        boundary: Boundary = Boundary.WORKLOAD,
        max_session_hours: int | None = None,
        after: Sequence[TerraformResource] = (),
    ) -> None:
        """Create the role.

        Args:
            label: Names it.
            description: What it is for, in one sentence.
            service: The service that may assume it.
            trust: The trust statement, if a principal other than a service assumes it.
            name: Component of its name if the id is not specific enough.
            boundary: The most that it may do.
            max_session_hours: The longest session that may be asked for; without it IAM's default, one hour.
            after: What must be made first in the same stack: the boundary, if it is there.

        Raises:
            WiringError: Both or none of `service` and `trust` are given.
        """
        super().__init__(scope, id_)
        assumed_by = trust if service is None else _service_trust(service, label.account_id)
        if assumed_by is None or (service and trust):
            raise WiringError(self, "exactly one of service= and trust= must be given")
        self._role = IamRole(
            self,
            "Default",
            name=label.role_name(name or id_),
            description=description,
            assume_role_policy=PolicyDocument.of(self, assumed_by, limit=_TRUST_POLICY_LIMIT).render(),
            permissions_boundary=boundary_arn(label, boundary),
            max_session_duration=None if max_session_hours is None else max_session_hours * _HOUR_SECONDS,
            depends_on=list(after) or None,
        )
        self._document = PolicyDocument(self, limit=_INLINE_POLICY_LIMIT)
        self._policy: IamRolePolicy | None = None
        self._attached = 0

    @cached_property
    def arn(self) -> str:
        """ARN of the role."""
        return self._role.arn

    @property
    def name(self) -> str:
        """Name of the role."""
        return self._role.name

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before the role is used, and be destroyed after its last use."""
        return [self._policy] if self._policy else []

    def add_to_policy(self, *statements: Statement) -> None:
        """Add statements to the inline policy."""
        self._document.add(*statements)
        if self._policy is None:
            self._policy = IamRolePolicy(
                self, "permissions", name="permissions", role=self._role.id, policy=self._document.text
            )

    def attach(self, id_: str, *, policy_arn: str) -> None:
        """Attach a managed policy: one that AWS keeps up to date, or one too long for an inline policy.

        Raises:
            LimitError: The role has as many as IAM allows.
        """
        self._attached += 1
        if self._attached > _MANAGED_POLICIES:
            raise LimitError(self, f"has {self._attached} managed policies; it must have {_MANAGED_POLICIES} or fewer")
        IamRolePolicyAttachment(self, id_, role=self._role.name, policy_arn=policy_arn)


def _service_trust(service: ServicePrincipal, account_id: str) -> Statement:
    # Without the condition, another account could make the service use this role (confused deputy):
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    own_account = Condition(operator="StringEquals", key="aws:SourceAccount", values=(account_id,))
    return Statement(
        actions=("sts:AssumeRole",),
        principal=Principal.service(service),
        conditions=(own_account,) if service in SENDS_ACCOUNT else (),
    )
