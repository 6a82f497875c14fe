"""Which types of resources are a box of the drawing, where it stands, and which arguments say most about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RECOVERY: Final = "Recovery"
LANES: Final = (
    "Names and edge",
    "Entrance",
    "Services and functions",
    "Data",
    "Release",
    "Network",
    "Watch and protect",
    RECOVERY,
    "State",
)
"""The rows of the drawing, from the users down."""

EDGE, ENTRANCE, SERVICES, DATA, RELEASE, NETWORK, WATCH, _, STATE = LANES


@dataclass(frozen=True)
class Kind:
    """A type of resource that is a box."""

    lane: str
    label: str
    """What people call one."""
    plural: str
    facts: tuple[str, ...] = ()
    """The arguments that its box shows, as paths: the first two that it has."""


KINDS: Final = {
    "aws_route53_zone": Kind(EDGE, "Route 53 zone", "zones", ("name",)),
    "aws_cloudfront_distribution": Kind(EDGE, "CloudFront", "distributions", ("aliases", "price_class")),
    "aws_wafv2_web_acl": Kind(EDGE, "WAF", "web ACLs", ("scope",)),
    "aws_acm_certificate": Kind(EDGE, "ACM certificate", "certificates", ("domain_name",)),
    "aws_lb": Kind(ENTRANCE, "Load balancer", "load balancers", ("load_balancer_type",)),
    "aws_ecs_service": Kind(SERVICES, "ECS service", "services", ("desired_count",)),
    "aws_ecs_cluster": Kind(SERVICES, "ECS cluster", "clusters"),
    "aws_lambda_function": Kind(SERVICES, "Lambda function", "functions", ("runtime", "memory_size")),
    "aws_db_proxy": Kind(DATA, "RDS Proxy", "proxies", ("engine_family",)),
    "aws_db_instance": Kind(DATA, "RDS PostgreSQL", "databases", ("instance_class", "engine_version")),
    "aws_docdb_cluster": Kind(DATA, "DocumentDB", "clusters", ("engine_version",)),
    "aws_s3_bucket": Kind(DATA, "S3 bucket", "buckets", ("bucket",)),
    "aws_codestarconnections_connection": Kind(RELEASE, "Connection", "connections", ("provider_type",)),
    "aws_codepipeline": Kind(RELEASE, "CodePipeline", "pipelines", ("execution_mode",)),
    "aws_codebuild_project": Kind(RELEASE, "CodeBuild", "build projects", ("environment.compute_type",)),
    "aws_ecr_repository": Kind(RELEASE, "ECR repository", "repositories", ("name",)),
    "aws_codedeploy_deployment_group": Kind(
        RELEASE, "CodeDeploy", "deployment groups", ("deployment_style.deployment_type",)
    ),
    "aws_vpc": Kind(NETWORK, "VPC", "VPCs", ("cidr_block",)),
    "aws_sns_topic": Kind(WATCH, "SNS topic", "topics", ("name",)),
    "aws_cloudwatch_dashboard": Kind(WATCH, "Dashboard", "dashboards", ("dashboard_name",)),
    "aws_synthetics_canary": Kind(WATCH, "Canary", "canaries", ("schedule.expression",)),
    "aws_cloudtrail": Kind(WATCH, "CloudTrail", "trails", ("name",)),
    "aws_config_configuration_recorder": Kind(WATCH, "AWS Config", "recorders"),
    "aws_guardduty_detector": Kind(WATCH, "GuardDuty", "detectors", ("finding_publishing_frequency",)),
    "aws_securityhub_account": Kind(WATCH, "Security Hub", "hubs"),
    "aws_budgets_budget": Kind(WATCH, "Budget", "budgets", ("limit_amount", "limit_unit")),
    "aws_backup_plan": Kind(RECOVERY, "Backup plan", "backup plans", ("name",)),
    "aws_backup_vault": Kind(RECOVERY, "Backup vault", "backup vaults", ("name",)),
    "aws_dynamodb_table": Kind(STATE, "DynamoDB table", "tables", ("name",)),
}

ALSO: Final = {
    "aws_appautoscaling_target": "Scaling",
    "aws_db_parameter_group": "Parameters",
    "aws_docdb_cluster_instance": "Instance",
    "aws_docdb_cluster_parameter_group": "Parameters",
    "aws_ecs_task_definition": "Task",
    "aws_nat_gateway": "NAT gateway",
    "aws_subnet": "Subnet",
}
"""Types without a box of their own whose settings are shown with the box that they are in."""
