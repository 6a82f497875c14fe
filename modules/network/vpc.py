"""The VPC: one subnet per tier and zone, and nothing open by default."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.default_network_acl import DefaultNetworkAcl
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc as AwsVpc
from constructs import Construct

from config.zones import zone_key
from modules.network.nat_gateway_alarms import NatGatewayAlarms, NatGatewayMetrics
from modules.network.network_acl import AclRule, NetworkAcl, database_rules, private_rules, public_rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Network

    from config.network import NetworkSettings
    from modules.label import Label
    from modules.topic import Topics

_ANYWHERE: Final = "0.0.0.0/0"


class Vpc(Construct):
    """A VPC over two or more zones with three tiers.

    - public: has a route to the internet gateway; for load balancers and NAT gateways. It assigns no public addresses.
    - private: reaches the internet through NAT, if any; for workloads. A zone without a private block has none.
    - database: has only the local route, and a network ACL for the ports of the databases.

    Addresses have the key of a zone, the end of its id: `public-az1`.

    The default security group and the default network ACL allow nothing, so a resource without its own is closed.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: NetworkSettings,
        label: Label,
        web: bool = False,
        database_ports: Mapping[str, int] = MappingProxyType({}),
        topics: Topics | None = None,
    ) -> None:
        """Create the VPC and what belongs to it.

        Args:
            config: Blocks, zones and NAT gateways.
            label: Names and tags.
            web: Whether the public subnets take requests of the internet, for a public load balancer.
            database_ports: Ports of the databases that there are, by name; the database subnets let no other in.
            topics: Whom the alarms on its NAT gateways notify; None for no alarms.
        """
        super().__init__(scope, id_)
        self._label = label
        self._topics = topics
        self.nat_gateways: dict[str, NatGatewayMetrics] = {}
        """The metrics of the NAT gateways, by the key of their zone."""
        self._vpc = AwsVpc(
            self,
            "Default",
            cidr_block=str(config.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,  # required by the private DNS names of interface endpoints
            tags=label.name_tag("vpc"),
        )
        self._add_closed_defaults()
        zones = {zone_key(zone.id): zone for zone in config.zones}
        self._zone_ids = {key: zone.id for key, zone in zones.items()}
        self._public = self._add_subnets("public", {key: zone.public_cidr for key, zone in zones.items()})
        self._private = self._add_subnets(
            "private", {key: zone.private_cidr for key, zone in zones.items() if zone.private_cidr}
        )
        self._database = self._add_subnets("database", {key: zone.database_cidr for key, zone in zones.items()})
        self.private_cidrs = {key: str(zone.private_cidr) for key, zone in zones.items() if zone.private_cidr}

        self._add_public_routes()
        self._private_tables = self._add_private_routes(config.nat_gateways, config.nat_gateway_zone)
        self._add_database_routes()

        block = str(config.cidr)
        self._add_acl("public", self._public, public_rules(block, web=web))
        self._add_acl("private", self._private, private_rules(block))
        database_cidrs = {key: str(zone.database_cidr) for key, zone in zones.items()}
        self._add_acl(
            "database",
            self._database,
            database_rules(block, private=self.private_cidrs, database=database_cidrs, ports=database_ports),
        )

    @cached_property
    def id(self) -> str:
        """Id of the VPC."""
        return self._vpc.id

    @property
    def public_subnet_ids(self) -> list[str]:
        """One per zone, in the order of the zones."""
        return [subnet.id for subnet in self._public.values()]

    @property
    def private_subnet_ids(self) -> list[str]:
        """One per zone that runs workloads."""
        return [subnet.id for subnet in self._private.values()]

    @property
    def database_subnets(self) -> list[Subnet]:
        """One per zone, in the order of the zones."""
        return list(self._database.values())

    @property
    def database_subnet_ids(self) -> list[str]:
        """One per zone, in the order of the zones."""
        return [subnet.id for subnet in self._database.values()]

    @property
    def database_zone_names(self) -> list[str]:
        """The names that the zones have in this account, in the order of the zones; DocumentDB takes no ids."""
        return [subnet.availability_zone for subnet in self._database.values()]

    @property
    def private_route_table_ids(self) -> list[str]:
        """For gateway endpoints: one route table per zone that runs workloads."""
        return [table.id for table in self._private_tables.values()]

    def _add_closed_defaults(self) -> None:
        name = self._label.name_tag("default-locked")
        DefaultSecurityGroup(self, "default-security-group", vpc_id=self._vpc.id, tags=name)
        DefaultNetworkAcl(
            self, "default-network-acl", default_network_acl_id=self._vpc.default_network_acl_id, tags=name
        )

    def _add_subnets(self, tier: str, cidrs: dict[str, IPv4Network]) -> dict[str, Subnet]:
        return {
            key: Subnet(
                self,
                f"{tier}-{key}",
                vpc_id=self._vpc.id,
                availability_zone_id=self._zone_ids[key],
                cidr_block=str(cidr),
                map_public_ip_on_launch=False,
                tags=self._label.name_tag(f"{tier}-{key}"),
            )
            for key, cidr in cidrs.items()
        }

    def _add_route_table(self, name: str, subnets: dict[str, Subnet]) -> RouteTable:
        table = RouteTable(self, f"{name}-routes", vpc_id=self._vpc.id, tags=self._label.name_tag(name))
        for key, subnet in subnets.items():
            tier = name.removesuffix(f"-{key}")
            RouteTableAssociation(
                self, f"{tier}-{key}-routes-association", subnet_id=subnet.id, route_table_id=table.id
            )
        return table

    def _add_public_routes(self) -> None:
        self._internet = InternetGateway(
            self, "internet-gateway", vpc_id=self._vpc.id, tags=self._label.name_tag("internet")
        )
        table = self._add_route_table("public", self._public)
        Route(
            self,
            "public-to-internet",
            route_table_id=table.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=self._internet.id,
        )

    def _add_private_routes(self, nat_gateways: str, nat_gateway_zone: str | None) -> dict[str, RouteTable]:
        tables = {key: self._add_route_table(f"private-{key}", {key: subnet}) for key, subnet in self._private.items()}
        if nat_gateways == "none":
            return tables
        # Where no zone is set there is only one that runs workloads: they do not depend on another zone then.
        single = [zone_key(nat_gateway_zone)] if nat_gateway_zone else list(tables)[:1]
        with_gateway = list(tables) if nat_gateways == "per_zone" else single
        gateways = {key: self._add_nat_gateway(key) for key in with_gateway}
        for key, table in tables.items():
            Route(
                self,
                f"private-{key}-to-nat",
                route_table_id=table.id,
                destination_cidr_block=_ANYWHERE,
                nat_gateway_id=gateways.get(key, gateways[with_gateway[0]]).id,
            )
        return tables

    def _add_nat_gateway(self, key: str) -> NatGateway:
        name = self._label.name_tag(f"nat-{key}")
        address = Eip(self, f"nat-{key}-address", domain="vpc", tags=name, depends_on=[self._internet])
        gateway = NatGateway(
            self,
            f"nat-{key}",
            allocation_id=address.id,
            subnet_id=self._public[key].id,
            tags=name,
            depends_on=[self._internet],  # without an internet gateway its creation fails
        )
        metrics = NatGatewayMetrics(gateway_id=gateway.id, region=self._label.region)
        self.nat_gateways[key] = metrics
        if self._topics:
            NatGatewayAlarms(
                self,
                f"nat-{key}-alarms",
                label=self._label,
                name=f"nat-{key}",
                metrics=metrics,
                topics=self._topics,
            )
        return gateway

    def _add_database_routes(self) -> None:
        self._add_route_table("database", self._database)  # with the local route only

    def _add_acl(self, tier: str, subnets: dict[str, Subnet], rules: list[AclRule]) -> None:
        NetworkAcl(
            self,
            f"{tier}-acl",
            label=self._label,
            name=f"{tier}-acl",
            vpc_id=self._vpc.id,
            subnet_ids={f"{tier}-{key}": subnet.id for key, subnet in subnets.items()},
            rules=rules,
        )
