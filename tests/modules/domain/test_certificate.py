"""Certificates are validated by DNS, replaced before they are destroyed, usable once issued."""

from __future__ import annotations

from dataclasses import replace

from cdktf import TerraformOutput

from modules.domain.certificate import Certificate, CertificateNames
from modules.domain.hosted_zone import HostedZone
from tests.modules.domain.certificates import MADE, NAMES, certificates
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack


def test_each_name_is_validated_by_its_own_option() -> None:
    *_, template = certificates()
    record = template.named("aws_route53_record.certificate_records_www-users-example-com")
    assert record["name"] == (
        "${one([for o in aws_acm_certificate.certificate.domain_validation_options : o.resource_record_name "
        'if o.domain_name == "www.users.example.com"])}'
    )
    assert (record["allow_overwrite"], record["zone_id"]) == (True, "${aws_route53_zone.zone.zone_id}")


def test_validation_ends_before_the_session_of_who_applies_does() -> None:
    *_, template = certificates()
    timeouts = [each["timeouts"] for each in template.all("aws_acm_certificate_validation").values()]
    assert timeouts == [{"create": "45m"}] * 2


def test_names_that_differ_only_in_dots_and_hyphens_are_both_validated() -> None:
    stack = new_stack()
    zone = HostedZone(stack, "zone", config=MADE, protect=False)
    names = CertificateNames(domain_name="a.b.users.example.com", alternative_names=("a-b.users.example.com",))
    Certificate(stack, "certificate", names=names, label=LABEL, zone=zone)
    assert len(Template.of(stack).all("aws_route53_record")) == 2


def test_a_wildcard_shares_the_validation_record_of_the_name_below_it() -> None:
    stack = new_stack()
    zone = HostedZone(stack, "zone", config=MADE, protect=False)
    names = CertificateNames(domain_name="users.example.com", alternative_names=("*.users.example.com",))
    Certificate(stack, "certificate", names=names, label=LABEL, zone=zone)
    template = Template.of(stack)
    assert template.only("aws_acm_certificate")["subject_alternative_names"] == ["*.users.example.com"]
    assert 'if o.domain_name == "users.example.com"' in template.only("aws_route53_record")["name"]


def test_a_wildcard_alone_is_validated_by_its_own_option() -> None:
    stack = new_stack()
    zone = HostedZone(stack, "zone", config=MADE, protect=False)
    names = CertificateNames(domain_name="users.example.com", alternative_names=("*.tenants.users.example.com",))
    Certificate(stack, "certificate", names=names, label=LABEL, zone=zone)
    record = Template.of(stack).named("aws_route53_record.certificate_records_tenants-users-example-com")
    assert 'if o.domain_name == "*.tenants.users.example.com"' in record["name"]


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


def test_a_certificate_that_is_not_renewed_warns_a_month_before_and_is_critical_a_week_before() -> None:
    stack = new_stack()
    zone = HostedZone(stack, "zone", config=MADE, protect=False)
    Certificate(stack, "certificate", names=NAMES, label=LABEL, zone=zone, topics=topics_in(stack))
    found = Template.of(stack).all("aws_cloudwatch_metric_alarm").values()
    assert {alarm["tags"]["Severity"]: alarm["threshold"] for alarm in found} == {"warning": 30, "critical": 7}
    for alarm in found:
        assert alarm["comparison_operator"] == "LessThanOrEqualToThreshold"
        assert (alarm["statistic"], alarm["period"], alarm["evaluation_periods"]) == ("Minimum", 86_400, 1)
        assert alarm["alarm_name"].startswith("user-management-test-unit-certificate-")


def test_two_certificates_of_a_stack_have_alarms_of_their_own() -> None:
    stack = new_stack()
    zone, topics = HostedZone(stack, "zone", config=MADE, protect=False), topics_in(stack)
    first = Certificate(stack, "first", names=NAMES, label=LABEL, zone=zone, topics=topics)
    Certificate(
        stack,
        "second",
        names=NAMES,
        label=LABEL,
        zone=zone,
        records=first.records,
        topics=topics,
        alarm_name="nearest-certificate",
    )
    found = [alarm["alarm_name"] for alarm in Template.of(stack).all("aws_cloudwatch_metric_alarm").values()]
    assert sorted(found) == [
        f"user-management-test-unit-{name}-{severity}"
        for name in ("certificate", "nearest-certificate")
        for severity in ("critical", "warning")
    ]


def test_an_expired_certificate_stays_in_alarm_and_a_new_one_does_not_alarm() -> None:
    """ACM publishes nothing of the first for ever, nor of the second for hours."""
    stack = new_stack()
    zone = HostedZone(stack, "zone", config=MADE, protect=False)
    Certificate(stack, "certificate", names=NAMES, label=LABEL, zone=zone, topics=topics_in(stack))
    found = Template.of(stack).all("aws_cloudwatch_metric_alarm").values()
    assert {alarm["treat_missing_data"] for alarm in found} == {"ignore"}
