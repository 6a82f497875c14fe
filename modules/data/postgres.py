"""PostgreSQL on RDS: encrypted, private, backed up, and closed until a service is allowed to connect."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_instance import DbInstance, DbInstanceRestoreToPointInTime

from config.database_tls import CA_FILE
from modules.backup_names import backup_tag
from modules.data.database_parameters import DatabaseParameters
from modules.data.database_roles import DatabaseRoles, RoleServer
from modules.data.final_snapshot import FinalSnapshot
from modules.data.iam_sign_in import add_people_role, connect_statement
from modules.data.identifiers import postgres_identifier
from modules.data.instance_metrics import PostgresMetrics
from modules.data.master import ManagedMaster, OwnMaster
from modules.data.origins import PromotedReplica, RestoredInstance
from modules.data.postgres_base import PORT, PostgresBase
from modules.data.postgres_proxy import PostgresProxy
from modules.data.postgres_replica import CERTIFICATE_AUTHORITY, LOGS, create_replica
from modules.data.postgres_watch import PostgresWatch
from modules.label import NameLimit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from config.database_roles import DatabaseRole
    from config.postgres import PostgresSettings
    from modules.data.database_context import DatabaseContext
    from modules.data.master import Master
    from modules.data.origins import PostgresOrigin
    from modules.network.connections import Connectable, Connections, SecurityGroup
    from modules.policy import Grantable

DATABASE: Final = "users"


class Postgres(PostgresBase):
    """A database without any access until `allow_from` is called.

    Services connect through the proxy if there is one. They connect to read replicas directly, because RDS Proxy does
    not support them (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: PostgresSettings,
        context: DatabaseContext,
        roles: Sequence[DatabaseRole],
        log_retention_days: int,
        origin: PostgresOrigin | None = None,
    ) -> None:
        """Create the database and what belongs to it.

        Args:
            config: Size, windows, backups.
            context: What all databases share.
            roles: Who signs in.
            log_retention_days: Days that its logs are kept.
            origin: What it is made of in the second region; None makes an empty one.
        """
        super().__init__(scope, id_, config=config, context=context, log_retention_days=log_retention_days)
        label = context.label
        self._origin = origin
        self._protect = context.protect
        # Not "postgres", the name that attackers try first.
        self._username = label.database_user
        # RDS keeps the password itself, but then makes no replicas of the instance:
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
        self._own_master = (
            OwnMaster(
                self,
                "master",
                context=context,
                database="postgres",
                username=self._username,
                version=config.password_version,
            )
            if config.replicas or context.replicated
            else None
        )
        self._instance = self._add_primary()
        self._replica_group: SecurityGroup | None = None
        self._replicas: dict[str, DbInstance] = {}
        if config.replicas:
            self._replica_group = self._add_security_group("postgres-replicas", "PostgreSQL, the read replicas")
            numbers = range(1, config.replicas + 1)
            self._replicas = {str(number): self._add_replica(number, self._replica_group) for number in numbers}
        self._roles = {role.name: role for role in roles}
        self.master: Master = self._own_master or ManagedMaster(
            self, "managed-master", context=context, instance=self._instance
        )
        self.roles = self._add_roles()
        self.proxy = self._add_proxy()
        self.parameters = DatabaseParameters(
            self,
            "parameters",
            label=label,
            key=context.secrets_key,
            name="postgres",
            values={"host": self.endpoint, "port": str(PORT.first), "database": DATABASE},
            reader_hosts=self.reader_endpoints,
        )
        self.roles.apply(
            host=self.endpoint,
            depends_on=[*self.parameters.dependables, *(self.proxy.dependables if self.proxy else ())],
            through=[self.proxy] if self.proxy else (),
        )
        self.people = [
            add_people_role(self, role, label=label, resource_ids=self._resource_ids)
            for role in roles
            if role.iam and role.service is None and not role.is_for_drills
        ]
        """The IAM roles with which people sign in."""
        self.watch = PostgresWatch(
            self,
            "watch",
            config=config,
            context=context,
            primary=self.metrics,
            replicas=self.replica_metrics,
            statement_logs=self._statement_logs,
        )

    @property
    def identifier(self) -> str:
        """Name of the primary instance."""
        return self._instance.identifier

    @property
    def metrics(self) -> PostgresMetrics:
        """The metrics of the primary instance."""
        return self._metrics_of(self._instance)

    @property
    def replica_metrics(self) -> dict[str, PostgresMetrics]:
        """The metrics of each read replica, by its number."""
        return {number: self._metrics_of(replica) for number, replica in self._replicas.items()}

    @cached_property
    def arn(self) -> str:
        """ARN of the primary instance."""
        return self._instance.arn

    @property
    def endpoint(self) -> str:
        """Host to connect to: the proxy's if there is one."""
        return self.proxy.endpoint if self.proxy else self._instance.address

    @property
    def reader_endpoints(self) -> list[str]:
        """Hosts of the read replicas."""
        return [replica.address for replica in self._replicas.values()]

    @property
    def connections(self) -> Connections:
        """Adds rules to its security group: the proxy's if there is one."""
        return self.proxy.connections if self.proxy else self._group.connections

    def allow_from(self, peer: Connectable) -> None:
        """Allow `peer` to reach the database and its read replicas on port 5432."""
        self.connections.allow_from(peer)
        if self._replica_group:
            self._replica_group.connections.allow_from(peer)

    @property
    def instance_connections(self) -> Connections:
        """Adds rules to the primary instance's group, also where services go through a proxy."""
        return self._group.connections

    def allow_owner_from(self, peer: Connectable) -> None:
        """Allow `peer` to reach what the url of the role `owner` names: the instance, because no proxy knows it."""
        self._group.connections.allow_from(peer)

    def grant_connect(self, grantee: Grantable, *, role: str) -> None:
        """Allow `grantee` to sign in with an IAM token as the logins of `role`, at the proxy if it is behind it."""
        found = self._roles[role]
        ids = [self.proxy.resource_id] if self.proxy and found.is_proxied else self._resource_ids
        grantee.add_to_policy(connect_statement(self._label, resource_ids=ids, users=found.logins))

    @property
    def _resource_ids(self) -> list[str]:
        return [instance.resource_id for instance in (self._instance, *self._replicas.values())]

    def _add_roles(self) -> DatabaseRoles:
        return DatabaseRoles(
            self,
            "roles",
            context=self._context,
            server=RoleServer(
                engine="postgres",
                database=DATABASE,
                url=lambda _: (
                    f"postgresql://{{credentials}}@{{host}}:{PORT.first}/{DATABASE}"
                    f"?sslmode=verify-full&sslrootcert={CA_FILE}"
                ),
                host=self._instance.address,
                port=PORT,
                connections=self._group.connections,
                identifier=postgres_identifier(self._label),
                arn=self.arn,
                resource_id=self._instance.resource_id,
                describe="rds:DescribeDBInstances",
            ),
            master=self.master,
            roles=tuple(self._roles.values()),
            rotation_days=self._config.rotation_days,
            proxy_host=self._label.path("postgres", "host") if self._config.proxy else None,
        )

    def _add_proxy(self) -> PostgresProxy | None:
        if self._config.proxy is None:
            return None
        return PostgresProxy(
            self,
            "proxy",
            config=self._config.proxy,
            context=self._context,
            database=self._instance,
            database_connections=self._group.connections,
            port=PORT,
            stores=self.roles.stores,
            iam_roles=[role.name for role in self._roles.values() if role.iam],
            depends_on=self.roles.prepare(),
            log_retention_days=self._log_retention_days,
        )

    def _metrics_of(self, instance: DbInstance) -> PostgresMetrics:
        return PostgresMetrics(identifier=instance.identifier, region=self._label.region)

    def _add_primary(self) -> DbInstance:
        config, origin = self._config, self._origin
        identifier = postgres_identifier(self._label)
        logs = self._add_log_groups("", identifier)
        restored = origin if isinstance(origin, RestoredInstance) else None
        # AWS is asked for neither in a restore or a promotion, and refuses a name of a database for PostgreSQL; what is
        # declared and differs would replace the instance, with all that was restored.
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
        is_new = origin is None
        return DbInstance(
            self,
            "Default",
            identifier=identifier,
            engine="postgres",
            # A replica has the version of its source with the minor one, which Terraform would compare with this.
            engine_version=config.engine_version
            or (None if isinstance(origin, PromotedReplica) else str(config.major_version)),
            allow_major_version_upgrade=config.allow_major_upgrade,
            auto_minor_version_upgrade=config.engine_version is None,  # Terraform would revert an upgrade
            instance_class=config.instance_class,
            multi_az=config.multi_az,
            restore_to_point_in_time=_restore(restored) if restored else None,
            db_name=DATABASE if is_new else None,
            username=self._username if is_new else None,
            manage_master_user_password=None if self._own_master else True,
            master_user_secret_kms_key_id=None if self._own_master else self._context.secrets_key.arn,
            password_wo=self._own_master.password if self._own_master else None,
            password_wo_version=self._own_master.password_version if self._own_master else None,
            port=PORT.first,
            iam_database_authentication_enabled=True,
            ca_cert_identifier=CERTIFICATE_AUTHORITY,
            storage_type="gp3",
            allocated_storage=config.storage_gib,
            max_allocated_storage=config.max_storage_gib,
            storage_encrypted=True,
            kms_key_id=self._key_arn,
            db_subnet_group_name=self._subnets.name,
            vpc_security_group_ids=[self._group.id],
            publicly_accessible=False,
            parameter_group_name=self._parameter_group.name,
            backup_retention_period=config.backup_retention_days,
            backup_window=config.backup_window,
            maintenance_window=config.maintenance_window,
            copy_tags_to_snapshot=True,
            tags=backup_tag(self._label) if self._context.backed_up else None,
            delete_automated_backups=not self._protect,
            deletion_protection=self._protect,
            skip_final_snapshot=not self._protect,
            final_snapshot_identifier=self._add_final_snapshot(identifier).name if self._protect else None,
            apply_immediately=not self._protect,  # a restart in production waits for the maintenance window
            enabled_cloudwatch_logs_exports=list(LOGS),
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self._context.key.arn,
            performance_insights_retention_period=config.insights_retention_days,
            monitoring_interval=config.monitoring_interval_seconds,
            monitoring_role_arn=self._monitoring_role.arn if self._monitoring_role else None,
            lifecycle=self._lifecycle(),
            depends_on=[
                *(dependable for log in logs for dependable in log.dependables),
                *(self._monitoring_role.dependables if self._monitoring_role else []),
            ],
        )

    @property
    def _key_arn(self) -> str:
        return self._origin.key_arn if isinstance(self._origin, RestoredInstance) else self._context.key.arn

    def _lifecycle(self) -> TerraformResourceLifecycle | None:
        protect = True if self._protect else None
        if isinstance(self._origin, RestoredInstance):
            # Another time, or none, would replace the instance that serves by an older one.
            return TerraformResourceLifecycle(prevent_destroy=protect, ignore_changes=["restore_to_point_in_time"])
        return TerraformResourceLifecycle(prevent_destroy=True) if protect else None

    def _add_final_snapshot(self, identifier: str) -> FinalSnapshot:
        return FinalSnapshot(
            self,
            "final-snapshot",
            label=self._label,
            name="postgres-final",
            replaced_with={
                "identifier": identifier,
                "username": self._username,
                "db_name": DATABASE,
                "kms_key_id": self._key_arn,
            },
        )

    def _add_replica(self, number: int, group: SecurityGroup) -> DbInstance:
        identifier = self._label.name(f"postgres-replica-{number}", limit=NameLimit.DATABASE)
        return create_replica(
            self,
            f"replica-{number}",
            config=self._config,
            context=self._context,
            identifier=identifier,
            source=self._instance.identifier,
            group=group,
            parameter_group=self._parameter_group,
            monitoring_role=self._monitoring_role,
            logs=self._add_log_groups(f"replica-{number}", identifier),
        )


def _restore(origin: RestoredInstance) -> DbInstanceRestoreToPointInTime:
    return DbInstanceRestoreToPointInTime(
        source_db_instance_automated_backups_arn=origin.backups_arn,
        restore_time=origin.time,
        use_latest_restorable_time=None if origin.time else True,
    )
