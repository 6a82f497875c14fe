"""The two roles that GitHub Actions assumes, with a token valid for minutes instead of a stored access key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct

from modules.label import NameLimit
from modules.policy import Condition, Principal, Statement
from modules.role import Role, ServicePrincipal
from modules.security.audit_protection import deny_audit_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.security import GithubSettings
    from modules.label import Label
    from modules.state_store import StateStore

_ISSUER: Final = "token.actions.githubusercontent.com"
_AUDIENCE: Final = "sts.amazonaws.com"
_PLAN: Final = "github-plan"
_APPLY: Final = "github-apply"
_READ_ONLY: Final = "arn:aws:iam::aws:policy/ReadOnlyAccess"
_POWER_USER: Final = "arn:aws:iam::aws:policy/PowerUserAccess"
_FULL_ACCESS: Final = (
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "arn:aws:iam::aws:policy/IAMFullAccess",
    "arn:aws:iam::aws:policy/PowerUserAccess",
)
# A person applies the layer `security`, and so passes the trail's role.
_PASSED_TO: Final = tuple(service.value for service in ServicePrincipal if service is not ServicePrincipal.CLOUDTRAIL)
_READ_ROLES: Final = (
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListInstanceProfilesForRole",
    "iam:ListRolePolicies",
    "iam:ListRoleTags",
)
_WRITE_ROLES: Final = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)


class GithubRoles(Construct):
    """`plan` reads, `apply` writes; each trusts only the subjects in the settings.

    `apply` is refused the calls that change these roles, or that switch off or silence the account's audit: a person
    applies the layer `security`. That is protection from mistakes, not from whoever controls the repository: `apply`
    changes the environment's other roles, which are not limited in this way, and the topics that the alarms notify.
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
            name=_PLAN,
            description="GitHub Actions: reads, for terraform plan",
            trust=_trust(provider_arn, (applies, *pull_requests)),
        )
        self.apply = Role(
            self,
            "apply",
            label=label,
            name=_APPLY,
            description="GitHub Actions: writes, for terraform apply",
            trust=_trust(provider_arn, (applies,)),
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
        self.apply.attach("power-user", policy_arn=_POWER_USER)  # everything but IAM and Organizations
        state.grant_apply(self.apply)
        roles = self._label.arn("iam", f"role/{self._label.prefix}-*", region="")
        # By their names: `<prefix>-github-*` also has the roles of a service that is named github.
        own_roles = tuple(self._role_arn(name) for name in (_PLAN, _APPLY))
        self.apply.add_to_policy(
            Statement(sid="AllowEnvironmentRoles", actions=(*_READ_ROLES, *_WRITE_ROLES), resources=(roles,)),
            Statement(
                sid="AllowPassRole",
                actions=("iam:PassRole",),
                resources=(roles,),
                conditions=(Condition(operator="StringEquals", key="iam:PassedToService", values=_PASSED_TO),),
            ),
            Statement(
                sid="DenyOwnRoleChanges", effect="Deny", actions=(*_WRITE_ROLES, "iam:PassRole"), resources=own_roles
            ),
            Statement(
                sid="DenyAdministratorPolicies",
                effect="Deny",
                actions=("iam:AttachRolePolicy",),
                resources=("*",),
                conditions=(Condition(operator="ArnEquals", key="iam:PolicyARN", values=_FULL_ACCESS),),
            ),
            *deny_audit_changes(self._label),
        )

    def _role_arn(self, name: str) -> str:
        return self._label.arn("iam", f"role/{self._label.global_name(name, limit=NameLimit.IAM_ROLE)}", region="")


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
