from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client

ZONE = "records.example.net"


def record(name: str, type_: str = "A", *values: str, action: str = "CREATE") -> dict[str, Any]:
    found = [{"Value": value} for value in values or ("192.0.2.1",)]
    return {
        "Action": action,
        "ResourceRecordSet": {"Name": name, "Type": type_, "TTL": 60, "ResourceRecords": found},
    }


class Zone:
    """A zone that a test fills."""

    def __init__(self, route53: Any, name: str) -> None:
        created = route53.create_hosted_zone(Name=name, CallerReference=name)
        self.id = created["HostedZone"]["Id"].removeprefix("/hostedzone/")
        self.name_servers = created["DelegationSet"]["NameServers"]
        self.route53 = route53

    def change(self, *changes: dict[str, Any]) -> None:
        self.route53.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch={"Changes": list(changes)})

    def records(self) -> list[tuple[str, str]]:
        found = self.route53.list_resource_record_sets(HostedZoneId=self.id)["ResourceRecordSets"]
        return [(each["Name"], each["Type"]) for each in found]

    def delete(self) -> None:
        for each in self.route53.list_resource_record_sets(HostedZoneId=self.id)["ResourceRecordSets"]:
            if each["Type"] not in {"NS", "SOA"} or each["Name"].rstrip(".") != ZONE:
                self.change({"Action": "DELETE", "ResourceRecordSet": each})
        self.route53.delete_hosted_zone(Id=self.id)


@pytest.fixture
def zone(client: Client) -> Iterator[Zone]:
    made = Zone(client("route53", account="900000000084"), ZONE)
    yield made
    made.delete()


def test_a_zone_leaves_no_reusable_delegation_set(client: Client) -> None:
    route53 = client("route53", account="900000000083")
    zone = route53.create_hosted_zone(Name="sets.example.net", CallerReference="1")["HostedZone"]["Id"]
    assert route53.list_reusable_delegation_sets()["DelegationSets"] == []
    made = route53.create_reusable_delegation_set(CallerReference="2")["DelegationSet"]["Id"]
    assert [s["Id"] for s in route53.list_reusable_delegation_sets()["DelegationSets"]] == [made]
    route53.delete_hosted_zone(Id=zone)


def test_each_zone_has_name_servers_of_its_own(client: Client, zone: Zone) -> None:
    other = Zone(client("route53", account="900000000083"), "other.example.net")
    assert len({*zone.name_servers, *other.name_servers}) == 8
    assert [name.split(".", 2)[2] for name in zone.name_servers] == ["com", "net", "org", "co.uk"]
    own = zone.route53.list_resource_record_sets(HostedZoneId=zone.id)["ResourceRecordSets"][0]
    assert [value["Value"] for value in own["ResourceRecords"]] == zone.name_servers
    other.route53.delete_hosted_zone(Id=other.id)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [record("badrecords.example.net")],
            "RRSet with DNS name badrecords.example.net. is not permitted in zone records.example.net.",
        ),
        (
            [record(ZONE, "CNAME", "example.org")],
            f"RRSet of type CNAME with DNS name {ZONE}. is not permitted at apex in zone {ZONE}.",
        ),
        (
            [record(f"www.{ZONE}"), record(f"WWW.{ZONE}.", "CNAME", "example.org")],
            (
                f"RRSet of type CNAME with DNS name www.{ZONE}. is not permitted as it conflicts with other "
                f"records with "
                f"the same DNS name in zone {ZONE}."
            ),
        ),
        (
            [record(f"www.{ZONE}", "CNAME", "example.org", action="UPSERT"), record(f"www.{ZONE}")],
            (
                f"RRSet of type A with DNS name www.{ZONE}. is not permitted because a conflicting RRSet of type CNAME "
                f"with the same DNS name already exists in zone {ZONE}."
            ),
        ),
        (
            [record(f"www.{ZONE}"), record(f"www.{ZONE}", "A", "192.0.2.2")],
            f"Tried to create resource record set [name='www.{ZONE}.', type='A'] but it already exists",
        ),
        (
            [record(ZONE, "NS", "ns-1.example.org", action="DELETE")],
            "A HostedZone must contain at least one NS record for the zone itself.",
        ),
        ([record(ZONE, "SOA", "x", action="DELETE")], "A HostedZone must contain exactly one SOA record."),
    ],
)
def test_a_record_that_cannot_be_in_the_zone_is_refused(zone: Zone, changes: list[Any], message: str) -> None:
    before = zone.records()
    with pytest.raises(ClientError) as caught:
        zone.change(*changes)
    assert caught.value.response["Error"]["Code"] == "InvalidChangeBatch"
    assert caught.value.response["Error"]["Message"] == f"[{message}]"
    assert zone.records() == before


def test_a_record_can_be_replaced_by_another_type_in_one_batch(zone: Zone) -> None:
    zone.change(record(f"www.{ZONE}"))
    zone.change(record(f"www.{ZONE}", action="DELETE"), record(f"www.{ZONE}", "CNAME", "example.org"))
    zone.change(record(f"www.{ZONE}", "CNAME", "example.net", action="UPSERT"))
    assert (f"www.{ZONE}.", "CNAME") in zone.records()


def test_a_zone_with_a_delegation_is_not_deleted(zone: Zone) -> None:
    zone.change(record(f"child.{ZONE}", "NS", "ns-1.example.org", "ns-2.example.org"))
    with pytest.raises(ClientError, match="contains non-required resource record sets"):
        zone.route53.delete_hosted_zone(Id=zone.id)
