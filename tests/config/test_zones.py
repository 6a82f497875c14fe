from itertools import islice

import pytest
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from config.aws import REGIONS
from config.zones import (
    ZONE_PREFIXES,
    ZoneId,
    ZoneName,
    is_zone_in_region,
    lookup_command,
    unused_zone_ids,
    zone_key,
    zone_number,
)
from tests.config.test_aws import accepted, refusal

ZONES = [(region, zone.zone_id) for region in REGIONS for zone in RegionsAndZonesBackend.zones[region]]


def test_every_region_has_its_own_prefix() -> None:
    assert tuple(ZONE_PREFIXES) == REGIONS
    assert len(set(ZONE_PREFIXES.values())) == len(REGIONS)


@pytest.mark.parametrize(("region", "zone"), ZONES)
def test_the_zones_of_a_region_are_accepted_in_it_alone(region: str, zone: str) -> None:
    assert accepted(ZoneId, zone) == zone
    assert [other for other in REGIONS if is_zone_in_region(zone, other)] == [region]


def test_a_zone_that_aws_adds_later_is_accepted() -> None:
    assert accepted(ZoneId, "use1-az7") == "use1-az7"


@pytest.mark.parametrize("name", ["us-east-1a", "us-west-1c", "ca-central-1d", "ap-northeast-1d", "sa-east-1c"])
def test_a_name_is_refused_with_the_command_that_prints_the_id(name: str) -> None:
    told = refusal(ZoneId, name)
    assert told.startswith("is the name of a zone, and one name means another zone in each account; ")
    assert told.endswith(
        f"aws ec2 describe-availability-zones --region {name[:-1]} --zone-names {name} "
        "--query 'AvailabilityZones[].ZoneId' --output text"
    )
    assert lookup_command(name) in told
    assert accepted(ZoneName, name) == name


def test_a_region_is_not_a_zone() -> None:
    assert refusal(ZoneId, "eu-west-1") == 'is a region; use the id of one of its zones, like "euw1-az1"'


@pytest.mark.parametrize(
    "value", ["a", "az1", "use1-az0", "use1-az100", "USE1-AZ1", "xxx1-az1", "use1-bos1-az1", "use1-az1\n"]
)
def test_an_invalid_id_is_refused(value: str) -> None:
    assert refusal(ZoneId, value).startswith("is not the id of an Availability Zone; use one like ")


@pytest.mark.parametrize("value", ["a", "us-east-1", "us-east-1A", "us-east-1-bos-1a", "use1-az1", "xx-east-1a"])
def test_an_invalid_name_is_refused(value: str) -> None:
    assert refusal(ZoneName, value) == (
        'is not the name of an Availability Zone; use the region and the zone\'s letter, like "us-east-1a"'
    )


def test_the_key_of_a_zone_is_the_end_of_its_id() -> None:
    assert [zone_key(zone) for zone in ("use1-az1", "apse2-az12")] == ["az1", "az12"]
    assert zone_number("az12") == 12


def test_a_stand_in_is_a_valid_id() -> None:
    for region in REGIONS:
        for zone in islice(unused_zone_ids(region), 6):
            assert accepted(ZoneId, zone) == zone
            assert is_zone_in_region(zone, region)
