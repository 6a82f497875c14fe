"""A network, keys and a consumer, for tests of databases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from cdktf import TerraformStack

from config.database_roles import DatabaseRole
from modules.data.database_context import DatabaseContext
from modules.data.postgres import Postgres
from modules.key import Key
from modules.network.connections import SecurityGroup
from modules.network.vpc import Vpc
from modules.network.vpc_endpoints import InterfaceEndpoints
from modules.role import Role, ServicePrincipal
from tests.config.examples import present
from tests.fixtures import fixture_environment
from tests.modules.topics import ALL_RECEIVERS, topics_in
from tests.template import LABEL, Template, new_app

if TYPE_CHECKING:
    from config.postgres import PostgresSettings, ProxySettings

_POSTGRES = present(fixture_environment("prod").postgres)
OWNER = DatabaseRole(database="postgres", name="owner", access="owner")
API = DatabaseRole(database="postgres", name="api", access="read_write", service="api", starts_with_url=True)
PROXIED = replace(API, is_proxied=True)
REPORTS = DatabaseRole(database="postgres", name="reports", access="read_only", audit=("read",), iam=True)


@dataclass(frozen=True, kw_only=True)
class Layers:
    """Four stacks: the topics, the network, the database and the service that uses it."""

    notifications: TerraformStack
    network: TerraformStack
    data: TerraformStack
    service: TerraformStack
    vpc: Vpc

    @staticmethod
    def new() -> Layers:
        """Create the stacks, with the network only."""
        app = new_app()
        names = ("notifications", "network", "data", "service")
        notifications, network, data, service = (TerraformStack(app, f"test-{name}") for name in names)
        vpc = Vpc(network, "vpc", config=fixture_environment("prod").network, label=LABEL)
        return Layers(notifications=notifications, network=network, data=data, service=service, vpc=vpc)

    def context(
        self,
        *,
        protect: bool,
        sleeps: bool = False,
        endpoints: tuple[str, ...] = (),
        internet: bool = True,
        backed_up: bool = False,
    ) -> DatabaseContext:
        """The context of a database, with keys in the data stack."""
        keys = [
            Key(self.data, name, label=LABEL, name=name, description=name, protect=protect)
            for name in ("databases-key", "secrets-key", "logs-key")
        ]
        return DatabaseContext(
            label=LABEL,
            vpc=self.vpc,
            key=keys[0],
            secrets_key=keys[1],
            logs_key=keys[2],
            topics=topics_in(self.notifications, receivers=ALL_RECEIVERS),
            protect=protect,
            function_log_retention_days=30,
            endpoints=InterfaceEndpoints(self.network, "endpoints", services=endpoints, label=LABEL, vpc=self.vpc)
            if endpoints
            else None,
            functions_need_internet=internet,
            sleeps=sleeps,
            backed_up=backed_up,
        )

    def consumer(self) -> tuple[SecurityGroup, Role]:
        """A service in its own stack."""
        group = SecurityGroup(self.service, "api", label=LABEL, vpc=self.vpc, name="api", description="API")
        role = Role(self.service, "task", label=LABEL, service=ServicePrincipal.ECS_TASKS, description="Runs the API")
        return group, role

    def templates(self) -> tuple[Template, Template]:
        """The data stack and the service stack."""
        return Template.of(self.data), Template.of(self.service)


@cache
def postgres_templates(
    *,
    protect: bool = True,
    replicas: int = 0,
    proxy: ProxySettings | None = None,
    monitoring: int = 60,
    version: str | None = None,
    password_version: int = 1,
    slow_query_milliseconds: int = 50,
    roles: tuple[DatabaseRole, ...] = (),
    backed_up: bool = False,
    storage_gib: int = 20,
    allow_major_upgrade: bool = False,
) -> tuple[Template, Template]:
    """The data stack with PostgreSQL, and the service stack that uses it."""
    layers = Layers.new()
    settings: PostgresSettings = _POSTGRES.model_copy(
        update={
            "replicas": replicas,
            "proxy": proxy,
            "monitoring_interval_seconds": monitoring,
            "engine_version": version,
            "password_version": password_version,
            "slow_query_milliseconds": slow_query_milliseconds,
            "storage_gib": storage_gib,
            "allow_major_upgrade": allow_major_upgrade,
        }
    )
    roles = roles or (OWNER, PROXIED if proxy else API)
    postgres = Postgres(
        layers.data,
        "postgres",
        config=settings,
        context=layers.context(protect=protect, backed_up=backed_up),
        roles=roles,
        log_retention_days=365,
    )
    group, role = layers.consumer()
    postgres.allow_from(group)
    postgres.grant_connect(role, role="api")
    return layers.templates()
