"""A zone is signed by a key that only Route 53 uses, and only for this zone."""

from __future__ import annotations

import pytest

from modules.domain.hosted_zone import HostedZone
from modules.domain.zone_signing import ZoneSigning
from tests.modules.domain.certificates import MADE
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements


def made(*, protect: bool = False) -> Template:
    stack = new_stack()
    zone = HostedZone(stack, "zone", config=MADE, protect=protect)
    ZoneSigning(stack, "signing", label=LABEL, zone=zone, protect=protect, topics=topics_in(stack))
    return Template.of(stack)


def test_the_key_is_one_that_route_53_accepts() -> None:
    key = made().named("aws_kms_key.signing_key")
    assert (key["customer_master_key_spec"], key["key_usage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    assert "enable_key_rotation" not in key  # AWS rotates symmetric keys only


def test_only_route_53_may_sign_and_only_for_this_zone() -> None:
    found = {s["Sid"]: s for s in statements(made().named("aws_kms_key.signing_key")["policy"])}
    source = {
        "StringEquals": {"aws:SourceAccount": "444444444444"},
        "ArnEquals": {"aws:SourceArn": "${aws_route53_zone.zone.arn}"},
    }
    sign, grant = found["AllowZoneSigning"], found["AllowZoneSigningGrant"]
    assert sign["Principal"] == grant["Principal"] == {"Service": "dnssec-route53.amazonaws.com"}
    assert (sign["Action"], sign["Condition"]) == (["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"], source)
    only_for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert (grant["Action"], grant["Condition"]) == ("kms:CreateGrant", source | only_for_aws)


def test_the_zone_is_signed_after_its_key_exists_and_until_it_is_deleted() -> None:
    template = made()
    key = template.only("aws_route53_key_signing_key")
    assert key["key_management_service_arn"].startswith("${aws_kms_key.")
    assert key["hosted_zone_id"] == "${aws_route53_zone.zone.zone_id}"
    assert key["name"] == "user_management_test_zone"
    signed = template.only("aws_route53_hosted_zone_dnssec")["hosted_zone_id"]
    assert signed.startswith("${aws_route53_key_signing_key.")


@pytest.mark.parametrize("protect", [True, False])
def test_a_protected_key_cannot_be_destroyed(*, protect: bool) -> None:
    key = made(protect=protect).named("aws_kms_key.signing_key")
    assert (key.get("lifecycle"), key["deletion_window_in_days"]) == (
        ({"prevent_destroy": True}, 30) if protect else (None, 7)
    )


def test_what_keeps_route_53_from_signing_is_reported() -> None:
    alarms = made().all("aws_cloudwatch_metric_alarm").values()
    found = {(a["namespace"], a["metric_name"], a["statistic"], a["period"], a["threshold"]) for a in alarms}
    assert found == {
        ("AWS/Route53", name, "Sum", 14_400, 1)
        for name in ("DNSSECInternalFailure", "DNSSECKeySigningKeysNeedingAction")
    }
    assert all(a["dimensions"] == {"HostedZoneId": "${aws_route53_zone.zone.zone_id}"} for a in alarms)
