"""The rule on names knows every type that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.rules.names import NAMED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.template import Template

SHARED: Final[Mapping[str, str]] = {
    "aws_appautoscaling_policy": "of its target",
    "aws_backup_plan": "AWS Backup finds it by its id",
    "aws_backup_restore_testing_selection": "of its plan",
    "aws_backup_selection": "of its plan",
    "aws_ce_anomaly_monitor": "found by its ARN",
    "aws_ce_anomaly_subscription": "found by its ARN",
    "aws_cloudwatch_log_metric_filter": "of its log group",
    "aws_cloudwatch_log_subscription_filter": "of its log group",
    "aws_cloudwatch_query_definition": "CloudWatch finds it by its id",
    "aws_codedeploy_deployment_group": "of its application",
    "aws_codestarconnections_connection": "found by its ARN",
    "aws_guardduty_detector_feature": "of its detector",
    "aws_iam_role_policy": "of its role",
    "aws_route53_key_signing_key": "of its zone",
    "aws_route53_record": "records of several regions have one name",
    "aws_route53_zone": "a private zone can have the name of a public one",
    "aws_shield_protection": "found by its id",
    "aws_wafv2_web_acl_logging_configuration": "of its web ACL",
}
"""Types whose names several resources can have."""


def test_every_type_with_a_name_is_known_or_shares_its_names(stacks: dict[str, Template]) -> None:
    kinds = {
        kind
        for stack in stacks.values()
        for kind, resources in stack.document.get("resource", {}).items()
        for arguments in resources.values()
        if isinstance(arguments.get("name"), str) and "${" not in arguments["name"]
    }
    assert sorted(kinds - NAMED - set(SHARED)) == [], "add each to compliance/rules/names.py, or here with the reason"
    assert not NAMED & set(SHARED)
