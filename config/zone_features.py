"""What AWS does not offer in a zone or a region, and the checks that an environment does not need it there.

Only what AWS documents is in the table. A zone that is missing in it can still be short of capacity.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from config.errors import Problem
from config.network import Zone
from config.services import ServiceSettings
from config.zones import is_zone_in_region

ARM: Final = "ARM64"


@dataclass(frozen=True, kw_only=True)
class Feature:
    """Something that AWS offers in most places."""

    name: str
    """What messages call it."""

    source: str
    """The page of AWS that lists the places."""

    without_zones: frozenset[str] = frozenset()
    """Ids of zones without it."""

    without_regions: frozenset[str] = frozenset()
    """Regions without it."""

    def is_in_zone(self, zone_id: str) -> bool:
        """Whether it is offered in the zone."""
        return zone_id not in self.without_zones


RDS_PROXY: Final = Feature(
    name="RDS Proxy",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations",
    without_zones=frozenset({"use1-az3", "usw1-az2"}),
)
FARGATE: Final = Feature(
    name="Fargate",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html",
    without_zones=frozenset({"apne1-az3", "usw1-az2"}),
)
FARGATE_ARM: Final = Feature(
    name=f"Fargate for {ARM}",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html",
    without_zones=frozenset({"use1-az3"}),
)
# Offered in all regions of config/aws.py.
VPC_ORIGIN: Final = Feature(
    name="VPC origins of CloudFront",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html",
    without_zones=frozenset({"apne1-az3", "cac1-az3", "use1-az3", "usw1-az2"}),
)
DOCUMENTDB: Final = Feature(
    name="DocumentDB",
    source="https://docs.aws.amazon.com/documentdb/latest/developerguide/regions-and-azs.html",
    without_regions=frozenset(
        {"ap-southeast-3", "ap-southeast-4", "ca-west-1", "eu-central-2", "me-south-1", "us-west-1"}
    ),
)
FEATURES: Final = (RDS_PROXY, FARGATE, FARGATE_ARM, VPC_ORIGIN, DOCUMENTDB)


def check_zone_regions(region: str, network__zones: Sequence[Zone]) -> Iterator[Problem]:
    """The zones of the VPC are in its region."""
    for index, zone in enumerate(network__zones):
        if not is_zone_in_region(zone.id, region):
            yield Problem(
                key=f"network.zones[{index}].id",
                value=zone.id,
                allowed=f'is not in the region "{region}"; this prints the ids of its zones: '
                f"aws ec2 describe-availability-zones --region {region} --query 'AvailabilityZones[].ZoneId'",
            )
        if zone.formerly and zone.formerly[:-1] != region:
            yield Problem(
                key=f"network.zones[{index}].formerly",
                value=zone.formerly,
                allowed=f'is not in the region "{region}"; it is the name that the zone had in an earlier version of '
                "this file, or remove the line",
            )


def check_proxy_zones(postgres__proxy: object, network__zones: Sequence[Zone]) -> Iterator[Problem]:
    """The proxy has an address in each zone.

    AWS leaves out a zone without RDS Proxy in silence, or refuses the proxy if fewer than two zones are left:
    https://github.com/hashicorp/terraform-provider-aws/issues/17781
    """
    if postgres__proxy is not None:
        remedy = "use another zone, or remove [postgres.proxy]"
        yield from _missing(RDS_PROXY, network__zones, "[postgres.proxy]", remedy, private_only=False)


def check_task_zones(network__zones: Sequence[Zone]) -> Iterator[Problem]:
    """Tasks start in each zone with a private subnet."""
    remedy = "use another zone, or remove its private_cidr"
    yield from _missing(FARGATE, network__zones, "each service", remedy)


def check_arm_zones(services: Mapping[str, ServiceSettings], network__zones: Sequence[Zone]) -> Iterator[Problem]:
    """The same for tasks on ARM processors."""
    arm = [f"[services.{name}]" for name, service in services.items() if service.architecture == ARM]
    if arm:
        remedy = f'use another zone, remove its private_cidr, or use architecture = "X86_64" in {" and ".join(arm)}'
        yield from _missing(FARGATE_ARM, network__zones, " and ".join(arm), remedy)


def check_origin_zones(edge__origin: str | None, network__zones: Sequence[Zone]) -> Iterator[Problem]:
    """CloudFront reaches the internal load balancer in each zone with a private subnet."""
    if edge__origin == "vpc":
        remedy = 'use another zone, remove its private_cidr, set origin = "public" in [edge], or remove [edge]'
        yield from _missing(VPC_ORIGIN, network__zones, "[edge]", remedy)


def check_documentdb_region(region: str, documentdb: object) -> Iterator[Problem]:
    """DocumentDB is not sold in every region."""
    if documentdb is not None and region in DOCUMENTDB.without_regions:
        yield Problem(
            key="region",
            value=region,
            allowed=f"has no DocumentDB ({DOCUMENTDB.source}), needed by [documentdb]; use another region, "
            "or remove [documentdb]",
        )


def _missing(
    feature: Feature, zones: Sequence[Zone], user: str, remedy: str, *, private_only: bool = True
) -> Iterator[Problem]:
    for index, zone in enumerate(zones):
        if not feature.is_in_zone(zone.id) and (zone.private_cidr or not private_only):
            yield Problem(
                key=f"network.zones[{index}].id",
                value=zone.id,
                allowed=f"has no {feature.name} ({feature.source}), needed by {user}; {remedy}",
            )
