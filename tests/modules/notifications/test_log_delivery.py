"""AWS may write to the firewall's log groups of this environment, for this account only."""

from __future__ import annotations

from modules.notifications.log_delivery import LogDelivery, firewall_groups
from tests.template import LABEL, Template, new_stack, statements


def test_only_the_delivery_of_this_account_may_write_to_its_groups() -> None:
    stack = new_stack()
    LogDelivery(stack, "log-delivery", label=LABEL, groups=[firewall_groups(LABEL)])
    policy = Template.of(stack).only("aws_cloudwatch_log_resource_policy")
    (statement,) = statements(policy["policy_document"])
    assert policy["policy_name"] == "user-management-test-log-delivery"
    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == (
        "arn:aws:logs:us-east-1:444444444444:log-group:aws-waf-logs-user-management-test-*:*"
    )
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "444444444444"},
        "ArnLike": {"aws:SourceArn": "arn:aws:logs:us-east-1:444444444444:*"},
    }
