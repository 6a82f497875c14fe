"""Layer `data`: what must not be lost, and what must not be known."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cdktf import TerraformOutput

from modules.data.api_keys import ApiKeys
from modules.data.backups_bucket import BackupsBucket
from modules.data.database_context import DatabaseContext
from modules.data.documentdb import Documentdb
from modules.data.jwt_rotation import JwtRotation
from modules.data.postgres import Postgres
from modules.key import Key
from stacks.base import LayerStack

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from modules.bucket import Bucket
    from modules.network.vpc import Vpc
    from modules.parameter import Parameter


class DataStack(LayerStack):
    """PostgreSQL, DocumentDB, the bucket for backups, and the parameters that services read."""

    layer: ClassVar[str] = "data"

    def __init__(self, scope: Construct, *, config: Environment, vpc: Vpc, access_logs: Bucket) -> None:
        super().__init__(scope, config=config)
        protect = config.protect_data
        self.databases_key = self._key("databases", "Databases, their backups and their insights", protect=protect)
        self.secrets_key = self._key("secrets", "Parameters and secrets", protect=protect)
        self.backups_key = self._key("backups", "The bucket for backups", protect=protect)
        logs_key = self._key("data-logs", "Logs of databases and of the rotation", protect=protect)
        databases = DatabaseContext(
            label=self.label,
            vpc=vpc,
            key=self.databases_key,
            secrets_key=self.secrets_key,
            logs_key=logs_key,
            protect=protect,
        )
        self.postgres = Postgres(self, "postgres", config=config.postgres, context=databases)
        self.documentdb = Documentdb(self, "documentdb", config=config.documentdb, context=databases)
        self.jwt = JwtRotation(
            self,
            "jwt",
            rotation_days=config.secrets.jwt_rotation_days,
            log_retention_days=config.secrets.log_retention_days,
            label=self.label,
            key=self.secrets_key,
            logs_key=logs_key,
        )
        self.api_keys = ApiKeys(self, "api-keys", names=config.secrets.api_keys, label=self.label, key=self.secrets_key)
        self.backups = BackupsBucket(
            self,
            "backups",
            config=config.backups,
            label=self.label,
            key=self.backups_key,
            access_logs=access_logs,
            protect=protect,
        )
        TerraformOutput(self, "postgres_host", value=self.postgres.endpoint, static_id=True)
        TerraformOutput(self, "documentdb_host", value=self.documentdb.endpoint, static_id=True)
        TerraformOutput(self, "backups_bucket", value=self.backups.id, static_id=True)
        TerraformOutput(self, "jwt_rotation_function", value=self.jwt.function.name, static_id=True)

    @property
    def databases(self) -> dict[str, Postgres | Documentdb]:
        """By the name that a service's settings have for them."""
        return {"postgres": self.postgres, "documentdb": self.documentdb}

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Every parameter that a service may ask for, as settings name it: `postgres/url`, `jwt/current`."""
        return {
            **{f"postgres/{name}": entry for name, entry in self.postgres.parameters.by_name.items()},
            **{f"documentdb/{name}": entry for name, entry in self.documentdb.parameters.by_name.items()},
            **{f"jwt/{name}": entry for name, entry in self.jwt.by_name.items()},
            **{f"api-keys/{name}": entry for name, entry in self.api_keys.by_name.items()},
        }

    def _key(self, name: str, description: str, *, protect: bool) -> Key:
        return Key(
            self,
            f"{name}-key",
            label=self.label,
            name=name,
            description=f"{description} of {self.label.prefix}",
            protect=protect,
        )
