"""The roles of a database: a function in the VPC makes them, and replaces their passwords in turn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.lambda_invocation import LambdaInvocation
from constructs import Construct

from modules.data.role_settings import AUTHORITIES, RoleSettings
from modules.data.role_stores import RoleStores
from modules.function import Function
from modules.function_schedule import add_schedule
from modules.key import KeyUse
from modules.network.connections import Port
from modules.policy import Condition, Statement
from modules.runbook import Runbook
from modules.service.cluster import cluster_name
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cdktf import TerraformResource

    from config.database_roles import DatabaseName, DatabaseRole
    from modules.data.database_context import DatabaseContext
    from modules.data.master import Master
    from modules.network.connections import Connectable, Connections
    from modules.parameter import Parameter

_FOLDER: Final = "database_roles"
AUTHORITY_FOLDER: Final = Path(__file__).parents[2] / "lambdas" / _FOLDER / "authorities"
DRIVERS: Final[Mapping[str, tuple[str, ...]]] = {
    "postgres": ("pg8000", "scramp", "asn1crypto", "dateutil", "six"),
    "documentdb": ("pymongo", "bson"),
}
"""What the driver of each engine consists of: packages of Python files only."""
_HTTPS: Final = Port.tcp(443)
_ANYWHERE: Final = "0.0.0.0/0"
# The longest of Lambda: a new proxy needs minutes until it lets a client in.
_TIMEOUT_SECONDS: Final = 900
# A share of a CPU with which the driver is imported in a second or two.
_MEMORY_MIB: Final = 512
_HOURS_BETWEEN_TURNS: Final = 6
_RETRIES: Final = 5
_RETRY_SECONDS: Final = 3600


@dataclass(frozen=True, kw_only=True)
class RoleServer:
    """The database in which the roles are."""

    engine: DatabaseName
    database: str
    """The database that the function signs in to."""
    url: Callable[[DatabaseRole], str]
    """The url of a role, with `{credentials}` and `{host}` in it."""
    host: str
    port: Port
    connections: Connections
    identifier: str
    arn: str
    resource_id: str
    """Another one for each database that is made, also if its name is the same."""
    describe: str
    """The action by which RDS says whether it runs."""


class DatabaseRoles(Construct):
    """The stored places of the logins, and the function that fills them: in each apply, and on a schedule.

    Call `prepare` before a proxy that reads the secrets, and `apply` after everything that a client needs.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: DatabaseContext,
        server: RoleServer,
        master: Master,
        roles: Sequence[DatabaseRole],
        rotation_days: int,
        proxy_host: str | None = None,
    ) -> None:
        """Create the places and the function.

        Args:
            context: What all databases share.
            server: The database.
            master: The function signs in as this user.
            roles: Those of the settings, and `owner`.
            rotation_days: Days after which each gets a new password.
            proxy_host: The name of the parameter with the proxy's host; None without a proxy.
        """
        super().__init__(scope, id_)
        self._context = context
        self._server = server
        self._name = f"{server.engine}-roles"
        self.stores = RoleStores(self, "stores", context=context, database=server.engine, roles=roles)
        settings = RoleSettings(
            label=context.label,
            engine=server.engine,
            database=server.database,
            rotation_days=rotation_days,
            roles=roles,
            url=server.url,
            proxy_host=proxy_host,
            stops=server.identifier if context.sleeps else None,
        )
        authorities = (AUTHORITY_FOLDER / f"{context.label.region}.pem").read_text(encoding="utf-8")
        self.function = Function(
            self,
            "function",
            label=context.label,
            folder=_FOLDER,
            name=self._name,
            description=f"Makes the roles of {server.engine} and replaces their passwords in turn",
            variables={
                "MASTER_SECRET": master.secret_arn,
                "HOST": server.host,
                "PORT": str(server.port.first),
                "KEY_ID": context.secrets_key.arn,
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mib=_MEMORY_MIB,
            key=context.secrets_key,
            logs_key=context.logs_key,
            log_retention_days=context.function_log_retention_days,
            topics=context.topics,
            runbook=Runbook.DATABASE_ROTATION,
            severity=Severity.WARNING,  # the password before stays valid, and the next turn is in hours
            files={"settings.json": settings.render(), AUTHORITIES: authorities},
            packages=DRIVERS[server.engine],
            vpc=context.vpc,
        )
        self._grant(master, proxy_host)
        self._rules = [*server.connections.allow_from(self.function), *self._reach_aws()]

    @property
    def urls(self) -> Mapping[str, Parameter]:
        """The parameter with the url of each role, by the role's name."""
        return self.stores.urls

    def prepare(self) -> list[TerraformResource]:
        """Make the roles and their passwords in the apply; return what a proxy has to wait for."""
        return [self._invoke("prepare", depends_on=())]

    def apply(self, *, host: str, depends_on: Sequence[TerraformResource], through: Sequence[Connectable] = ()) -> None:
        """Make the roles in the apply, and write their urls; then start the schedule.

        Args:
            host: The host in the urls: they are written again when it changes.
            depends_on: What a client needs besides the database.
            through: What the function checks the urls through, besides the database itself: the proxy.
        """
        rules = [rule for peer in through for rule in peer.connections.allow_from(self.function)]
        done = self._invoke("apply", depends_on=(*rules, *depends_on), host=host)
        add_schedule(
            self,
            label=self._context.label,
            name=self._name,
            rate=f"rate({_HOURS_BETWEEN_TURNS} hours)",
            function=self.function,
            event={"action": "turn"},
            key=self._context.secrets_key,
            retries=_RETRIES,
            retry_seconds=_RETRY_SECONDS,
            descriptions=(
                f"Rotation of the passwords of {self._server.engine} that are due",
                f"Starts the rotation of the passwords of {self._server.engine}",
            ),
            depends_on=(done,),
        )

    def _invoke(self, action: str, *, depends_on: Sequence[TerraformResource], **values: str) -> LambdaInvocation:
        """Call the function in the apply, and again whenever something of this changes: its code has its settings."""
        event = {"action": action, "code": self.function.code_hash, "database": self._server.resource_id, **values}
        return LambdaInvocation(
            self,
            action,
            function_name=self.function.name,
            input=json.dumps(event),
            depends_on=[*self.function.dependables, *self.stores.dependables, *self._rules, *depends_on],
        )

    def _reach_aws(self) -> list[TerraformResource]:
        """Let the function call the services that it needs."""
        rules: list[TerraformResource] = []
        if self._context.endpoints:
            rules += self._context.endpoints.connections.allow_from(self.function)
        if self._context.functions_need_internet:
            rules += self.function.connections.allow_to_cidr(_ANYWHERE, name="internet", port=_HTTPS)
        return rules

    def _grant(self, master: Master, proxy_host: str | None) -> None:
        role, label, server = self.function.role, self._context.label, self._server
        self.stores.grant_read_write(role)
        master.grant_read(role)
        if proxy_host:
            arn = label.arn("ssm", f"parameter{proxy_host}")
            role.add_to_policy(Statement(sid="ReadProxyHost", actions=("ssm:GetParameter",), resources=(arn,)))
            self._context.secrets_key.grant_decrypt(role, KeyUse.parameter(arn, sid="DecryptProxyHost"))
        cluster = cluster_name(label)
        role.add_to_policy(
            # ECS does not grant it on a cluster, only with this condition:
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
            Statement(
                actions=("ecs:ListTasks",),
                resources=("*",),
                conditions=(
                    Condition(
                        operator="ArnEquals", key="ecs:cluster", values=(label.arn("ecs", f"cluster/{cluster}"),)
                    ),
                ),
            ),
            Statement(actions=("ecs:DescribeTasks",), resources=(label.arn("ecs", f"task/{cluster}/*"),)),
        )
        if self._context.sleeps:
            role.add_to_policy(Statement(actions=(server.describe,), resources=(server.arn,)))
