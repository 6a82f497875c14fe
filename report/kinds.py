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
    facts: tuple[tuple[str, str], ...] = ()
    """The arguments that its box shows, as paths, and how each is written."""
    inner: tuple[str, str] | None = None
    """A type of which it has several, and the argument by which they are counted: `3 x db.t3.medium`."""


_PLAIN: Final = "{}"

KINDS: Final = {
    "aws_route53_zone": Kind(EDGE, "Route 53", "zones", (("name", _PLAIN),)),
    "aws_cloudfront_distribution": Kind(EDGE, "CloudFront", "distributions", (("aliases", _PLAIN),)),
    "aws_wafv2_web_acl": Kind(EDGE, "WAF", "web ACLs", (("scope", "scope {}"),)),
    "aws_acm_certificate": Kind(EDGE, "ACM", "certificates", (("domain_name", _PLAIN),)),
    "aws_lb": Kind(ENTRANCE, "Elastic Load Balancing", "load balancers", (("internal", "internal: {}"),)),
    "aws_ecs_service": Kind(SERVICES, "ECS service", "services", (("desired_count", "tasks: {}"),)),
    "aws_ecs_cluster": Kind(SERVICES, "ECS cluster", "clusters"),
    "aws_lambda_function": Kind(SERVICES, "Lambda", "functions", (("runtime", _PLAIN), ("memory_size", "{} MiB"))),
    "aws_db_proxy": Kind(DATA, "RDS Proxy", "proxies"),
    "aws_db_instance": Kind(DATA, "RDS", "databases", (("instance_class", _PLAIN), ("multi_az", "two zones: {}"))),
    "aws_docdb_cluster": Kind(
        DATA, "DocumentDB cluster", "clusters", inner=("aws_docdb_cluster_instance", "instance_class")
    ),
    "aws_s3_bucket": Kind(DATA, "S3", "buckets"),
    "aws_codestarconnections_connection": Kind(RELEASE, "CodeConnections", "connections", (("provider_type", _PLAIN),)),
    "aws_codepipeline": Kind(RELEASE, "CodePipeline", "pipelines"),
    "aws_codebuild_project": Kind(RELEASE, "CodeBuild", "build projects"),
    "aws_ecr_repository": Kind(RELEASE, "ECR", "repositories", (("image_tag_mutability", "tags {}"),)),
    "aws_codedeploy_deployment_group": Kind(
        RELEASE, "CodeDeploy", "deployment groups", (("deployment_style.deployment_type", _PLAIN),)
    ),
    "aws_vpc": Kind(NETWORK, "Amazon VPC", "VPCs", (("cidr_block", _PLAIN),)),
    "aws_sns_topic": Kind(WATCH, "SNS", "topics"),
    "aws_cloudwatch_dashboard": Kind(WATCH, "CloudWatch", "dashboards"),
    "aws_synthetics_canary": Kind(WATCH, "CloudWatch Synthetics", "canaries", (("schedule.expression", _PLAIN),)),
    "aws_cloudtrail": Kind(WATCH, "CloudTrail", "trails", (("is_multi_region_trail", "all regions: {}"),)),
    "aws_config_configuration_recorder": Kind(WATCH, "AWS Config", "recorders"),
    "aws_guardduty_detector": Kind(WATCH, "GuardDuty", "detectors"),
    "aws_securityhub_account": Kind(WATCH, "Security Hub", "hubs"),
    "aws_budgets_budget": Kind(WATCH, "AWS Budgets", "budgets", (("limit_amount", "{} USD"),)),
    "aws_backup_plan": Kind(RECOVERY, "AWS Backup", "backup plans"),
    "aws_backup_vault": Kind(RECOVERY, "AWS Backup", "backup vaults"),
    "aws_dynamodb_table": Kind(STATE, "DynamoDB", "tables"),
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
