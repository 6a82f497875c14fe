from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from preflight import zones
from preflight.line import Status
from preflight.zones import Zone, zone_names, zone_of
from synthesis.template import Resource
from tests.preflight.samples import layer, of, platform

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from preflight.line import Line
    from tests.preflight.conftest import Place


def subnets(*wanted: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {f"aws_subnet.s{number}": subnet for number, subnet in enumerate(wanted)}


def zone_lines(place: Place, *wanted: dict[str, str]) -> list[Line]:
    lines = place.run(zones.checks(platform(subnets(*wanted)), place.account))
    return [line for line in lines if line.subject.startswith("zones")]


def test_a_zone_is_read_by_name_and_by_id() -> None:
    assert zone_of(Resource(kind="aws_subnet", name="a", arguments={"availability_zone": "us-east-1a"})) == "us-east-1a"
    assert zone_of(Resource(kind="aws_subnet", name="a", arguments={"availability_zone_id": "use1-az1"})) == "use1-az1"
    assert zone_of(Resource(kind="aws_subnet", name="a", arguments={})) == ""


def test_names_are_those_of_the_account() -> None:
    known = [Zone(name="us-east-1c", id="use1-az1"), Zone(name="us-east-1a", id="use1-az2")]

    assert zone_names({"use1-az1", "us-east-1a", "elsewhere"}, known) == {"us-east-1c", "us-east-1a", "elsewhere"}


def test_zones_that_exist_are_ok(place: Place) -> None:
    (line,) = zone_lines(place, {"availability_zone": "us-east-1a"}, {"availability_zone_id": "use1-az4"})

    assert (line.status, line.found) == (Status.OK, "us-east-1a, use1-az4")


def test_a_zone_that_the_account_does_not_have_is_a_problem(place: Place) -> None:
    (line,) = zone_lines(place, {"availability_zone": "us-east-1a"}, {"availability_zone_id": "use1-az9"})

    assert (line.status, line.found) == (Status.PROBLEM, "use1-az9 does not exist in this account")
    assert "[[network.zones]]" in line.fix
    assert "use1-az1 (" in line.fix


def test_a_zone_of_the_second_region_is_in_another_table(place: Place) -> None:
    there = layer(
        {"aws_subnet.s0": {"availability_zone_id": "usw2-az9"}}, layer="network-us-west-2", region="us-west-2"
    )
    (line,) = (one for one in place.run(zones.checks(of(layer({}), there), place.account)) if "zones" in one.subject)

    assert "[[recovery.standby.network.zones]], use one of usw2-az" in line.fix


def test_a_zone_of_the_drills_is_in_their_table(place: Place) -> None:
    drills = layer({"aws_subnet.s0": {"availability_zone_id": "usw2-az9"}}, layer="recovery", region="us-west-2")
    (line,) = (one for one in place.run(zones.checks(of(layer({}), drills), place.account)) if "zones" in one.subject)

    assert "In environments/test.toml, [recovery.drills], zones, use one of usw2-az" in line.fix


def test_a_zone_that_is_impaired_is_a_problem(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (first, *_) = RegionsAndZonesBackend.zones["us-east-1"]
    monkeypatch.setattr(first, "state", "impaired")

    (line,) = zone_lines(place, {"availability_zone": first.name})

    assert (line.status, line.found) == (Status.PROBLEM, f"{first.name} is not available now")


def test_a_region_that_is_not_enabled_is_a_problem(place: Place) -> None:
    found = platform({"aws_eip.a": {}}, region="ap-east-1")

    (line,) = place.run(zones.checks(found, place.account))

    assert (line.subject, line.status) == ("regions", Status.PROBLEM)
    assert line.found == "ap-east-1 is not enabled in this account"
    assert line.fix.startswith("aws account enable-region --region-name ap-east-1")


def test_a_region_that_does_not_exist_is_a_problem(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RegionsAndZonesBackend, "regions", [])

    (line,) = place.run(zones.checks(platform({}), place.account))

    assert (line.status, line.found) == (Status.PROBLEM, "us-east-1 does not exist")


def test_a_denied_call_is_no_pass(place: Place, deny: Callable[..., None]) -> None:
    deny("ec2:*")

    lines = place.run(zones.checks(platform(subnets({"availability_zone": "us-east-1a"})), place.account))

    assert [(line.status, line.found) for line in lines] == [
        (Status.UNREADABLE, "ec2:DescribeRegions is denied"),
        (Status.UNREADABLE, "ec2:DescribeAvailabilityZones is denied"),
    ]
