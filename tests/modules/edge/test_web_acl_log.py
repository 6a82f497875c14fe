"""The firewall's log: where it is, what is in it, and what is not."""

from __future__ import annotations

from tests.modules.edge.firewalls import firewall
from tests.template import statements

LOG = "aws_wafv2_web_acl_logging_configuration.firewall_log"


def test_it_is_a_group_of_the_name_that_aws_requires_with_key_and_retention() -> None:
    made = firewall()
    group = made.only("aws_cloudwatch_log_group")
    assert group["name"] == "aws-waf-logs-user-management-test-unit"
    assert group["retention_in_days"] == 30
    (logs,) = [s for s in statements(made.only("aws_kms_key")["policy"]) if s.get("Sid") == "AllowLogGroups"]
    assert logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"] == (
        "arn:aws:logs:us-east-1:444444444444:log-group:aws-waf-logs-user-management-test-*"
    )


def test_its_destination_is_the_group_without_its_streams() -> None:
    (destination,) = firewall().named(LOG)["log_destination_configs"]
    assert destination.startswith("${aws_cloudwatch_log_group.firewall_log_group_")
    assert destination.endswith(".arn}")


def test_it_has_no_credentials() -> None:
    fields = firewall().named(LOG)["redacted_fields"]
    assert [field["single_header"]["name"] for field in fields] == ["authorization", "cookie"]


def test_it_has_the_requests_that_a_rule_matched_or_all() -> None:
    chosen = firewall().named(LOG)["logging_filter"]
    assert chosen["default_behavior"] == "DROP"
    (kept,) = chosen["filter"]
    assert (kept["behavior"], kept["requirement"]) == ("KEEP", "MEETS_ANY")
    assert [one["action_condition"]["action"] for one in kept["condition"]] == ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"]
    assert "logging_filter" not in firewall(log_allowed=True).named(LOG)
