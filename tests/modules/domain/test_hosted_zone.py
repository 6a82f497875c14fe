"""A new zone prints what to do with its name servers; an existing zone is only used."""

from __future__ import annotations

from tests.modules.domain.certificates import EXISTING, certificates


def test_a_new_zone_prints_its_name_servers_while_the_apply_waits() -> None:
    _, _, template = certificates()
    (provisioner,) = template.only("aws_route53_zone")["provisioner"]
    assert provisioner["local-exec"]["command"] == (
        "echo Now make an NS record for users.example.com at its parent domain, with these name servers: "
        '${join(" ", self.name_servers)}'
    )


def test_an_existing_zone_is_not_changed() -> None:
    _, zone, template = certificates(EXISTING)
    assert not template.all("aws_route53_zone")
    assert zone.id == "Z0123456789ABCDEFGHIJ"
    assert zone.name_servers == []
    assert zone.next_step == "Nothing: example.com existed already."
    assert all(r["zone_id"] == zone.id for r in template.all("aws_route53_record").values())


def test_a_protected_zone_cannot_be_destroyed() -> None:
    _, _, template = certificates(protect=True)
    zone = template.only("aws_route53_zone")
    assert (zone["force_destroy"], zone["lifecycle"]) == (False, {"prevent_destroy": True})
