"""The two roles that GitHub Actions assumes, with a token valid for minutes instead of a stored access key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from constructs import Construct

from modules.boundary import Boundary
from modules.policy import Condition, PolicyDocument, Principal, Statement
from modules.role import Role
from modules.security.audit_protection import deny_audit_erasure, deny_audit_silencing
from modules.security.copy_protection import deny_copy_changes
from modules.security.permissions_boundaries import MANAGED_POLICY_LIMIT
from modules.security.role_changes import APPLY, PLAN, allow_role_changes, apply_denials_name, deny_boundary_removal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.security import GithubSettings
    from modules.label import Label
    from modules.state_copies import StateCopies
    from modules.state_store import StateStore

APPLY_HOURS: Final = 4
"""The longest apply: its job cannot renew its credentials, and Terraform needs some to write the state at the end.

https://github.com/aws-actions/configure-aws-credentials/issues/359
"""
_ISSUER: Final = "token.actions.githubusercontent.com"
_AUDIENCE: Final = "sts.amazonaws.com"
_READ_ONLY: Final = "arn:aws:iam::aws:policy/ReadOnlyAccess"
_POWER_USER: Final = "arn:aws:iam::aws:policy/PowerUserAccess"


class GithubRoles(Construct):
    """`plan` reads, `apply` writes; each trusts only the subjects in the settings.

    `apply` cannot change what limits it, what watches the account, nor the copies of the data: a person applies the
    layers `state`, `notifications`, `security` and `recovery`. The roles that it creates have a boundary that excludes
    all of it.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: GithubSettings,
        label: Label,
        state: StateStore,
        copies: StateCopies | None,
        regions: Sequence[str],
    ) -> None:
        """Create the roles.

        Args:
            config: The subjects that they trust.
            label: Names them.
            state: Both read the states, `apply` writes them.
            copies: `plan` reads the states in the second region, too; None if there is none.
            regions: All regions of the environment.
        """
        super().__init__(scope, id_)
        self._label = label
        self._regions = regions
        provider_arn = self._add_provider(create=config.create_provider)
        applies = _apply_subject(config)
        # An environment that asks for an approval would ask for it before the plan that is to be approved.
        plans = (f"{applies}-plan",) if config.environment is not None else ()
        pull_requests = (f"repo:{config.repository}:pull_request",) if config.plan_pull_requests else ()
        self.plan = Role(
            self,
            "plan",
            label=label,
            name=PLAN,
            description="GitHub Actions: reads, for terraform plan",
            trust=_trust(provider_arn, (applies, *plans, *pull_requests)),
            boundary=Boundary.DEPLOYMENT,
        )
        self.apply = Role(
            self,
            "apply",
            label=label,
            name=APPLY,
            description="GitHub Actions: writes, for terraform apply",
            trust=_trust(provider_arn, (applies,)),
            boundary=Boundary.DEPLOYMENT,
            max_session_hours=APPLY_HOURS,
        )
        self._grant_plan(state)
        self._grant_apply(state)
        if copies:
            copies.grant_plan(self.plan)  # a person applies the stacks whose states are there

    def _add_provider(self, *, create: bool) -> str:
        if not create:
            return self._label.arn("iam", f"oidc-provider/{_ISSUER}", region="")
        # No thumbprint: IAM trusts GitHub's certificate authority already.
        return IamOpenidConnectProvider(self, "provider", url=f"https://{_ISSUER}", client_id_list=[_AUDIENCE]).arn

    def _grant_plan(self, state: StateStore) -> None:
        self.plan.attach("read-only", policy_arn=_READ_ONLY)
        state.grant_plan(self.plan)
        # A version that Terraform wrote is read again by each plan: those of the masters, and of no login of a role.
        masters = self._arns("secretsmanager", f"secret:{self._label.path('*', 'master').removeprefix('/')}-??????")
        self.plan.add_to_policy(
            # Every plan generates the passwords that Terraform does not store, also those that are not written.
            Statement(
                sid="AllowRandomPasswords",
                actions=("secretsmanager:GetRandomPassword",),
                # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
                resources=("*",),
            ),
            # ReadOnlyAccess describes secrets; the provider compares also a value written with secret_string_wo:
            # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
            Statement(sid="AllowSecretReads", actions=("secretsmanager:GetSecretValue",), resources=masters),
        )
        # The contexts and their pages are beside KeyUse in modules/key.py. The provider decrypts a parameter to compare
        # it, also one written with value_wo; Lambda returns no variables to a caller that cannot decrypt them.
        prefix = self._label.prefix
        parameters = self._arns("ssm", f"parameter{self._label.path('*')}")
        functions = self._arns("lambda", f"function:{prefix}-*")
        schedules = self._arns("scheduler", f"schedule/*/{prefix}-*")
        self.plan.add_to_policy(
            self._decryption("AllowParameterDecryption", "PARAMETER_ARN", parameters, service="ssm"),
            self._decryption("AllowSecretDecryption", "SecretARN", masters, service="secretsmanager"),
            self._decryption("AllowVariableDecryption", "aws:lambda:FunctionArn", functions),
            self._decryption("AllowScheduleDecryption", "aws:scheduler:schedule:arn", schedules),
        )

    def _decryption(self, sid: str, context: str, arns: tuple[str, ...], *, service: str | None = None) -> Statement:
        """Decryption with the keys of this environment, of what one key of the encryption context names."""
        via = tuple(f"{service}.{region}.amazonaws.com" for region in self._regions) if service else ()
        return Statement(
            sid=sid,
            actions=("kms:Decrypt",),
            resources=self._arns("kms", "key/*"),
            conditions=(
                *((Condition(operator="StringEquals", key="kms:ViaService", values=via),) if via else ()),
                Condition(operator="StringLike", key=f"kms:EncryptionContext:{context}", values=arns),
                Condition(
                    operator="ForAnyValue:StringLike",
                    key="kms:ResourceAliases",
                    values=(f"alias/{self._label.prefix}-*",),
                ),
            ),
        )

    def _arns(self, service: str, resource: str) -> tuple[str, ...]:
        return tuple(self._label.arn(service, resource, region=region) for region in self._regions)

    def _grant_apply(self, state: StateStore) -> None:
        # Its boundary is what limits it: these two allow what the layers need of other services than IAM, and the
        # statements below deny what has too many names for a boundary, and for one policy.
        self.apply.attach("power-user", policy_arn=_POWER_USER)
        self.apply.attach("read-only", policy_arn=_READ_ONLY)
        state.grant_apply(self.apply)
        self.apply.add_to_policy(
            *allow_role_changes(self._label),
            deny_boundary_removal(),
            *deny_audit_erasure(self._label),
            *deny_copy_changes(self._label),
        )
        denials = IamPolicy(
            self,
            "apply-denials",
            name=apply_denials_name(self._label),
            description="What GitHub Actions may not silence",
            policy=PolicyDocument.of(self, *deny_audit_silencing(self._label), limit=MANAGED_POLICY_LIMIT).render(),
        )
        self.apply.attach("apply-denials-attached", policy_arn=denials.arn)


def _apply_subject(config: GithubSettings) -> str:
    # https://docs.github.com/en/actions/concepts/security/openid-connect
    if config.environment is not None:
        return f"repo:{config.repository}:environment:{config.environment}"
    return f"repo:{config.repository}:ref:refs/heads/{config.branch}"


def _trust(provider_arn: str, subjects: tuple[str, ...]) -> Statement:
    return Statement(
        actions=("sts:AssumeRoleWithWebIdentity",),
        principal=Principal.identity_provider(provider_arn),
        conditions=(
            Condition(operator="StringEquals", key=f"{_ISSUER}:aud", values=(_AUDIENCE,)),
            # StringEquals, not StringLike: a wildcard here can let other repositories assume the role.
            Condition(operator="StringEquals", key=f"{_ISSUER}:sub", values=subjects),
        ),
    )
