"""A new zone says what to do with its name servers; an existing zone is only used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.modules.domain.certificates import EXISTING, MADE, certificates

if TYPE_CHECKING:
    from config.domain import DomainSettings
    from modules.domain.hosted_zone import HostedZone
    from tests.template import Template


def test_a_new_zone_says_what_to_do_with_its_name_servers() -> None:
    _, zone, template = certificates()
    assert "provisioner" not in template.only("aws_route53_zone")  # if it failed, the zone would be made again
    assert zone.next_step.startswith("Once: make an NS record for users.example.com at its parent domain")
    assert zone.next_step.endswith(" and then set delegated = true in [domain].")


@pytest.mark.parametrize("config", [MADE, EXISTING])
def test_each_zone_below_it_gets_its_name_servers(config: DomainSettings) -> None:
    servers = ("ns-1.example.net", "ns-2.example.net")
    # Both would have the id `a-b-users-example-com`.
    below = {"a.b.users.example.com": servers, "a-b.users.example.com": servers}
    _, zone, template = certificates(config.model_copy(update={"delegations": below}))
    records = [record for record in template.all("aws_route53_record").values() if record["type"] == "NS"]
    assert [record["name"] for record in records] == list(below)
    assert all((record["zone_id"], record["records"]) == (_id(zone, template), list(servers)) for record in records)


def _id(zone: HostedZone, template: Template) -> str:
    return "${aws_route53_zone.zone.zone_id}" if template.all("aws_route53_zone") else zone.id


def test_an_existing_zone_is_not_changed() -> None:
    _, zone, template = certificates(EXISTING)
    assert not template.all("aws_route53_zone")
    assert zone.id == "Z0123456789ABCDEFGHIJ"
    assert zone.name_servers == []
    assert all(r["zone_id"] == zone.id for r in template.all("aws_route53_record").values())


def test_a_protected_zone_cannot_be_destroyed() -> None:
    _, _, template = certificates(protect=True)
    zone = template.only("aws_route53_zone")
    assert (zone["force_destroy"], zone["lifecycle"]) == (False, {"prevent_destroy": True})


def test_its_arn_is_global_whoever_created_it() -> None:
    _, zone, _ = certificates(EXISTING)
    assert zone.arn == "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"
