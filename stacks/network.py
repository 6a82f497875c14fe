"""Layer `network`: the VPC that everything else lives in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cdktf import TerraformOutput

from modules.key import Key
from modules.network.flow_logs import FlowLogs
from modules.network.vpc import Vpc
from modules.network.vpc_endpoints import GatewayEndpoints, InterfaceEndpoints
from stacks.base import LayerStack

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment


class NetworkStack(LayerStack):
    """VPC with its subnets, routes, endpoints and flow logs."""

    layer: ClassVar[str] = "network"

    def __init__(self, scope: Construct, *, config: Environment) -> None:
        super().__init__(scope, config=config)
        self.vpc = Vpc(self, "vpc", config=config.network, label=self.label)
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
        key = Key(
            self,
            "logs-key",
            label=self.label,
            name="network-logs",
            description=f"Network logs of {self.label.prefix}",
            protect=config.protect_data,
        )
        FlowLogs(
            self,
            "flow-logs",
            retention_days=config.network.flow_log_retention_days,
            label=self.label,
            vpc=self.vpc,
            key=key,
        )
        TerraformOutput(self, "vpc_id", value=self.vpc.id, static_id=True)
        TerraformOutput(self, "public_subnet_ids", value=self.vpc.public_subnet_ids, static_id=True)
        TerraformOutput(self, "private_subnet_ids", value=self.vpc.private_subnet_ids, static_id=True)
        TerraformOutput(self, "database_subnet_ids", value=self.vpc.database_subnet_ids, static_id=True)
