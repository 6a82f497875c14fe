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
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from constructs import Construct

from modules.data.database_events import POSTGRES_PROXY, DatabaseEvents
from modules.data.proxy_alarms import ProxyAlarms, ProxyMetrics
from modules.key import KeyUse
from modules.label import NameLimit
from modules.log_group import LogGroup
from modules.network.connections import Connections, Port, SecurityGroup
from modules.policy import Statement
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.db_instance import DbInstance

    from config.postgres import ProxySettings
    from modules.data.database_context import DatabaseContext
    from modules.data.generated_password import GeneratedPassword

# Days until a deleted secret is lost: Secrets Manager allows 7 to 30, or 0.
_RECOVERY_DAYS: Final = 30
# Index of the last part of `arn:aws:rds:<region>:<account>:db-proxy:<id>`.
_ID_IN_ARN: Final = 6


class PostgresProxy(Construct):
    """A proxy in the database subnets that accepts TLS only, with its role, secret, security group and log group."""

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
        username: str,
        password: GeneratedPassword,
        password_version: int,
        log_retention_days: int,
    ) -> None:
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
        database_connections.allow_from(self._group)
        # The proxy can read its credentials from Secrets Manager only:
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-secrets-arns.html
        secret = SecretsmanagerSecret(
            self,
            "secret",
            name=label.path("postgres", "proxy").removeprefix("/"),
            description="What the connection pool of PostgreSQL signs in with",
            kms_key_id=context.secrets_key.arn,
            recovery_window_in_days=_RECOVERY_DAYS if context.protect else 0,
        )
        credentials = SecretsmanagerSecretVersion(
            self,
            "credentials",
            secret_id=secret.id,
            secret_string_wo=password.json_with_username(username),
            secret_string_wo_version=password_version,
            depends_on=[database],  # the password is stored only after the database has accepted it
        )
        role = Role(
            self,
            "role",
            label=label,
            name="postgres-proxy",
            service=ServicePrincipal.RDS,
            description="Lets the connection pool of PostgreSQL read its credentials",
        )
        role.add_to_policy(Statement(actions=("secretsmanager:GetSecretValue",), resources=(secret.arn,)))
        context.secrets_key.grant_decrypt(role, KeyUse.secret(secret.arn))
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
                    iam_auth="REQUIRED" if config.require_iam else "DISABLED",
                    client_password_auth_type="POSTGRES_SCRAM_SHA_256",  # noqa: S106 (a method)
                )
            ],
            depends_on=[credentials, *log.dependables, *role.dependables],
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
        DbProxyTarget(
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
    def resource_id(self) -> str:
        """`prx-...`, for `rds-db:connect`."""
        return self._resource_id.as_string

    @property
    def connections(self) -> Connections:
        """Adds rules to its security group."""
        return self._group.connections
