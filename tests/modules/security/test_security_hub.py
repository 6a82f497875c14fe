"""Security Hub has the standards of the settings, in the region of the stack."""

from __future__ import annotations

from modules.security.security_hub import SecurityHub
from tests.template import LABEL, Template, new_stack


def test_only_the_standards_of_the_settings_are_subscribed() -> None:
    stack = new_stack()
    SecurityHub(stack, "hub", standards=("fsbp", "cis"), label=LABEL)
    found = Template.of(stack)
    account = found.only("aws_securityhub_account")
    assert (account["enable_default_standards"], account["control_finding_generator"]) == (False, "SECURITY_CONTROL")
    subscriptions = found.all("aws_securityhub_standards_subscription").values()
    assert {one["standards_arn"] for one in subscriptions} == {
        "arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0",
        "arn:aws:securityhub:us-east-1::standards/cis-aws-foundations-benchmark/v/3.0.0",
    }
    assert all(one["depends_on"] == ["aws_securityhub_account.hub"] for one in subscriptions)


def test_a_standard_that_is_not_set_is_not_subscribed() -> None:
    stack = new_stack()
    SecurityHub(stack, "hub", standards=("fsbp",), label=LABEL)
    assert "best-practices" in Template.of(stack).only("aws_securityhub_standards_subscription")["standards_arn"]
