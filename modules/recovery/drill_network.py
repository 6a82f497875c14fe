"""The network of restore drills: nothing leads into it or out of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.default_network_acl import DefaultNetworkAcl
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.docdb_subnet_group import DocdbSubnetGroup
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from constructs import Construct

from config.zones import zone_key
from modules.data.documentdb_base import PORT as DOCUMENTDB_PORT
from modules.data.postgres_base import PORT as POSTGRES_PORT
from modules.label import Label, NameLimit
from modules.network.connections import SecurityGroup
from modules.network.network_acl import NetworkAcl, database_rules, reader_rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import TerraformResource

    from config.recovery_drills import DrillSettings
    from modules.network.connections import Connectable
    from modules.network.network_acl import AclRule

_PORTS: Final = {"postgres": POSTGRES_PORT, "documentdb": DOCUMENTDB_PORT}


class DrillNetwork(Construct):
    """A VPC without a gateway, an endpoint or a peering: subnets for what is restored, and for what reads it.

    What is restored is a copy of all data, with the users and passwords of the original. Here nobody else can reach it,
    and it can send nothing anywhere.
    """

    def __init__(
        self, scope: Construct, id_: str, *, config: DrillSettings, label: Label, engines: Sequence[str]
    ) -> None:
        """Create the VPC with a group of subnets and a security group for each database.

        Args:
            config: Its block and its zones.
            label: Names it.
            engines: `postgres`, `documentdb`: what is restored here.
        """
        super().__init__(scope, id_)
        self._label = label
        self._vpc = Vpc(
            self,
            "Default",
            cidr_block=str(config.cidr),
            enable_dns_support=True,  # a database is known by its name
            enable_dns_hostnames=True,
            tags=label.name_tag("drills"),
        )
        locked = label.name_tag("drills-default-locked")
        DefaultSecurityGroup(self, "default-security-group", vpc_id=self._vpc.id, tags=locked)
        DefaultNetworkAcl(
            self, "default-network-acl", default_network_acl_id=self._vpc.default_network_acl_id, tags=locked
        )
        zones = {zone_key(zone): zone for zone in config.zones}
        blocks = [str(block) for block in config.cidr.subnets(prefixlen_diff=2)]
        database = dict(zip(zones, blocks[:2], strict=True))
        reader = dict(zip(zones, blocks[2:], strict=True))
        self._database = self._add_tier("database", database, zones)
        self._reader = self._add_tier("reader", reader, zones)
        ports = {engine: _PORTS[engine].first for engine in engines}
        block = str(config.cidr)
        self._add_acl(
            "database",
            self._database,
            database_rules(block, private=reader, database=database, ports=ports),
        )
        self._add_acl("reader", self._reader, reader_rules(block, database=database, ports=ports))
        self.groups = {
            engine: SecurityGroup(
                self,
                f"{engine}-security-group",
                label=label,
                vpc=self,
                name=f"drill-{engine}",
                description=f"Restored copies of {engine}",
                port=_PORTS[engine],
            )
            for engine in engines
        }
        """The security groups of what is restored, by its engine."""
        self._subnet_groups = {engine: self._add_subnet_group(engine) for engine in engines}

    @cached_property
    def id(self) -> str:
        """Id of the VPC."""
        return self._vpc.id

    @property
    def private_subnet_ids(self) -> list[str]:
        """Those of the function that reads."""
        return [subnet.id for subnet in self._reader.values()]

    @property
    def zone_names(self) -> list[str]:
        """The names that the zones have in this account."""
        return [subnet.availability_zone for subnet in self._database.values()]

    def subnet_group(self, engine: str) -> str:
        """Name of the group of subnets of an engine."""
        return self._subnet_groups[engine].name

    def allow_from(self, peer: Connectable) -> list[TerraformResource]:
        """Allow `peer` to reach what is restored, on its port."""
        return [rule for group in self.groups.values() for rule in group.connections.allow_from(peer)]

    def _add_tier(self, tier: str, blocks: Mapping[str, str], zones: Mapping[str, str]) -> dict[str, Subnet]:
        """Subnets with a route table that has the local route only."""
        table = RouteTable(self, f"{tier}-routes", vpc_id=self._vpc.id, tags=self._label.name_tag(f"drills-{tier}"))
        found: dict[str, Subnet] = {}
        for key, block in blocks.items():
            found[key] = Subnet(
                self,
                f"{tier}-{key}",
                vpc_id=self._vpc.id,
                availability_zone_id=zones[key],
                cidr_block=block,
                map_public_ip_on_launch=False,
                tags=self._label.name_tag(f"drills-{tier}-{key}"),
            )
            RouteTableAssociation(
                self, f"{tier}-{key}-routes-association", subnet_id=found[key].id, route_table_id=table.id
            )
        return found

    def _add_acl(self, tier: str, subnets: Mapping[str, Subnet], rules: list[AclRule]) -> None:
        NetworkAcl(
            self,
            f"{tier}-acl",
            label=self._label,
            name=f"drills-{tier}-acl",
            vpc_id=self._vpc.id,
            subnet_ids={f"{tier}-{key}": subnet.id for key, subnet in subnets.items()},
            rules=rules,
        )

    def _add_subnet_group(self, engine: str) -> DbSubnetGroup | DocdbSubnetGroup:
        kind = DbSubnetGroup if engine == "postgres" else DocdbSubnetGroup
        return kind(
            self,
            f"{engine}-subnets",
            name=self._label.name(f"drill-{engine}", limit=NameLimit.DATABASE_GROUP),
            description="Subnets of restore drills, without a route out",
            subnet_ids=[subnet.id for subnet in self._database.values()],
        )
