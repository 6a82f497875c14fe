"""Whether the account has the regions and zones of the environment, and can use them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from preflight.check import Check
from preflight.line import Line, ok, problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preflight.account import Account
    from preflight.platform import Platform
    from synthesis.template import Resource

_ENABLED: Final = {"opt-in-not-required", "opted-in"}
"""https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Region.html"""


@dataclass(frozen=True)
class Zone:
    """An Availability Zone of the account, whose name is its own and whose id is everyone's."""

    name: str
    id: str
    state: str = "available"

    @property
    def is_available(self) -> bool:
        """Whether something can be created in it."""
        return self.state == "available"


def zone_of(resource: Resource) -> str:
    """The zone of a subnet or an instance as the settings have it, a name or an id; "" if AWS chooses one."""
    return str(resource.get("availability_zone_id") or resource.get("availability_zone") or "")


def read_zones(account: Account, region: str) -> list[Zone]:
    """The zones of a region, without those that the account would have to ask for."""
    found = account.once(
        ("zones", region),
        lambda: account.items(
            "ec2",
            region,
            "describe_availability_zones",
            "AvailabilityZones",
            Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}],
        ),
    )
    return [Zone(name=zone["ZoneName"], id=zone["ZoneId"], state=zone.get("State", "available")) for zone in found]


def zone_names(wanted: Iterable[str], zones: Iterable[Zone]) -> set[str]:
    """The names that the account gives to zones, which are named or have an id."""
    by_either = {key: zone.name for zone in zones for key in (zone.name, zone.id)}
    return {by_either.get(zone, zone) for zone in wanted}


def checks(platform: Platform, account: Account) -> Iterator[Check]:
    """The regions in one check, then the zones of each region that has subnets."""
    yield Check("regions", partial(_regions, platform, account))
    for region in platform.regions_with("aws_subnet"):
        subject = f"zones, {region}"
        yield Check(subject, partial(_zones, subject, platform, account, region))


def _regions(platform: Platform, account: Account) -> Iterator[Line]:
    # All, because a region that is not enabled is left out otherwise.
    answer = account.client("ec2", platform.home_region).describe_regions(AllRegions=True)
    status = {region["RegionName"]: region.get("OptInStatus", "") for region in answer["Regions"]}
    disabled = [region for region in platform.regions if status.get(region) not in _ENABLED]
    for region in disabled:
        if region in status:
            fix = f"aws account enable-region --region-name {region}; it takes minutes to hours. Then repeat."
            yield problem("regions", f"{region} is not enabled in this account", fix)
        else:
            yield problem("regions", f"{region} does not exist", f"Choose another region in {platform.file}.")
    if not disabled:
        yield ok("regions", ", ".join(platform.regions))


def _zones(subject: str, platform: Platform, account: Account, region: str) -> Iterator[Line]:
    subnets = list(platform.all("aws_subnet", region=region))
    wanted = sorted({zone_of(placed.resource) for placed in subnets} - {""})
    zones = read_zones(account, region)
    usable = {key for zone in zones if zone.is_available for key in (zone.name, zone.id)}
    missing = [zone for zone in wanted if zone not in usable]
    offered = ", ".join(f"{zone.id} ({zone.name})" for zone in zones if zone.is_available)
    for zone in missing:
        known = any(zone in {one.name, one.id} for one in zones)
        found = f"{zone} is not available now" if known else f"{zone} does not exist in this account"
        layers = {one.stack.layer for one in subnets if zone_of(one.resource) == zone}
        # The subnets of the layer recovery are those of the restore drills.
        table = "[recovery.drills], zones" if layers == {"recovery"} else platform.zones_table(region)
        yield problem(subject, found, f"In {platform.file}, {table}, use one of {offered}.")
    if not missing:
        yield ok(subject, ", ".join(wanted))
