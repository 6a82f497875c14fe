"""Names that AWS gives once: the second resource of a name is refused, or takes the place of the first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from compliance.references import of_same_environment
from compliance.rule import Finding, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_EVERYWHERE: Final[Mapping[str, tuple[str, str]]] = {
    "aws_budgets_budget": ("name", "budget"),
    "aws_cloudfront_function": ("name", "function of CloudFront"),
    "aws_cloudfront_origin_access_control": ("name", "origin access control"),
    "aws_cloudfront_response_headers_policy": ("name", "response headers policy"),
    "aws_cloudwatch_dashboard": ("dashboard_name", "dashboard"),
    "aws_docdb_global_cluster": ("global_cluster_identifier", "global cluster"),
    "aws_iam_policy": ("name", "policy"),
    "aws_iam_role": ("name", "role"),
    "aws_iam_service_linked_role": ("aws_service_name", "service-linked role"),
    "aws_s3_bucket": ("bucket", "bucket"),
}
"""Types whose names are used once in all regions: the argument with the name, and what the name is of."""
_PER_REGION: Final[Mapping[str, tuple[str, str]]] = {
    "aws_accessanalyzer_analyzer": ("analyzer_name", "analyzer"),
    "aws_backup_restore_testing_plan": ("name", "restore testing plan"),
    "aws_backup_vault": ("name", "backup vault"),
    "aws_cloudtrail": ("name", "trail"),
    "aws_cloudwatch_composite_alarm": ("alarm_name", "alarm"),
    "aws_cloudwatch_event_rule": ("name", "rule of EventBridge"),
    "aws_cloudwatch_log_delivery_destination": ("name", "delivery destination"),
    "aws_cloudwatch_log_delivery_source": ("name", "delivery source"),
    "aws_cloudwatch_log_group": ("name", "log group"),
    "aws_cloudwatch_log_resource_policy": ("policy_name", "resource policy of CloudWatch Logs"),
    "aws_cloudwatch_metric_alarm": ("alarm_name", "alarm"),
    "aws_codebuild_project": ("name", "build project"),
    "aws_codebuild_report_group": ("name", "report group"),
    "aws_codedeploy_app": ("name", "application of CodeDeploy"),
    "aws_codedeploy_deployment_config": ("deployment_config_name", "deployment configuration"),
    "aws_codepipeline": ("name", "pipeline"),
    "aws_config_configuration_recorder": ("name", "configuration recorder"),
    "aws_config_delivery_channel": ("name", "delivery channel"),
    "aws_db_event_subscription": ("name", "event subscription of RDS"),
    "aws_db_instance": ("identifier", "database instance"),
    "aws_db_parameter_group": ("name", "parameter group"),
    "aws_db_proxy": ("name", "proxy"),
    "aws_db_subnet_group": ("name", "subnet group"),
    "aws_docdb_cluster": ("cluster_identifier", "cluster of databases"),
    "aws_docdb_cluster_instance": ("identifier", "database instance"),
    "aws_docdb_cluster_parameter_group": ("name", "cluster parameter group"),
    "aws_docdb_event_subscription": ("name", "event subscription of RDS"),
    "aws_docdb_subnet_group": ("name", "subnet group"),
    "aws_dynamodb_table": ("name", "table"),
    "aws_ecr_pull_through_cache_rule": ("ecr_repository_prefix", "cache rule"),
    "aws_ecr_repository": ("name", "repository"),
    "aws_ecs_cluster": ("name", "cluster of ECS"),
    "aws_ecs_service": ("name", "service of ECS"),
    "aws_ecs_task_definition": ("family", "task definition"),
    "aws_kms_alias": ("name", "alias of a key"),
    "aws_lambda_function": ("function_name", "function"),
    "aws_lb": ("name", "load balancer"),
    "aws_lb_target_group": ("name", "target group"),
    "aws_scheduler_schedule": ("name", "schedule"),
    "aws_secretsmanager_secret": ("name", "secret"),
    "aws_sns_topic": ("name", "topic"),
    "aws_sqs_queue": ("name", "queue"),
    "aws_ssm_parameter": ("name", "parameter"),
    "aws_synthetics_canary": ("name", "canary"),
    "aws_wafv2_ip_set": ("name", "IP set"),
    "aws_wafv2_web_acl": ("name", "web ACL"),
    "aws_xray_group": ("group_name", "group of X-Ray"),
    "aws_xray_sampling_rule": ("rule_name", "sampling rule"),
}
"""Types whose names are used once in each region; RDS and DocumentDB have theirs together, and so have both alarms."""
NAMED: Final = frozenset({*_EVERYWHERE, *_PER_REGION})
"""The types that the rule knows; a test says where one is missing."""

_Name = tuple[str, str, str]
"""What it is of, its region or "" for all of them, and the name."""


@rule_with_others
def name_is_used_once(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No two resources of an environment have one name in one region, or anywhere if the name counts in all regions."""
    used = Counter(
        name
        for other in of_same_environment(stack, stacks)
        for each in other.all(*NAMED)
        if (name := _name(each, other))
    )
    for resource in stack.all(*NAMED):
        name = _name(resource, stack)
        if name and used[name] > 1:
            what, region, text = name
            yield Finding.about(resource, f"another {what} in {region or 'some region'} has the name {text}, too")


def _name(resource: Resource, stack: Stack) -> _Name | None:
    """Its name as far as it is known before it exists; None if nothing is."""
    is_global = resource.kind in _EVERYWHERE
    argument, what = (_EVERYWHERE if is_global else _PER_REGION)[resource.kind]
    text = str(resource.get(argument) or "${")
    return None if "${" in text else (what, "" if is_global else stack.region_of(resource), text)
