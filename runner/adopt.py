"""What a killed Terraform created and did not yet write into the state is adopted by the next run.

During an apply, Terraform writes a remote state at most every 20 seconds. After `kill -9`, what was created since then
is in no state: a VPC is created a second time, a log group fails with "already exists". But Terraform's log has each
resource with its id.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from runner.events import Diagnostic

IMPORTED_BY_ID: Final = frozenset(
    {
        "aws_accessanalyzer_analyzer",
        "aws_acm_certificate",
        "aws_backup_plan",
        "aws_backup_region_settings",
        "aws_backup_vault",
        "aws_backup_vault_lock_configuration",
        "aws_backup_vault_policy",
        "aws_budgets_budget",
        "aws_ce_anomaly_monitor",
        "aws_ce_anomaly_subscription",
        "aws_ce_cost_allocation_tag",
        "aws_cloudfront_vpc_origin",
        "aws_cloudfront_distribution",
        "aws_cloudfront_function",
        "aws_cloudfront_monitoring_subscription",
        "aws_cloudfront_origin_access_control",
        "aws_cloudfront_response_headers_policy",
        "aws_cloudtrail",
        "aws_cloudwatch_composite_alarm",
        "aws_cloudwatch_dashboard",
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_log_data_protection_policy",
        "aws_cloudwatch_log_delivery",
        "aws_cloudwatch_log_delivery_destination",
        "aws_cloudwatch_log_delivery_source",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_log_resource_policy",
        "aws_cloudwatch_metric_alarm",
        "aws_codebuild_report_group",
        "aws_codedeploy_app",
        "aws_codedeploy_deployment_config",
        "aws_codepipeline",
        "aws_codestarconnections_connection",
        "aws_config_configuration_recorder",
        "aws_config_configuration_recorder_status",
        "aws_config_delivery_channel",
        "aws_db_event_subscription",
        "aws_db_instance",
        "aws_db_instance_automated_backups_replication",
        "aws_db_parameter_group",
        "aws_db_proxy",
        "aws_db_proxy_default_target_group",
        "aws_db_proxy_target",
        "aws_db_subnet_group",
        "aws_default_network_acl",
        "aws_default_security_group",
        "aws_docdb_cluster",
        "aws_docdb_cluster_instance",
        "aws_docdb_cluster_parameter_group",
        "aws_docdb_event_subscription",
        "aws_docdb_global_cluster",
        "aws_docdb_subnet_group",
        "aws_dynamodb_table",
        "aws_dynamodb_table_replica",
        "aws_ebs_encryption_by_default",
        "aws_ebs_snapshot_block_public_access",
        "aws_ecr_lifecycle_policy",
        "aws_ecr_pull_through_cache_rule",
        "aws_ecr_registry_scanning_configuration",
        "aws_ecr_replication_configuration",
        "aws_ecr_repository",
        "aws_ecr_repository_policy",
        "aws_ecs_cluster_capacity_providers",
        "aws_eip",
        "aws_flow_log",
        "aws_guardduty_detector",
        "aws_iam_account_password_policy",
        "aws_iam_openid_connect_provider",
        "aws_iam_policy",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_iam_service_linked_role",
        "aws_internet_gateway",
        "aws_kms_alias",
        "aws_kms_key",
        "aws_kms_key_policy",
        "aws_lambda_function",
        "aws_lb",
        "aws_lb_listener",
        "aws_lb_listener_certificate",
        "aws_lb_listener_rule",
        "aws_lb_target_group",
        "aws_nat_gateway",
        "aws_network_acl",
        "aws_network_acl_association",
        "aws_route53_health_check",
        "aws_route53_hosted_zone_dnssec",
        "aws_route53_key_signing_key",
        "aws_route53_query_log",
        "aws_route53_record",
        "aws_route53_zone",
        "aws_route_table",
        "aws_s3_account_public_access_block",
        "aws_s3_bucket",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_logging",
        "aws_s3_bucket_object_lock_configuration",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_replication_configuration",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_scheduler_schedule",
        "aws_secretsmanager_secret",
        "aws_security_group",
        "aws_securityhub_account",
        "aws_securityhub_standards_subscription",
        "aws_shield_protection",
        "aws_sns_topic",
        "aws_sns_topic_policy",
        "aws_sns_topic_subscription",
        "aws_sqs_queue",
        "aws_ssm_parameter",
        "aws_subnet",
        "aws_synthetics_canary",
        "aws_vpc",
        "aws_vpc_endpoint",
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
        "aws_wafv2_web_acl_association",
        "aws_wafv2_web_acl_logging_configuration",
        "aws_xray_group",
        "aws_xray_sampling_rule",
    }
)
"""Types whose import takes the id that Terraform reports, by the pages of the provider.

