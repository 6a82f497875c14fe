"""A network, keys and a consumer, for tests of databases."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf import TerraformStack

from modules.data.database_context import DatabaseContext
from modules.key import Key
from modules.network.connections import SecurityGroup
from modules.network.vpc import Vpc
from modules.role import Role, ServicePrincipal
from tests.fixtures import fixture_environment
from tests.template import LABEL, Template, new_app


@dataclass(frozen=True, kw_only=True)
class Layers:
    """Three stacks: the network, the database and the service that uses it."""

    network: TerraformStack
    data: TerraformStack
    service: TerraformStack
    vpc: Vpc

    @staticmethod
    def new() -> Layers:
        """Create the stacks, with the network only."""
        app = new_app()
        network, data, service = (TerraformStack(app, f"test-{name}") for name in ("network", "data", "service"))
        vpc = Vpc(network, "vpc", config=fixture_environment("prod").network, label=LABEL)
        return Layers(network=network, data=data, service=service, vpc=vpc)

    def context(self, *, protect: bool) -> DatabaseContext:
        """The context of a database, with keys in the data stack."""
        keys = [
            Key(self.data, name, label=LABEL, name=name, description=name, protect=protect)
            for name in ("databases-key", "secrets-key", "logs-key")
        ]
        return DatabaseContext(
            label=LABEL, vpc=self.vpc, key=keys[0], secrets_key=keys[1], logs_key=keys[2], protect=protect
        )

    def consumer(self) -> tuple[SecurityGroup, Role]:
        """A service in its own stack."""
        group = SecurityGroup(self.service, "api", label=LABEL, vpc=self.vpc, name="api", description="API")
        role = Role(self.service, "task", label=LABEL, service=ServicePrincipal.ECS_TASKS, description="Runs the API")
        return group, role

    def templates(self) -> tuple[Template, Template]:
        """The data stack and the service stack."""
        return Template.of(self.data), Template.of(self.service)
