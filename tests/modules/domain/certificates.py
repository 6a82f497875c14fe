"""A zone with two certificates, for tests of the layer `domain`."""

from __future__ import annotations

from dataclasses import replace

from config.domain import DomainSettings
from modules.domain.certificate import Certificate, CertificateNames
from modules.domain.hosted_zone import HostedZone
from tests.template import LABEL, Template, new_stack

NAMES = CertificateNames(domain_name="users.example.com", alternative_names=("www.users.example.com",))
MADE = DomainSettings(name=NAMES.domain_name, zone_name="users.example.com", create_zone=True, delegated=True)
EXISTING = DomainSettings(
    name=NAMES.domain_name, zone_name="example.com", create_zone=False, zone_id="Z0123456789ABCDEFGHIJ"
)


def certificates(config: DomainSettings = MADE, *, protect: bool = False) -> tuple[Certificate, HostedZone, Template]:
    """The first certificate, the zone, and the stack with both and the viewers' certificate."""
    stack = new_stack()
    zone = HostedZone(stack, "zone", config=config, protect=protect)
    first = Certificate(stack, "certificate", names=NAMES, label=replace(LABEL, region="eu-west-1"), zone=zone)
    Certificate(stack, "viewer", names=NAMES, label=LABEL, zone=zone, records=first.records)
    return first, zone, Template.of(stack)
