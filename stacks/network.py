"""Layer `network`: the VPC that all other layers use."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modules.data.documentdb_base import PORT as DOCUMENTDB
from modules.data.postgres_base import PORT as POSTGRES
from modules.network.flow_logs import FlowLogs
from modules.network.vpc import Vpc
from modules.network.vpc_endpoints import GatewayEndpoints, InterfaceEndpoints
from modules.network.zone_moves import move_from_zone_names
from stacks.base import LayerStack

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from stacks.notifications import NotificationsStack
    from stacks.state import StateStack


class NetworkStack(LayerStack):
    """The VPC with its subnets, routes, endpoints and flow logs."""

    layer: ClassVar[str] = "network"

    def __init__(
        self, scope: Construct, *, config: Environment, state: StateStack, notifications: NotificationsStack | None
    ) -> None:
        """Compose the layer.

        Args:
            config: The environment.
            state: Stores all states.
            notifications: The topics of the alarms on the NAT gateways; without it there are none.
        """
        super().__init__(scope, config=config, state=state)
        ports = {"postgres": (config.postgres, POSTGRES), "documentdb": (config.documentdb, DOCUMENTDB)}
        self.vpc = Vpc(
            self,
            "vpc",
            config=config.network,
            label=self.label,
            web=config.has_public_load_balancer,
            database_ports={name: port.first for name, (table, port) in ports.items() if table is not None},
            topics=notifications.topics if notifications else None,
        )
        self.gateway_endpoints = GatewayEndpoints(self, "gateway-endpoints", label=self.label, vpc=self.vpc)
        self.interface_endpoints = (
            InterfaceEndpoints(
                self,
                "interface-endpoints",
                services=config.network.interface_endpoints,
                label=self.label,
                vpc=self.vpc,
            )
            if config.network.interface_endpoints
            else None
        )
        key = self.key("logs-key", name="network-logs", protects="Network logs")
        FlowLogs(
            self,
            "flow-logs",
            retention_days=config.logs.flow_log_retention_days,
            label=self.label,
            vpc=self.vpc,
            key=key,
        )
        move_from_zone_names(self, config.network.zones)
        if config.standby_of:
            self._keep_for_databases()
        self.output("vpc_id", self.vpc.id)
        self.output("public_subnet_ids", self.vpc.public_subnet_ids)
        self.output("private_subnet_ids", self.vpc.private_subnet_ids)
        self.output("database_subnet_ids", self.vpc.database_subnet_ids)

    def _keep_for_databases(self) -> None:
        """Keep what databases need of it that are made when this region is to serve: then nothing here is applied."""
        has_zones = self.config.documentdb is not None  # whose instances have one each
        if not has_zones and self.config.postgres is None:
            return
        for subnet in self.vpc.database_subnets:
            self.keep_for_others(subnet, "id")
            if has_zones:
                self.keep_for_others(subnet, "availability_zone")
