"""Queries are logged with retention and key, and only Route 53 may write, for this zone."""

from __future__ import annotations

from modules.domain.hosted_zone import HostedZone
from modules.domain.query_log import QueryLog
from modules.key import Key
from tests.modules.domain.certificates import EXISTING
from tests.template import LABEL, Template, new_stack, statements


def made() -> Template:
    stack = new_stack()
    zone = HostedZone(stack, "zone", config=EXISTING, protect=False)
    key = Key(stack, "key", label=LABEL, name="domain", description="Logs", protect=False)
    QueryLog(stack, "log", label=LABEL, zone=zone, retention_days=90, key=key)
    return Template.of(stack)


def test_the_group_has_the_name_that_aws_recommends_with_retention_and_key() -> None:
    group = made().only("aws_cloudwatch_log_group")
    assert group["name"] == "/aws/route53/user-management-test/example.com"
    assert (group["retention_in_days"], group["kms_key_id"]) == (90, "${aws_kms_key.key.arn}")


def test_only_route_53_may_write_and_only_for_this_zone() -> None:
    (statement,) = statements(made().only("aws_cloudwatch_log_resource_policy")["policy_document"])
    assert statement["Principal"] == {"Service": "route53.amazonaws.com"}
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "444444444444"},
        "ArnEquals": {"aws:SourceArn": "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"},
    }


def test_it_starts_when_route_53_may_write() -> None:
    log = made().only("aws_route53_query_log")
    assert log["zone_id"] == "Z0123456789ABCDEFGHIJ"
    assert any(name.startswith("aws_cloudwatch_log_resource_policy.") for name in log["depends_on"])
