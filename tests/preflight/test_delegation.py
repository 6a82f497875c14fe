from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preflight.delegation import checks
from preflight.line import Line, Status
from runner.name_servers import Delegation
from tests.preflight.samples import no_dns, own_tags, platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.preflight.conftest import Place

NAME = "users.example.com"
WAITING: dict[str, dict[str, str]] = {"aws_acm_certificate_validation.v": {}}
CREATED = {"aws_route53_zone.zone": {"name": NAME}} | WAITING


def lines(place: Place, resources: dict[str, dict[str, str]], seen: set[str] | None = None) -> list[Line]:
    def look_up(name: str) -> Delegation:
        return Delegation(name_servers=frozenset(seen or ()) if name == NAME else frozenset())

    return place.run(checks(platform(resources), place.account, look_up))


def make_zone(place: Place, *, own: bool = False, name: str = NAME) -> tuple[str, set[str]]:
    """A zone's id and name servers."""
    route53 = place.client("route53")
    made = route53.create_hosted_zone(Name=name, CallerReference=f"{name}-{place.id}-{own}")
    zone_id = made["HostedZone"]["Id"].rpartition("/")[2]
    if own:
        route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id, AddTags=own_tags())
    return zone_id, set(made["DelegationSet"]["NameServers"])


def make_private_zone(place: Place) -> str:
    vpc = place.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    made = place.client("route53").create_hosted_zone(
        Name=NAME,
        CallerReference=place.id,
        HostedZoneConfig={"Comment": "", "PrivateZone": True},
        VPC={"VPCRegion": "us-east-1", "VPCId": vpc},
    )
    return str(made["HostedZone"]["Id"].rpartition("/")[2])


def records(zone_id: str, domain: str = NAME) -> dict[str, dict[str, str]]:
    return {"aws_route53_record.r": {"zone_id": zone_id}, "aws_acm_certificate.c": {"domain_name": domain}} | WAITING


def test_a_zone_that_will_be_created_is_ok(place: Place) -> None:
    (line,) = lines(place, CREATED)

    assert (line.subject, line.status) == ("zone users.example.com", Status.OK)
    assert line.found.startswith("will be created")


def test_an_own_zone_that_is_delegated_is_ok(place: Place) -> None:
    _, servers = make_zone(place, own=True)

    (line,) = lines(place, CREATED, servers)

    assert (line.status, line.found) == (Status.OK, "is delegated to its name servers")


@pytest.mark.parametrize(
    ("seen", "found"),
    [(set(), "is not delegated"), ({"ns1.elsewhere.example"}, "is delegated to ns1.elsewhere.example")],
)
def test_a_zone_that_is_not_delegated_is_a_problem(place: Place, seen: set[str], found: str) -> None:
    _, servers = make_zone(place, own=True)

    (line,) = lines(place, CREATED, seen)

    assert (line.status, line.found) == (Status.PROBLEM, found)
    assert line.fix.endswith(" ".join(sorted(servers)))


def test_one_name_server_too_few_is_a_problem(place: Place) -> None:
    _, servers = make_zone(place, own=True)

    (line,) = lines(place, CREATED, set(sorted(servers)[1:]))

    assert line.status is Status.PROBLEM


def test_without_a_look_at_dns_it_is_not_known(place: Place) -> None:
    make_zone(place, own=True)

    (line,) = place.run(checks(platform(CREATED), place.account, no_dns))

    assert (line.status, line.found) == (Status.UNREADABLE, "DNS could not be asked: no network")
    assert f"dig +trace NS {NAME}" in line.fix


def test_without_a_certificate_that_waits_the_delegation_may_be_missing(place: Place) -> None:
    _, servers = make_zone(place, own=True)
    zone = {address: arguments for address, arguments in CREATED.items() if address not in WAITING}

    (line,) = place.run(checks(platform(zone), place.account, no_dns))

    assert line.status is Status.OK
    assert line.found.endswith(" ".join(sorted(servers)))


def test_a_second_zone_of_the_name_is_a_problem(place: Place) -> None:
    zone_id, _ = make_zone(place)

    (line,) = lines(place, CREATED)

    assert (line.status, line.found) == (
        Status.PROBLEM,
        f"{zone_id} exists; a second zone of this name would not be asked",
    )
    assert f'create_zone = false and zone_id = "{zone_id}"' in line.fix


def test_a_private_zone_of_the_name_does_not_count(place: Place) -> None:
    make_private_zone(place)

    (line,) = lines(place, CREATED)

    assert line.status is Status.OK


def test_a_zone_below_the_name_does_not_count(place: Place) -> None:
    make_zone(place, name=f"dev.{NAME}")

    (line,) = lines(place, CREATED)

    assert line.status is Status.OK


def test_an_existing_zone_that_is_delegated_is_ok(place: Place) -> None:
    zone_id, servers = make_zone(place)

    (line,) = lines(place, records(zone_id), servers)

    assert (line.subject, line.status) == (f"zone {zone_id}", Status.OK)


def test_an_existing_zone_that_is_not_there_is_a_problem(place: Place) -> None:
    (line,) = lines(place, records("Z0123456789"))

    assert (line.status, line.found) == (Status.PROBLEM, "does not exist in this account")


def test_an_existing_zone_that_is_private_is_a_problem(place: Place) -> None:
    (line,) = lines(place, records(make_private_zone(place)), set())

    assert (line.status, line.fix) == (Status.PROBLEM, "Use a public hosted zone.")


def test_an_existing_zone_of_another_name_is_a_problem(place: Place) -> None:
    zone_id, servers = make_zone(place)

    (line,) = lines(place, records(zone_id, "users.example.org"), servers)

    assert line.found == "is the zone users.example.com, which has no place for users.example.org"


@pytest.mark.parametrize(
    ("operation", "is_created"),
    [("ListHostedZonesByName", True), ("ListTagsForResource", True), ("GetHostedZone", True), ("GetHostedZone", False)],
)
def test_a_denied_call_is_no_pass(
    place: Place,
    deny: Callable[..., None],
    operation: str,
    is_created: bool,  # noqa: FBT001
) -> None:
    zone_id, servers = make_zone(place, own=True)
    deny(f"route53:{operation}")

    (line,) = lines(place, CREATED if is_created else records(zone_id), servers)

    assert (line.status, line.found) == (Status.UNREADABLE, f"route53:{operation} is denied")
