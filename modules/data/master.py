"""The master user of a database: one secret has its password, which no service and no task can read.

The function that makes the roles signs in with it, and a person in an emergency.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.data_aws_db_instance import DataAwsDbInstance
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from constructs import Construct

from modules.data.generated_password import GeneratedPassword, ephemeral_name
from modules.key import Key, KeyUse
from modules.parameter import version_of
from modules.policy import Grantable, Statement

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.db_instance import DbInstance

    from config.database_roles import DatabaseName
    from modules.data.database_context import DatabaseContext

_SECRET: Final = "aws_secretsmanager_secret_version"  # noqa: S105 (a type)
# Known in the apply only, so that the value is read in the apply only: it is in no plan, and the first plan needs no
# secret. (The refresh of the version still reads it, and throws it away:
# https://github.com/hashicorp/terraform-provider-aws/issues/42383.) `timestamp` is the one function whose result is
# unknown before: https://developer.hashicorp.com/terraform/language/functions/timestamp
_CURRENT_IN_APPLY: Final = '${timestamp() == "" ? "" : "AWSCURRENT"}'


class Master(Protocol):
    """Where the name and the password of a master user are."""

    @property
    def secret_arn(self) -> str:
        """ARN of the secret with `{"username": .., "password": ..}`."""

    def grant_read(self, grantee: Grantable) -> None:
        """Allow `grantee` to read it."""


class OwnMaster(Construct):
    """A secret of this layer, for a database whose password AWS cannot keep.

    The password is generated and stored, then read back, and only then set in the database. So whatever an apply that
    is killed leaves behind, the secret has what the database has after the next one: a value is in no other place.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: DatabaseContext,
        database: DatabaseName,
        username: str,
        version: int,
    ) -> None:
        """Create the secret and its value.

        Args:
            context: Its key.
            database: Part of its name.
            username: The master user.
            version: The value is written again when it changes.
        """
        super().__init__(scope, id_)
        self._key = context.secrets_key
        self._secret = SecretsmanagerSecret(
            self,
            "Default",
            name=context.label.path(database, "master").removeprefix("/"),
            description=f"The master user of {database}; for an emergency",
            kms_key_id=context.secrets_key.arn,
            # Not kept: a new version makes another password, and the name must be free when the secret is made again.
            recovery_window_in_days=0,
        )
        generated = GeneratedPassword(self, "generated")
        self._stored = SecretsmanagerSecretVersion(
            self,
            "stored",
            secret_id=self._secret.id,
            secret_string_wo=generated.json_with_username(username),
            secret_string_wo_version=version,
        )
        name = ephemeral_name(self)
        # cdktf 0.21 has no class for ephemeral resources.
        TerraformStack.of(self).add_override(
            f"ephemeral.{_SECRET}.{name}", {"secret_id": self._stored.secret_id, "version_stage": _CURRENT_IN_APPLY}
        )
        self._reference = f"ephemeral.{_SECRET}.{name}.secret_string"

    @property
    def password(self) -> str:
        """The stored password, for the write-only argument of the database."""
        return f"${{jsondecode({self._reference}).password}}"

    @property
    def password_version(self) -> float:
        """Its version, for the database: another one with each value that is stored, whatever the reason was.

        So the database also gets the password if its own was never stored here, as before this secret existed.
        """
        return version_of(self._stored.version_id)

    @cached_property
    def secret_arn(self) -> str:
        """ARN of the secret."""
        return self._secret.arn

    def grant_read(self, grantee: Grantable) -> None:
        """Allow `grantee` to read the secret."""
        _grant_read(grantee, self.secret_arn, self._key)


class ManagedMaster(Construct):
    """The secret that RDS makes, keeps and rotates for an instance of PostgreSQL without replicas.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
    """

    def __init__(self, scope: Construct, id_: str, *, context: DatabaseContext, instance: DbInstance) -> None:
        super().__init__(scope, id_)
        self._key = context.secrets_key
        # By a data source, which is read after each change of the instance. The plan of a change to a managed password
        # still takes the instance's own attribute for empty, and what uses it would differ in the apply:
        # https://github.com/hashicorp/terraform-provider-aws/issues/34094
        self._instance = DataAwsDbInstance(
            self, "Default", db_instance_identifier=instance.identifier, depends_on=[instance]
        )

    @cached_property
    def secret_arn(self) -> str:
        """ARN of the secret."""
        # As text: cdktf's object for an element of a list would ask Node, and wait for its answer.
        source = f"data.{DataAwsDbInstance.TF_RESOURCE_TYPE}.{self._instance.friendly_unique_id}"
        return f"${{{source}.master_user_secret[0].secret_arn}}"

    def grant_read(self, grantee: Grantable) -> None:
        """Allow `grantee` to read the secret."""
        _grant_read(grantee, self.secret_arn, self._key)


def _grant_read(grantee: Grantable, arn: str, key: Key) -> None:
    grantee.add_to_policy(Statement(sid="ReadMaster", actions=("secretsmanager:GetSecretValue",), resources=(arn,)))
    key.grant_decrypt(grantee, KeyUse.secret(arn))
