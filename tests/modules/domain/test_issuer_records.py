"""Amazon may issue certificates for the name, others only by a setting."""

from __future__ import annotations

from modules.domain.hosted_zone import HostedZone
from modules.domain.issuer_records import IssuerRecords
from tests.modules.domain.certificates import EXISTING, MADE
from tests.template import Template, new_stack

AMAZON = [f'0 issue "{name}"' for name in ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")]


def made(**changes: object) -> Template:
    stack = new_stack()
    config = changes.pop("config", MADE)
    config = config.model_copy(update=changes)  # type: ignore[attr-defined]
    IssuerRecords(stack, "issuers", config=config, zone=HostedZone(stack, "zone", config=config, protect=False))
    return Template.of(stack)


def test_only_amazon_may_issue_certificates_by_default() -> None:
    record = made().only("aws_route53_record")
    assert (record["name"], record["type"], record["records"]) == ("users.example.com", "CAA", AMAZON)


def test_further_authorities_are_added() -> None:
    record = made(certificate_issuers=("letsencrypt.org",)).only("aws_route53_record")
    assert record["records"] == [*AMAZON, '0 issue "letsencrypt.org"']


def test_a_name_below_the_top_of_an_existing_zone_has_a_record_of_its_own() -> None:
    assert made(config=EXISTING).only("aws_route53_record")["name"] == "users.example.com"


def test_the_top_of_an_existing_zone_stays_as_it_is() -> None:
    assert made(config=EXISTING, name="example.com").all("aws_route53_record") == {}
