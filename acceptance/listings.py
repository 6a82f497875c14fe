"""The API operation that finds each type of resource after a destroy; a test keeps the list complete.

The leftover check calls every operation that lists without an argument, so it needs no list of types. But it would miss
a type that no such operation shows: this list makes that visible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LISTED_BY: Final[Mapping[str, str]] = {
    "aws_accessanalyzer_analyzer": "accessanalyzer:ListAnalyzers",
    "aws_acm_certificate": "acm:ListCertificates",
    "aws_appautoscaling_policy": "application-autoscaling:DescribeScalingPolicies",
    "aws_appautoscaling_target": "application-autoscaling:DescribeScalableTargets",
    "aws_cloudtrail": "cloudtrail:DescribeTrails",
    "aws_cloudwatch_event_rule": "events:ListRules",
    "aws_cloudwatch_log_group": "logs:DescribeLogGroups",
    "aws_cloudwatch_log_metric_filter": "logs:DescribeMetricFilters",
    "aws_cloudwatch_log_resource_policy": "logs:DescribeResourcePolicies",
    "aws_cloudwatch_metric_alarm": "cloudwatch:DescribeAlarms",
    "aws_config_configuration_recorder": "config:DescribeConfigurationRecorders",
    "aws_config_delivery_channel": "config:DescribeDeliveryChannels",
    "aws_db_instance": "rds:DescribeDBInstances",
    "aws_db_parameter_group": "rds:DescribeDBParameterGroups",
    "aws_db_proxy": "rds:DescribeDBProxies",
    "aws_db_subnet_group": "rds:DescribeDBSubnetGroups",
    "aws_docdb_cluster": "rds:DescribeDBClusters",
    "aws_docdb_cluster_instance": "rds:DescribeDBInstances",
    "aws_docdb_cluster_parameter_group": "rds:DescribeDBClusterParameterGroups",
    "aws_docdb_global_cluster": "rds:DescribeGlobalClusters",
    "aws_docdb_subnet_group": "rds:DescribeDBSubnetGroups",
    "aws_dynamodb_table": "dynamodb:ListTables",
    "aws_ebs_encryption_by_default": "ec2:GetEbsEncryptionByDefault",
    "aws_ebs_snapshot_block_public_access": "ec2:GetSnapshotBlockPublicAccessState",
    "aws_ecr_pull_through_cache_rule": "ecr:DescribePullThroughCacheRules",
    "aws_ecr_registry_scanning_configuration": "ecr:GetRegistryScanningConfiguration",
    "aws_ecr_repository": "ecr:DescribeRepositories",
    "aws_ecs_cluster": "ecs:ListClusters",
    "aws_ecs_task_definition": "ecs:ListTaskDefinitionFamilies",
    "aws_eip": "ec2:DescribeAddresses",
    "aws_flow_log": "ec2:DescribeFlowLogs",
    "aws_guardduty_detector": "guardduty:ListDetectors",
    "aws_iam_account_password_policy": "iam:GetAccountPasswordPolicy",
    "aws_iam_openid_connect_provider": "iam:ListOpenIDConnectProviders",
    "aws_iam_policy": "iam:ListPolicies",
    "aws_iam_role": "iam:ListRoles",
    "aws_iam_service_linked_role": "iam:ListRoles",
    "aws_internet_gateway": "ec2:DescribeInternetGateways",
    "aws_kms_alias": "kms:ListAliases",
    "aws_kms_key": "kms:DescribeKey",
    "aws_lambda_function": "lambda:ListFunctions",
    "aws_lb": "elbv2:DescribeLoadBalancers",
    "aws_lb_target_group": "elbv2:DescribeTargetGroups",
    "aws_nat_gateway": "ec2:DescribeNatGateways",
    "aws_network_acl": "ec2:DescribeNetworkAcls",
    "aws_route53_zone": "route53:ListHostedZones",
    "aws_route_table": "ec2:DescribeRouteTables",
    "aws_s3_account_public_access_block": "s3control:GetPublicAccessBlock",
    "aws_s3_bucket": "s3:ListBuckets",
    "aws_scheduler_schedule": "scheduler:ListSchedules",
    "aws_secretsmanager_secret": "secretsmanager:ListSecrets",
    "aws_security_group": "ec2:DescribeSecurityGroups",
    "aws_sns_topic": "sns:ListTopics",
    "aws_sns_topic_subscription": "sns:ListSubscriptions",
    "aws_sqs_queue": "sqs:ListQueues",
    "aws_ssm_parameter": "ssm:DescribeParameters",
    "aws_shield_protection": "shield:ListProtections",
    "aws_subnet": "ec2:DescribeSubnets",
    "aws_vpc": "ec2:DescribeVpcs",
    "aws_vpc_endpoint": "ec2:DescribeVpcEndpoints",
    "aws_vpc_security_group_egress_rule": "ec2:DescribeSecurityGroupRules",
    "aws_vpc_security_group_ingress_rule": "ec2:DescribeSecurityGroupRules",
    "aws_wafv2_ip_set": "wafv2:ListIPSets",
    "aws_wafv2_web_acl": "wafv2:ListWebACLs",
}

PART_OF: Final[Mapping[str, str]] = {
    "aws_acm_certificate_validation": "aws_acm_certificate",
    "aws_cloudwatch_event_target": "aws_cloudwatch_event_rule",
    "aws_cloudwatch_log_data_protection_policy": "aws_cloudwatch_log_group",
    "aws_config_configuration_recorder_status": "aws_config_configuration_recorder",
    "aws_db_proxy_default_target_group": "aws_db_proxy",
    "aws_db_proxy_target": "aws_db_proxy",
    "aws_default_network_acl": "aws_vpc",
    "aws_default_security_group": "aws_vpc",
    "aws_ecr_lifecycle_policy": "aws_ecr_repository",
    "aws_ecs_cluster_capacity_providers": "aws_ecs_cluster",
    "aws_ecs_service": "aws_ecs_cluster",
    "aws_guardduty_detector_feature": "aws_guardduty_detector",
    "aws_iam_role_policy": "aws_iam_role",
    "aws_iam_role_policy_attachment": "aws_iam_role",
    "aws_lb_listener": "aws_lb",
    "aws_lb_listener_rule": "aws_lb",
    "aws_network_acl_association": "aws_network_acl",
    "aws_network_acl_rule": "aws_network_acl",
    "aws_route": "aws_route_table",
    "aws_route53_record": "aws_route53_zone",
    "aws_route_table_association": "aws_route_table",
    "aws_s3_bucket_lifecycle_configuration": "aws_s3_bucket",
    "aws_s3_bucket_logging": "aws_s3_bucket",
    "aws_s3_bucket_object_lock_configuration": "aws_s3_bucket",
    "aws_s3_bucket_ownership_controls": "aws_s3_bucket",
    "aws_s3_bucket_policy": "aws_s3_bucket",
    "aws_s3_bucket_public_access_block": "aws_s3_bucket",
    "aws_s3_bucket_server_side_encryption_configuration": "aws_s3_bucket",
    "aws_s3_bucket_versioning": "aws_s3_bucket",
    "aws_s3_object": "aws_s3_bucket",
    "aws_secretsmanager_secret_version": "aws_secretsmanager_secret",
    "aws_sns_topic_policy": "aws_sns_topic",
    "aws_wafv2_web_acl_association": "aws_wafv2_web_acl",
    "aws_wafv2_web_acl_logging_configuration": "aws_wafv2_web_acl",
}
"""Types that cannot outlive a resource of another type, which is listed."""

IN_NO_ACCOUNT: Final = frozenset({"terraform_data"})
"""Types that are in Terraform's state only."""

ONE_PER_ACCOUNT: Final = frozenset(
    {
        "aws_ebs_encryption_by_default",
        "aws_ebs_snapshot_block_public_access",
        "aws_ecr_registry_scanning_configuration",
        "aws_iam_account_password_policy",
        "aws_s3_account_public_access_block",
    }
)
"""Types of which each account has one: their listing shows its settings, not a name."""
