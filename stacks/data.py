"""Layer `data`: what must not be lost, and what must not be known."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modules.data.api_keys import ApiKeys
from modules.data.backups_bucket import BackupsBucket
from modules.data.database_context import DatabaseContext
from modules.data.documentdb import Documentdb
from modules.data.jwt_rotation import JwtRotation
from modules.data.postgres import Postgres
from stacks.base import LayerStack, topics_for

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from modules.parameter import Parameter
    from stacks.network import NetworkStack
    from stacks.notifications import NotificationsStack
    from stacks.state import StateStack


class DataStack(LayerStack):
    """PostgreSQL, DocumentDB, the bucket for backups, and the parameters that services read; each by its table.

    A key is there only where something is encrypted under it.
    """

    layer: ClassVar[str] = "data"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        state: StateStack,
        notifications: NotificationsStack | None,
        network: NetworkStack,
    ) -> None:
        super().__init__(scope, config=config, state=state)
        self.databases: dict[str, Postgres | Documentdb] = {}
        """By the name that a service's settings have for them."""
        self.parameters: dict[str, Parameter] = {}
        """Every parameter that a service may ask for, as settings name it: `postgres/url`, `jwt/current`."""
        if config.postgres or config.documentdb:
            self.databases_key = self.key(
                "databases-key", name="databases", protects="Databases, their backups and their insights"
            )
        if config.postgres or config.documentdb or config.secrets:
            self.secrets_key = self.key("secrets-key", name="secrets", protects="Parameters and secrets")
        if config.backups:
            self.backups_key = self.key("backups-key", name="backups", protects="The bucket for backups")
        if config.postgres or config.documentdb or config.secrets:
            self.logs_key = self.key(
                "data-logs-key", name="data-logs", protects="Logs of databases and of the rotation"
            )
        if config.postgres or config.documentdb:
            self._add_databases(network)
        if config.secrets:
            self.jwt = JwtRotation(
                self,
                "jwt",
                rotation_days=config.secrets.jwt_rotation_days,
                log_retention_days=config.logs.function_retention_days,
                label=self.label,
                key=self.secrets_key,
                logs_key=self.logs_key,
                topics=topics_for(self, notifications),
            )
            api_keys = ApiKeys(self, "api-keys", names=config.secrets.api_keys, label=self.label, key=self.secrets_key)
            self._offer("jwt", self.jwt.by_name)
            self._offer("api-keys", api_keys.by_name)
        if config.backups:
            backups = BackupsBucket(
                self,
                "backups",
                config=config.backups,
                label=self.label,
                key=self.backups_key,
                access_logs=state.store.access_logs,
                protect=config.protect_data,
            )
            self.output("backups_bucket", backups.id)
        if config.secrets:
            self.output("jwt_rotation_function", self.jwt.function.name)

    def _add_databases(self, network: NetworkStack) -> None:
        config = self.config
        context = DatabaseContext(
            label=self.label,
            vpc=network.vpc,
            key=self.databases_key,
            secrets_key=self.secrets_key,
            logs_key=self.logs_key,
            protect=config.protect_data,
        )
        if config.postgres:
            postgres = Postgres(
                self,
                "postgres",
                config=config.postgres,
                context=context,
                log_retention_days=config.logs.postgres_retention_days,
            )
            self.databases["postgres"] = postgres
            self._offer("postgres", postgres.parameters.by_name)
            self.output("postgres_host", postgres.endpoint)
        if config.documentdb:
            documentdb = Documentdb(
                self,
                "documentdb",
                config=config.documentdb,
                context=context,
                log_retention_days=config.logs.documentdb_retention_days,
            )
            self.databases["documentdb"] = documentdb
            self._offer("documentdb", documentdb.parameters.by_name)
            self.output("documentdb_host", documentdb.endpoint)

    def _offer(self, start: str, parameters: dict[str, Parameter]) -> None:
        self.parameters |= {f"{start}/{name}": entry for name, entry in parameters.items()}
