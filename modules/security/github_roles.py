"""The two roles that GitHub Actions assumes, with a token valid for minutes instead of a stored access key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct

from modules.boundary import Boundary
from modules.policy import Condition, Principal, Statement
from modules.role import Role
from modules.security.audit_protection import deny_audit_changes
from modules.security.role_changes import APPLY, PLAN, allow_role_changes, deny_boundary_removal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.security import GithubSettings
    from modules.label import Label
    from modules.state_store import StateStore

_ISSUER: Final = "token.actions.githubusercontent.com"
_AUDIENCE: Final = "sts.amazonaws.com"
_READ_ONLY: Final = "arn:aws:iam::aws:policy/ReadOnlyAccess"
_POWER_USER: Final = "arn:aws:iam::aws:policy/PowerUserAccess"


class GithubRoles(Construct):
    """`plan` reads, `apply` writes; each trusts only the subjects in the settings.

    `apply` cannot change what limits it, nor what watches the account: a person applies the layers `state`,
    `notifications` and `security`. The roles that it creates have a boundary that excludes both.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: GithubSettings,
        label: Label,
        state: StateStore,
        regions: Sequence[str],
    ) -> None:
        """Create the roles.

        Args:
            config: The subjects that they trust.
            label: Names them.
            state: Both read the states, `apply` writes them.
            regions: All regions of the environment.
        """
        super().__init__(scope, id_)
        self._label = label
        self._regions = regions
        provider_arn = self._add_provider(create=config.create_provider)
        applies = _apply_subject(config)
        pull_requests = (f"repo:{config.repository}:pull_request",) if config.plan_pull_requests else ()
        self.plan = Role(
            self,
            "plan",
            label=label,
            name=PLAN,
            description="GitHub Actions: reads, for terraform plan",
            trust=_trust(provider_arn, (applies, *pull_requests)),
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
        )
        self._grant_plan(state)
        self._grant_apply(state)

    def _add_provider(self, *, create: bool) -> str:
        if not create:
            return self._label.arn("iam", f"oidc-provider/{_ISSUER}", region="")
        # No thumbprint: IAM trusts GitHub's certificate authority already.
        return IamOpenidConnectProvider(self, "provider", url=f"https://{_ISSUER}", client_id_list=[_AUDIENCE]).arn

    def _grant_plan(self, state: StateStore) -> None:
        self.plan.attach("read-only", policy_arn=_READ_ONLY)
        state.grant_plan(self.plan)
        # The provider decrypts a parameter to compare it, also one written with value_wo.
        self.plan.add_to_policy(
            Statement(
                sid="AllowParameterDecryption",
                actions=("kms:Decrypt",),
                resources=tuple(self._label.arn("kms", "key/*", region=region) for region in self._regions),
                conditions=(
                    Condition(
                        operator="StringEquals",
                        key="kms:ViaService",
                        values=tuple(f"ssm.{region}.amazonaws.com" for region in self._regions),
                    ),
                    Condition(
                        operator="StringLike",
                        key="kms:EncryptionContext:PARAMETER_ARN",
                        values=tuple(
                            self._label.arn("ssm", f"parameter{self._label.path('*')}", region=region)
                            for region in self._regions
                        ),
                    ),
                    Condition(
                        operator="ForAnyValue:StringLike",
                        key="kms:ResourceAliases",
                        values=(f"alias/{self._label.prefix}-*",),
                    ),
                ),
            )
        )

    def _grant_apply(self, state: StateStore) -> None:
        # Its boundary is what limits it: these two allow what the layers need of other services than IAM, and the
        # statements below deny what has too many names for a boundary.
        self.apply.attach("power-user", policy_arn=_POWER_USER)
        self.apply.attach("read-only", policy_arn=_READ_ONLY)
        state.grant_apply(self.apply)
        self.apply.add_to_policy(
            *allow_role_changes(self._label), deny_boundary_removal(), *deny_audit_changes(self._label)
        )


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
