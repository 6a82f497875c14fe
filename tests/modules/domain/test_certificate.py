"""Zone and certificates: validated by DNS, replaced before they are destroyed, usable once issued."""

from __future__ import annotations

from dataclasses import replace

from cdktf import TerraformOutput

from config.domain import DomainSettings
from modules.domain.certificate import Certificate, CertificateNames
from modules.domain.hosted_zone import HostedZone
from tests.template import LABEL, Template, new_stack

NAMES = CertificateNames(domain_name="users.example.com", alternative_names=("www.users.example.com",))
MADE = DomainSettings(name=NAMES.domain_name, zone_name="users.example.com", create_zone=True)
EXISTING = DomainSettings(
    name=NAMES.domain_name, zone_name="example.com", create_zone=False, zone_id="Z0123456789ABCDEFGHIJ"
)


def certificates(config: DomainSettings = MADE, *, protect: bool = False) -> tuple[Certificate, HostedZone, Template]:
    stack = new_stack()
    zone = HostedZone(stack, "zone", config=config, protect=protect)
    first = Certificate(stack, "certificate", names=NAMES, label=replace(LABEL, region="eu-west-1"), zone=zone)
    Certificate(stack, "viewer", names=NAMES, label=LABEL, zone=zone, records=first.records)
    return first, zone, Template.of(stack)


def test_each_name_is_validated_by_its_own_option() -> None:
    *_, template = certificates()
    record = template.named("aws_route53_record.certificate_records_www-users-example-com")
    assert record["name"] == (
        "${one([for o in aws_acm_certificate.certificate.domain_validation_options : o.resource_record_name "
        'if o.domain_name == "www.users.example.com"])}'
    )
    assert (record["allow_overwrite"], record["zone_id"]) == (True, "${aws_route53_zone.zone.zone_id}")


def test_two_certificates_of_the_same_names_share_the_validation_records() -> None:
    *_, template = certificates()
    assert len(template.all("aws_route53_record")) == 2
    validations = template.all("aws_acm_certificate_validation").values()
    assert len(validations) == 2
    assert all(len(validation["depends_on"]) == 2 for validation in validations)


def test_its_arn_is_known_after_it_is_issued() -> None:
    stack = new_stack()
    zone = HostedZone(stack, "zone", config=MADE, protect=False)
    certificate = Certificate(stack, "certificate", names=NAMES, label=replace(LABEL, region="eu-west-1"), zone=zone)
    TerraformOutput(stack, "arn", value=certificate.arn, static_id=True)
    arn = str(Template.of(stack).output("arn"))
    assert arn.startswith("${aws_acm_certificate_validation.certificate_validation")
    assert arn.endswith(".certificate_arn}")


def test_a_new_certificate_is_created_before_the_old_one_is_destroyed() -> None:
    *_, template = certificates()
    assert all(c["lifecycle"]["create_before_destroy"] for c in template.all("aws_acm_certificate").values())


def test_its_expiry_metric_is_in_its_region() -> None:
    certificate, *_ = certificates()
    metric = certificate.days_to_expiry
    assert (metric.namespace, metric.name, metric.region) == ("AWS/CertificateManager", "DaysToExpiry", "eu-west-1")
    assert list(metric.dimensions) == ["CertificateArn"]


def test_each_period_of_its_expiry_metric_has_a_value() -> None:
    """ACM publishes it twice a day."""
    certificate, *_ = certificates()
    assert certificate.days_to_expiry.period_seconds == 24 * 60 * 60


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
