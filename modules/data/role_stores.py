"""The stored places of the roles of a database: one for each login, and the url that clients get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from constructs import Construct

from config.database_roles import LOGINS
from modules.data.role_settings import secret_name
from modules.key import KeyUse
from modules.parameter import Parameter
from modules.policy import Grantable, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformResource

    from config.database_roles import DatabaseName, DatabaseRole
    from modules.data.database_context import DatabaseContext

# At the end of a secret's ARN are a hyphen and six characters that Secrets Manager adds:
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
_ADDED: Final = "-??????"
_URL: Final = "url"


class RoleStores(Construct):
    """Parameters, and secrets for the roles behind RDS Proxy, which reads only those; all empty at first.

    Only the function of the database writes them. Its rights name them by a pattern, and so do the proxy's: a policy
    has room for a dozen roles otherwise.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: DatabaseContext,
        database: DatabaseName,
        roles: Sequence[DatabaseRole],
    ) -> None:
        super().__init__(scope, id_)
        self._context = context
        self._database = database
        self.urls: dict[str, Parameter] = {}
        """The parameter with the url of each role, by the role's name."""
        self.secrets: dict[str, list[SecretsmanagerSecret]] = {}
        """The secrets of each role behind the proxy, by the role's name."""
        self._parameters: list[Parameter] = []
        for role in roles:
            name = role.name.replace("_", "-")  # an id has no underscore, and the name of a role no hyphen
            if not role.is_for_drills:
                self.urls[role.name] = self._add_parameter(f"{name}-{_URL}", role.url_name)
            if role.is_proxied:
                self.secrets[role.name] = [
                    self._add_secret(f"{name}-{end}", role, store) for end, store in role.stores.items()
                ]
            else:
                for end, store in role.stores.items():
                    self._add_parameter(f"{name}-{end}", store)

    @property
    def dependables(self) -> list[TerraformResource]:
        """All of them."""
        parameters = [resource for parameter in self._parameters for resource in parameter.dependables]
        return [*parameters, *(secret for secrets in self.secrets.values() for secret in secrets)]

    def grant_read_write(self, grantee: Grantable) -> None:
        """Allow `grantee` to read and write all of them."""
        key, patterns = self._context.secrets_key, self._parameter_patterns()
        grantee.add_to_policy(
            Statement(sid="WriteParameters", actions=("ssm:GetParameter", "ssm:PutParameter"), resources=patterns)
        )
        key.grant_encrypt_decrypt(grantee, KeyUse.parameter(*patterns, sid="EncryptParameters"))
        if self.secrets:
            secrets = self._secret_patterns()
            grantee.add_to_policy(
                Statement(
                    sid="WriteSecrets",
                    actions=("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"),
                    resources=secrets,
                )
            )
            key.grant_encrypt_decrypt(grantee, KeyUse.secret(*secrets))

    def grant_read_secrets(self, grantee: Grantable) -> None:
        """Allow `grantee`, which is the proxy, to read the secrets."""
        secrets = self._secret_patterns()
        grantee.add_to_policy(Statement(actions=("secretsmanager:GetSecretValue",), resources=secrets))
        self._context.secrets_key.grant_decrypt(grantee, KeyUse.secret(*secrets))

    def _add_parameter(self, id_: str, name: str) -> Parameter:
        context = self._context
        parameter = Parameter.by_function(self, id_, label=context.label, key=context.secrets_key, name=name)
        self._parameters.append(parameter)
        return parameter

    def _add_secret(self, id_: str, role: DatabaseRole, name: str) -> SecretsmanagerSecret:
        return SecretsmanagerSecret(
            self,
            id_,
            name=secret_name(self._context.label, name),
            description=f"One of the two logins of {role.name}, which the proxy of PostgreSQL reads",
            kms_key_id=self._context.secrets_key.arn,
            # Not kept: a login gets another password whenever its secret is empty, and the name must be free when a
            # role is added again.
            recovery_window_in_days=0,
        )

    def _parameter_patterns(self) -> tuple[str, ...]:
        label = self._context.label
        return tuple(label.arn("ssm", f"parameter{label.path(self._database, '*', end)}") for end in (*LOGINS, _URL))

    def _secret_patterns(self) -> tuple[str, ...]:
        label = self._context.label
        names = (secret_name(label, f"{self._database}/*/{end}") for end in LOGINS)
        return tuple(label.arn("secretsmanager", f"secret:{name}{_ADDED}") for name in names)