https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs
"""

IMPORTED_OTHERWISE: Final[Mapping[str, str]] = {
    "aws_acm_certificate_validation": "is not something that AWS has",
    "aws_appautoscaling_policy": "takes namespace, resource, dimension and name",
    "aws_appautoscaling_target": "takes namespace, resource and dimension",
    "aws_backup_restore_testing_plan": "takes the name, and Terraform reports no id",
    "aws_backup_restore_testing_selection": "takes selection and plan",
    "aws_backup_selection": "takes plan and selection",
    "aws_cloudwatch_event_target": "takes bus, rule and target",
    "aws_cloudwatch_log_metric_filter": "takes log group and name",
    "aws_cloudwatch_log_subscription_filter": "takes log group and name",
    "aws_cloudwatch_query_definition": "takes the ARN, and the id is its last part",
    "aws_codebuild_project": "takes the name, and the id is the ARN",
    "aws_codedeploy_deployment_group": "takes application and group, and the id is another one",
    "aws_ecs_cluster": "takes the name, and the id is the ARN",
    "aws_ecs_service": "takes cluster and name, and the id is the ARN",
    "aws_ecs_task_definition": "takes the ARN, and the id is the family",
    "aws_guardduty_detector_feature": "has no import",
    "aws_iam_role_policy_attachment": "takes role and policy",
    "aws_lambda_invocation": "is a call, and each may be repeated",
    "aws_lambda_permission": "takes function and statement",
    "aws_network_acl_rule": "takes ACL, number, protocol and direction",
    "aws_route": "takes table and destination",
    "aws_route_table_association": "takes subnet and table",
    "aws_s3_object": "takes bucket and key",
    "aws_secretsmanager_secret_version": "puts the value into the state; a lost one is written again",
    "aws_wafv2_ip_set": "takes id, name and scope",
    "aws_wafv2_web_acl": "takes id, name and scope",
    "terraform_data": "is in no account: a lost one is made again",
}
"""The other types that are emitted, each with what its import does instead; a test holds both lists complete."""

_ENDED: Final = "Apply complete!"  # logged when the state is written
_NOT_THERE: Final = re.compile(r'to "([^"]+)"')
_CREATED: Final = '"action":"create"'


def read_created(log: Path) -> dict[str, str]:
    """Address to id of all that the log's apply created, if that apply did not finish."""
    if not log.is_file():
        return {}
    text = log.read_text(encoding="utf-8", errors="replace")
    if _ENDED in text.rpartition("$ terraform apply")[2]:
        return {}
    events = [_event(line) for line in text.splitlines() if '"apply_complete"' in line and _CREATED in line]
    hooks = [event.get("hook", {}) for event in events]
    return {hook["resource"]["addr"]: hook["id_value"] for hook in hooks if hook.get("id_value")}


def import_blocks(created: Mapping[str, str], resources: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """Terraform JSON that imports the resources whose import needs only an id; {} if there are none.

    Args:
        created: Address to id of what the state lacks.
        resources: Names by type of what is configured: Terraform refuses to import anything else.
    """
    blocks = []
    for address, id_ in sorted(created.items()):
        type_, _, name = address.partition(".")
        if type_ in IMPORTED_BY_ID and name.partition("[")[0] in resources.get(type_, ()):
            blocks.append({"to": address, "id": id_})
    return {"import": blocks} if blocks else {}


def find_missing(diagnostics: Collection[Diagnostic]) -> set[str]:
    """Addresses whose import failed because the resource no longer exists."""
    matches = (_NOT_THERE.search(each.detail) for each in diagnostics if "non-existent remote object" in each.summary)
    return {match[1] for match in matches if match}


def _event(line: str) -> dict[str, Any]:
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:  # cut off by the kill
        return {}
    return event
