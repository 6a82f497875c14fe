"""RDS Proxy: a connection pool, so that many short-lived tasks share few connections and failovers are shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import Fn, TerraformLocal, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_proxy import DbProxy, DbProxyAuth
from cdktf_cdktf_provider_aws.db_proxy_default_target_group import (
    DbProxyDefaultTargetGroup,
    DbProxyDefaultTargetGroupConnectionPoolConfig,
)
from cdktf_cdktf_provider_aws.db_proxy_target import DbProxyTarget
from constructs import Construct

from modules.data.database_events import POSTGRES_PROXY, DatabaseEvents
from modules.data.proxy_alarms import ProxyAlarms, ProxyMetrics
from modules.label import NameLimit
from modules.log_group import LogGroup
from modules.network.connections import Connections, Port, SecurityGroup
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cdktf import TerraformResource
    from cdktf_cdktf_provider_aws.db_instance import DbInstance

    from config.postgres import ProxySettings
    from modules.data.database_context import DatabaseContext
    from modules.data.role_stores import RoleStores

# Index of the last part of `arn:aws:rds:<region>:<account>:db-proxy:<id>`.
_ID_IN_ARN: Final = 6


class PostgresProxy(Construct):
    """A proxy in the database subnets that accepts TLS only, with its role, security group and log group.

    It signs in to the database as the logins of the roles of services, both of each, and lets in nobody else.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: ProxySettings,
        context: DatabaseContext,
        database: DbInstance,
        database_connections: Connections,
        port: Port,
        stores: RoleStores,
        iam_roles: Collection[str],
        depends_on: Sequence[TerraformResource],
        log_retention_days: int,
    ) -> None:
        """Create the proxy.

        Args:
            config: Its pool.
            context: What all databases share.
            database: The instance behind it.
            database_connections: Lets it in.
            port: Of both.
            stores: The secrets with the logins.
            iam_roles: The roles whose clients sign in by IAM token, and not by password.
            depends_on: What writes the secrets.
            log_retention_days: Days that its log is kept.
        """
        super().__init__(scope, id_)
        label = context.label
        name = label.name("postgres", limit=NameLimit.DATABASE)
        self._group = SecurityGroup(
            self,
            "security-group",
            label=label,
            vpc=context.vpc,
            name="postgres-proxy",
            description="Connection pool of PostgreSQL",
            port=port,
        )
        self._rules = database_connections.allow_from(self._group)
        role = Role(
            self,
            "role",
            label=label,
            name="postgres-proxy",
            service=ServicePrincipal.RDS,
            description="Lets the connection pool of PostgreSQL read its credentials",
        )
        stores.grant_read_secrets(role)
        log = LogGroup(
            self,
            "logs",
            label=label,
            name=f"/aws/rds/proxy/{name}",  # the name that RDS uses
            retention_days=log_retention_days,
            key=context.logs_key,
        )
        self._proxy = DbProxy(
            self,
            "Default",
            name=name,
            engine_family="POSTGRESQL",
            role_arn=role.arn,
            vpc_subnet_ids=context.vpc.database_subnet_ids,
            vpc_security_group_ids=[self._group.id],
            require_tls=True,
            idle_client_timeout=config.idle_client_seconds,
            debug_logging=False,  # it would log complete statements
            auth=[
                DbProxyAuth(
                    auth_scheme="SECRETS",
                    secret_arn=secret.arn,
                    iam_auth="REQUIRED" if name_ in iam_roles else "DISABLED",
                    client_password_auth_type="POSTGRES_SCRAM_SHA_256",  # noqa: S106 (a method)
                )
                for name_, secrets in stores.secrets.items()
                for secret in secrets
            ],
            depends_on=[*depends_on, *log.dependables, *role.dependables],
            # AWS cannot change them: for a further zone Terraform would replace the proxy, and its address with it.
            # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBProxy.html
            lifecycle=TerraformResourceLifecycle(ignore_changes=["vpc_subnet_ids"]),
        )
        # A local value, because the quotes of its expression would break the JSON of a policy.
        self._resource_id = TerraformLocal(self, "resource-id", Fn.element(Fn.split(":", self._proxy.arn), _ID_IN_ARN))
        target_group = DbProxyDefaultTargetGroup(
            self,
            "target-group",
            db_proxy_name=self._proxy.name,
            connection_pool_config=DbProxyDefaultTargetGroupConnectionPoolConfig(
                max_connections_percent=config.max_connections_percent
            ),
        )
        self._target = DbProxyTarget(
            self,
            "target",
            db_proxy_name=self._proxy.name,
            target_group_name=target_group.name,
            db_instance_identifier=database.identifier,
        )
        self.metrics = ProxyMetrics(name=self._proxy.name, region=label.region)
        subject = context.subject("postgres-proxy", "The proxy of PostgreSQL")
        ProxyAlarms(self, "alarms", subject=subject, metrics=self.metrics)
        DatabaseEvents(
            self,
            "events",
            label=label,
            topics=context.topics,
            name="postgres-proxy",
            source=POSTGRES_PROXY,
            source_ids=[self._proxy.name],
        )

    @property
    def endpoint(self) -> str:
        """Host to connect to."""
        return self._proxy.endpoint

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before a client connects through it."""
        return [self._target, *self._rules]

    @property
    def resource_id(self) -> str:
        """`prx-...`, for `rds-db:connect`."""
        return self._resource_id.as_string

    @property
    def connections(self) -> Connections:
        """Adds rules to its security group."""
        return self._group.connections
