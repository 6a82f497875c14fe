"""The VPC: its address block, its zones and NAT gateways."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import ClassVar, Final, Literal, get_args

from pydantic import Field

from config.aws import Ipv4Cidr
from config.errors import Problem
from config.model import Check, Model
from config.zones import ZoneId, ZoneName

InterfaceEndpoint = Literal[
    "application-autoscaling",
    "autoscaling",
    "cloudtrail",
    "codebuild",
    "codedeploy",
    "codedeploy-commands-secure",
    "codepipeline",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "ecs-agent",
    "ecs-telemetry",
    "elasticloadbalancing",
    "events",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "rds",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "states",
    "sts",
    "xray",
]
"""The last part of `com.amazonaws.<region>.<service>`.

https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

INTERFACE_ENDPOINTS: Final[tuple[str, ...]] = get_args(InterfaceEndpoint)

FARGATE_TASK_ENDPOINTS: Final = ("ecr.api", "ecr.dkr", "logs")
"""The endpoints that a task needs to start without a NAT gateway; S3 has a gateway endpoint.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-vpc-endpoint-considerations
"""

PRIVATE_BLOCKS: Final = tuple(
    IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""RFC 1918 and RFC 6598: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"""

_LARGEST_PREFIX: Final = 16
_SMALLEST_PREFIX: Final = 28
"""https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (the same for a VPC and a subnet)"""

_SMALLEST_BALANCER_PREFIX: Final = 27
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer"""

_MIN_ZONES: Final = 2
_MAX_ZONES: Final = 6


class Zone(Model):
    """One Availability Zone and the subnets in it."""

    id: ZoneId
    """The id of the Availability Zone, like "use1-az1": the same place in every account."""

    formerly: ZoneName | None = None
    """The name that stood here before ids did, like "us-east-1a": one apply moves what it made to the id."""

    public_cidr: Ipv4Cidr
    """Subnet with a route to the internet, for the public load balancer and the NAT gateway."""

    private_cidr: Ipv4Cidr | None = None
    """Subnet of the services; without it no service runs in this zone."""

    database_cidr: Ipv4Cidr
    """Subnet of the databases, without a route to the internet."""

    @property
    def cidrs(self) -> dict[str, IPv4Network]:
        """The CIDR blocks of the subnets, by the name of their setting."""
        by_name = {
            "public_cidr": self.public_cidr,
            "private_cidr": self.private_cidr,
            "database_cidr": self.database_cidr,
        }
        return {name: cidr for name, cidr in by_name.items() if cidr is not None}


def _check_vpc_range(cidr: IPv4Network) -> Iterator[Problem]:
    if not any(cidr.subnet_of(block) for block in PRIVATE_BLOCKS):
        yield Problem(
            key="cidr",
            value=str(cidr),
            allowed=f"is not a valid private block; use one inside {', '.join(map(str, PRIVATE_BLOCKS))}",
        )


def _check_vpc_size(cidr: IPv4Network) -> Iterator[Problem]:
    if not _LARGEST_PREFIX <= cidr.prefixlen <= _SMALLEST_PREFIX:
        yield Problem(
            key="cidr",
            value=str(cidr),
            allowed=f"must be between /{_LARGEST_PREFIX} and /{_SMALLEST_PREFIX}",
        )


def _check_subnet_sizes(zones: Sequence[Zone]) -> Iterator[Problem]:
    for key, cidr in _subnets(zones):
        if not _LARGEST_PREFIX <= cidr.prefixlen <= _SMALLEST_PREFIX:
            yield Problem(
                key=key,
                value=str(cidr),
                allowed=f"must be between /{_LARGEST_PREFIX} and /{_SMALLEST_PREFIX}",
            )
        elif cidr.prefixlen > _SMALLEST_BALANCER_PREFIX and not key.endswith("database_cidr"):
            yield Problem(
                key=key,
                value=str(cidr),
                allowed=f"must be /{_SMALLEST_BALANCER_PREFIX} or larger, because load balancers need it",
            )


def _check_subnets_in_vpc(cidr: IPv4Network, zones: Sequence[Zone]) -> Iterator[Problem]:
    for key, subnet in _subnets(zones):
        if not subnet.subnet_of(cidr):
            yield Problem(
                key=key,
                value=str(subnet),
                allowed=f"is not in the VPC's {cidr}; use a block inside it",
            )


def _check_subnet_overlap(zones: Sequence[Zone]) -> Iterator[Problem]:
    seen: list[tuple[str, IPv4Network]] = []
    for key, cidr in _subnets(zones):
        for other_key, other in seen:
            if cidr.overlaps(other):
                yield Problem(
                    key=key,
                    value=str(cidr),
                    allowed=f'overlaps {other_key} = "{other}"; use another block',
                )
        seen.append((key, cidr))


def _check_unique_zones(zones: Sequence[Zone]) -> Iterator[Problem]:
    for setting in ("id", "formerly"):
        first: dict[str, int] = {}
        for index, zone in enumerate(zones):
            value = getattr(zone, setting)
            if value in first:
                yield Problem(
                    key=f"zones[{index}].{setting}",
                    value=value,
                    allowed=f"is already the zone of zones[{first[value]}]; use another",
                )
            if value is not None:
                first.setdefault(value, index)


def _check_nat_gateway_zone(
    zones: Sequence[Zone], nat_gateways: str, nat_gateway_zone: str | None
) -> Iterator[Problem]:
    """With several zones to choose from, the gateway would move when a zone is put before the first."""
    if nat_gateways != "single":
        if nat_gateway_zone is not None:
            yield Problem(
                key="nat_gateway_zone",
                value=nat_gateway_zone,
                allowed='has no effect unless nat_gateways = "single"; remove it',
            )
    elif nat_gateway_zone is None:
        if sum(zone.private_cidr is not None for zone in zones) > 1:
            yield Problem(
                key="nat_gateway_zone",
                allowed='is missing: nat_gateways = "single" and more than one zone has a private_cidr; add the id of '
                "the zone with the NAT gateway (if there is one already, of its zone)",
            )
    elif nat_gateway_zone not in {zone.id for zone in zones}:
        yield Problem(
            key="nat_gateway_zone",
            value=nat_gateway_zone,
            allowed=f"is not a zone of this network; use one of {', '.join(zone.id for zone in zones)}",
        )


def _check_zone_count(zones: Sequence[Zone]) -> Iterator[Problem]:
    if not _MIN_ZONES <= len(zones) <= _MAX_ZONES:
        yield Problem(
            key="zones",
            allowed=f"there must be {_MIN_ZONES} to {_MAX_ZONES}, not {len(zones)}: "
            "load balancers and database subnet groups need two",
        )


def _check_private_zone(zones: Sequence[Zone]) -> Iterator[Problem]:
    if zones and not any(zone.private_cidr for zone in zones):
        yield Problem(
            key="zones",
            allowed="must have at least one zone with a private_cidr, because services run there",
        )


def _check_task_endpoints(nat_gateways: str, interface_endpoints: Sequence[str]) -> Iterator[Problem]:
    missing = [service for service in FARGATE_TASK_ENDPOINTS if service not in interface_endpoints]
    if nat_gateways == "none" and missing:
        yield Problem(
            key="nat_gateways",
            value=nat_gateways,
            allowed="without NAT gateways no task can start; "
            f'add {", ".join(missing)} to interface_endpoints, or use "per_zone" or "single"',
        )


def _subnets(zones: Sequence[Zone]) -> Iterator[tuple[str, IPv4Network]]:
    for index, zone in enumerate(zones):
        for name, cidr in zone.cidrs.items():
            yield f"zones[{index}].{name}", cidr


class NetworkSettings(Model):
    """The VPC and its subnets and endpoints."""

    cidr: Ipv4Cidr
    """The VPC's address block, /16 to /28, private; environments should not share addresses."""

    zones: tuple[Zone, ...] = Field(
        json_schema_extra={"minItems": _MIN_ZONES, "maxItems": _MAX_ZONES},
    )
    """The Availability Zones, two to six; load balancers and database subnet groups need two."""

    nat_gateways: Literal["per_zone", "single", "none"]
    """NAT gateways for the services: one in each of their zones, one for all, or none (endpoints only).

    Each costs about 33 USD a month, 3.65 USD for its address, and 0.045 USD per GB.
    """

    nat_gateway_zone: ZoneId | None = None
    """Zone of the single NAT gateway; it can be left out while only one zone has a private_cidr."""

    interface_endpoints: tuple[InterfaceEndpoint, ...] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """AWS services with an interface endpoint, reached without the internet.

    Each costs 7.30 USD a month in each zone with a private_cidr, and 0.01 USD per GB.
    """

    checks: ClassVar[tuple[Check, ...]] = (
        _check_vpc_range,
        _check_vpc_size,
        _check_zone_count,
        _check_unique_zones,
        _check_nat_gateway_zone,
        _check_private_zone,
        _check_subnet_sizes,
        _check_subnets_in_vpc,
        _check_subnet_overlap,
        _check_task_endpoints,
    )
