"""Layer `data`: what must not be lost, and what must not be known."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modules.data.api_keys import ApiKeys
from modules.data.backups_bucket import BackupsBucket
from modules.data.database_context import DatabaseContext
from modules.data.documentdb import Documentdb
from modules.data.jwt_rotation import JwtRotation
from modules.data.postgres import Postgres
from stacks.base import LayerStack

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from modules.parameter import Parameter
    from stacks.network import NetworkStack
    from stacks.state import StateStack


class DataStack(LayerStack):
    """PostgreSQL, DocumentDB, the bucket for backups, and the parameters that services read."""

    layer: ClassVar[str] = "data"

    def __init__(self, scope: Construct, *, config: Environment, state: StateStack, network: NetworkStack) -> None:
        super().__init__(scope, config=config, state=state)
        protect = config.protect_data
        self.databases_key = self.key(
            "databases-key", name="databases", protects="Databases, their backups and their insights"
        )
        self.secrets_key = self.key("secrets-key", name="secrets", protects="Parameters and secrets")
        self.backups_key = self.key("backups-key", name="backups", protects="The bucket for backups")
        logs_key = self.key("data-logs-key", name="data-logs", protects="Logs of databases and of the rotation")
        databases = DatabaseContext(
            label=self.label,
            vpc=network.vpc,
            key=self.databases_key,
            secrets_key=self.secrets_key,
            logs_key=logs_key,
            protect=protect,
        )
        self.postgres = Postgres(
            self,
            "postgres",
            config=config.postgres,
            context=databases,
            log_retention_days=config.logs.postgres_retention_days,
        )
        self.documentdb = Documentdb(
            self,
            "documentdb",
            config=config.documentdb,
            context=databases,
            log_retention_days=config.logs.documentdb_retention_days,
        )
        self.jwt = JwtRotation(
            self,
            "jwt",
            rotation_days=config.secrets.jwt_rotation_days,
            log_retention_days=config.logs.function_retention_days,
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
            access_logs=state.store.access_logs,
            protect=protect,
        )
        self.output("postgres_host", self.postgres.endpoint)
        self.output("documentdb_host", self.documentdb.endpoint)
        self.output("backups_bucket", self.backups.id)
        self.output("jwt_rotation_function", self.jwt.function.name)

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
