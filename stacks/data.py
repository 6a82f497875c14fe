"""Layer `data`: databases, secrets and backups."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from config.parameters import URLS
from modules.data.api_keys import ApiKeys
from modules.data.backups_bucket import BackupsBucket
from modules.data.database_context import DatabaseContext
from modules.data.database_events import allow_database_events
from modules.data.documentdb import Documentdb
from modules.data.documentdb_standby import StandbyDocumentdb
from modules.data.identifiers import DATABASES_KEY, SECRETS_KEY, documentdb_identifier, postgres_identifier
from modules.data.jwt_rotation import JwtRotation
from modules.data.origins import ReplicaOf, SecondaryOf
from modules.data.postgres import Postgres
from modules.data.postgres_standby import StandbyPostgres
from modules.service.data_source import TunnelEnd
from stacks.base import LayerStack, topics_for
from synthesis.manifest import METADATA

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from config.services import ServiceSettings
    from modules.data.origins import DataOrigins
    from modules.parameter import Parameter
    from modules.service.fargate_service import FargateService
    from stacks.network import NetworkStack
    from stacks.notifications import NotificationsStack
    from stacks.state import StateStack


class DataStack(LayerStack):
    """PostgreSQL, DocumentDB, the bucket for backups, and the parameters that services read; each if its table exists.

    A key is created only if it encrypts something.
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
        origins: DataOrigins | None = None,
    ) -> None:
        """Compose the layer.

        Args:
            config: The environment.
            state: Its log bucket receives the access logs of the bucket for backups.
            notifications: The topics of its region.
            network: The databases are in its VPC.
            origins: What the databases are made of in the second region, which has copies of the secrets and of the
                backups already; None in the environment's own region.
        """
        super().__init__(scope, config=config, state=state)
        self._origins = origins
        secrets, backups = (None, None) if origins else (config.secrets, config.backups)
        has_databases = bool(config.postgres or config.documentdb)
        has_parameters = has_databases or bool(secrets)
        self.databases_key = (
            self.key("databases-key", name=DATABASES_KEY, protects="Databases, their backups and their insights")
            if has_databases
            else None
        )
        self.secrets_key = (
            self.key("secrets-key", name=SECRETS_KEY, protects="Parameters and secrets") if has_parameters else None
        )
        self.backups_key = (
            self.key("backups-key", name="backups", protects="The bucket for backups") if backups else None
        )
        logs_key = (
            self.key("data-logs-key", name="data-logs", protects="Logs of databases and of the rotation")
            if has_parameters
            else None
        )
        self.postgres: Postgres | None = None
        self.documentdb: Documentdb | None = None
        self.standby_postgres: StandbyPostgres | None = None
        """The read replica that PostgreSQL has here, if it follows that of another region."""
        self.standby_documentdb: StandbyDocumentdb | None = None
        """The cluster that DocumentDB has here, if it follows that of another region."""
        self.jwt: JwtRotation | None = None
        self.api_keys: ApiKeys | None = None
        self.backups: BackupsBucket | None = None
        if self.databases_key and self.secrets_key and logs_key:
            topics = topics_for(self, notifications)
            allow_database_events(topics, label=self.label)
            self._add_databases(
                DatabaseContext(
                    label=self.label,
                    vpc=network.vpc,
                    key=self.databases_key,
                    secrets_key=self.secrets_key,
                    logs_key=logs_key,
                    topics=topics,
                    protect=config.protect_data,
                    function_log_retention_days=config.logs.function_retention_days,
                    endpoints=network.interface_endpoints,
                    functions_need_internet=config.role_functions_need_internet,
                    sleeps=config.cost is not None and config.cost.sleep is not None,
                    backed_up=config.recovery is not None and origins is None,
                    replicated=config.has_postgres_replica,
                )
            )
        if secrets and self.secrets_key and logs_key:
            self.jwt = JwtRotation(
                self,
                "jwt",
                rotation_days=secrets.jwt_rotation_days,
                log_retention_days=config.logs.function_retention_days,
                label=self.label,
                key=self.secrets_key,
                logs_key=logs_key,
                topics=topics_for(self, notifications),
            )
            self.api_keys = ApiKeys(self, "api-keys", names=secrets.api_keys, label=self.label, key=self.secrets_key)
        if backups and self.backups_key:
            self.backups = BackupsBucket(
                self,
                "backups",
                config=backups,
                label=self.label,
                key=self.backups_key,
                access_logs=self.access_log_bucket(state.store),
                protect=config.protect_data,
            )
        self._add_outputs()
        self._describe_rotations()

    @property
    def databases(self) -> dict[str, Postgres | Documentdb]:
        """The databases of this environment, by the name that the settings of a service use."""
        named = {"postgres": self.postgres, "documentdb": self.documentdb}
        return {name: database for name, database in named.items() if database}

    @property
    def following(self) -> dict[str, StandbyPostgres | StandbyDocumentdb]:
        """The databases that follow those of another region, by the same names."""
        named = {"postgres": self.standby_postgres, "documentdb": self.standby_documentdb}
        return {name: database for name, database in named.items() if database}

    @property
    def tunnel_ends(self) -> dict[str, TunnelEnd]:
        """Where a tunnel can lead, by the same names: to the primary, and not to a proxy, which knows few roles."""
        ends = {}
        if self.postgres:
            ends["postgres"] = TunnelEnd(
                identifier=postgres_identifier(self.label), connections=self.postgres.instance_connections
            )
        if self.documentdb:
            ends["documentdb"] = TunnelEnd(
                identifier=documentdb_identifier(self.label), connections=self.documentdb.connections
            )
        return ends

    def parameters(self, service: ServiceSettings) -> dict[str, Parameter]:
        """Every parameter that a service can request, as its settings name it: `postgres/host`, `jwt/current`.

        `postgres/url` is another parameter for each service: the url of its own role.
        """
        by_start = {
            "postgres": self.postgres.parameters if self.postgres else None,
            "documentdb": self.documentdb.parameters if self.documentdb else None,
            "jwt": self.jwt,
            "api-keys": self.api_keys,
        }
        shared = {
            f"{start}/{name}": entry
            for start, holder in by_start.items()
            if holder
            for name, entry in holder.by_name.items()
        }
        urls = {
            name: self.databases[database].roles.urls[role]
            for name, database in URLS.items()
            if database in self.databases and (role := service.role(database))
        }
        return shared | urls

    def connect(self, service: FargateService, settings: ServiceSettings) -> None:
        """Let a service reach the databases in which it has a role, and sign in if that takes a right of IAM."""
        for database in settings.databases:
            self.databases[database].allow_from(service)
        roles = {role.name: role for role in self.config.postgres_roles}
        if self.postgres and settings.postgres_role and roles[settings.postgres_role].iam:
            self.postgres.grant_connect(service, role=settings.postgres_role)

    def _add_databases(self, context: DatabaseContext) -> None:
        config, origins = self.config, self._origins
        postgres_origin = origins.postgres if origins else None
        if config.postgres and isinstance(postgres_origin, ReplicaOf):
            self.standby_postgres = StandbyPostgres(
                self,
                "postgres",
                config=config.postgres,
                context=context,
                origin=postgres_origin,
                log_retention_days=config.logs.postgres_retention_days,
            )
        elif config.postgres and not isinstance(postgres_origin, ReplicaOf) and (origins is None or postgres_origin):
            self.postgres = Postgres(
                self,
                "postgres",
                config=config.postgres,
                context=context,
                roles=config.postgres_roles,
                log_retention_days=config.logs.postgres_retention_days,
                origin=postgres_origin,
            )
        documentdb_origin = origins.documentdb if origins else None
        if config.documentdb and isinstance(documentdb_origin, SecondaryOf):
            self.standby_documentdb = StandbyDocumentdb(
                self,
                "documentdb",
                config=config.documentdb,
                context=context,
                origin=documentdb_origin,
                log_retention_days=config.logs.documentdb_retention_days,
            )
        elif (
            config.documentdb
            and not isinstance(documentdb_origin, SecondaryOf)
            and (origins is None or documentdb_origin)
        ):
            self.documentdb = Documentdb(
                self,
                "documentdb",
                config=config.documentdb,
                context=context,
                roles=config.documentdb_roles,
                log_retention_days=config.logs.documentdb_retention_days,
                origin=documentdb_origin,
            )

    def _add_outputs(self) -> None:
        if self.postgres:
            self.output("postgres_host", self.postgres.endpoint)
            self.output("postgres_roles_function", self.postgres.roles.function.name)
            if self.postgres.people:
                self.output("postgres_people_roles", [role.arn for role in self.postgres.people])
        if self.documentdb:
            self.output("documentdb_host", self.documentdb.endpoint)
            self.output("documentdb_roles_function", self.documentdb.roles.function.name)
        if self.backups:
            self.output("backups_bucket", self.backups.id)
        if self.jwt:
            self.output("jwt_rotation_function", self.jwt.function.name)

    def _describe_rotations(self) -> None:
        """Say in the JSON which functions `make rotate` can call, and for which roles: those that have passwords."""
        config = self.config
        roles = {"postgres": config.postgres_roles, "documentdb": config.documentdb_roles}
        rotations: dict[str, dict[str, object]] = {
            name: {
                "function": database.roles.function.full_name,
                "roles": [role.name for role in roles[name] if role.has_passwords],
            }
            for name, database in self.databases.items()
        }
        if self.jwt:
            rotations["jwt"] = {"function": self.jwt.function.full_name, "roles": []}
        if rotations:
            self.add_override(f"{METADATA}.rotation", rotations)
