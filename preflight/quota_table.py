"""The quotas that the platform can reach in a new account, or in one with neighbours.

Each code is in the "Adjustable" link of the service's page of the AWS General Reference, which `source` names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preflight import peak, usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from preflight.platform import Platform

_REFERENCE: Final = "https://docs.aws.amazon.com/general/latest/gr/"
_VPC: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
_BALANCER: Final = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"
_UNRESERVED: Final = 100
"""What Lambda keeps for functions without a reservation as soon as there is one.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

_RELEASE: Final = " in a release of every service at its max_count"


@dataclass(frozen=True, kw_only=True)
class Quota:
    """One quota: what the platform needs of it, and what others use."""

    subject: str
    kinds: tuple[str, ...]
    """The resource types that count; the quota is checked in the regions that have one."""

    need: Callable[[Platform, str], float]
    used: usage.Usage
    source: str
    service: str = ""
    code: str = ""
    fixed: float = 0
    """The limit, if Service Quotas has none because AWS does not change it."""

    peak: str = ""
    """When the platform needs that much, if it does not always."""

    is_global: bool = False
    """Whether the account has it once, and not once for each region."""


def _count(*kinds: str) -> Callable[[Platform, str], float]:
    return lambda platform, region: sum(1 for _ in platform.all(*kinds, region=region))


def _count_everywhere(*kinds: str) -> Callable[[Platform, str], float]:
    return lambda platform, _: sum(1 for _ in platform.all(*kinds))


def _concurrency(platform: Platform, region: str) -> float:
    reserved = sum(peak.reserving_functions(platform, region).values())
    functions = sum(1 for _ in platform.all("aws_lambda_function", region=region))
    return reserved + _UNRESERVED if reserved else functions


QUOTAS: Final = (
    Quota(
        subject="Fargate vCPUs, on demand",
        kinds=("aws_ecs_service",),
        service="fargate",
        code="L-3032A538",
        need=lambda platform, region: peak.fargate_vcpu(platform, peak.FARGATE, region),
        used=usage.fargate_vcpu(peak.FARGATE),
        source=f"{_REFERENCE}ecs-service.html",
        peak=_RELEASE,
    ),
    Quota(
        subject="Fargate vCPUs, Spot",
        kinds=("aws_ecs_service",),
        service="fargate",
        code="L-36FBB829",
        need=lambda platform, region: peak.fargate_vcpu(platform, peak.FARGATE_SPOT, region),
        used=usage.fargate_vcpu(peak.FARGATE_SPOT),
        source=f"{_REFERENCE}ecs-service.html",
        peak=_RELEASE,
    ),
    Quota(
        subject="Elastic IP addresses",
        kinds=("aws_eip",),
        service="ec2",
        code="L-0263D0A3",
        need=_count("aws_eip"),
        used=usage.tagged("describe_addresses", "Addresses"),
        source=f"{_REFERENCE}ec2-service.html",
    ),
    Quota(
        subject="VPCs",
        kinds=("aws_vpc",),
        service="vpc",
        code="L-F678F1CE",
        need=_count("aws_vpc"),
        used=usage.tagged("describe_vpcs", "Vpcs"),
        source=_VPC,
    ),
    Quota(
        subject="internet gateways",
        kinds=("aws_internet_gateway",),
        service="vpc",
        code="L-A4707A72",
        need=_count("aws_internet_gateway"),
        used=usage.tagged("describe_internet_gateways", "InternetGateways"),
        source=_VPC,
    ),
    Quota(
        subject="NAT gateways per zone",
        kinds=("aws_nat_gateway",),
        service="vpc",
        code="L-FE5A380F",
        need=lambda platform, region: max(peak.nat_gateways(platform, region).values(), default=0),
        used=usage.nat_gateways,
        source=_VPC,
    ),
    Quota(
        subject="gateway VPC endpoints",
        kinds=("aws_vpc_endpoint",),
        service="vpc",
        code="L-1B52E74A",
        need=peak.gateway_endpoints,
        used=usage.tagged(
            "describe_vpc_endpoints",
            "VpcEndpoints",
            Filters=[{"Name": "vpc-endpoint-type", "Values": ["Gateway"]}],
        ),
        source=_VPC,
    ),
    Quota(
        subject="rules per security group",
        kinds=("aws_security_group",),
        service="vpc",
        code="L-0EA8095F",
        need=lambda platform, _: peak.security_group_rules(platform),
        used=usage.nothing,
        source=_VPC,
    ),
    Quota(
        subject="rules per network ACL",
        kinds=("aws_network_acl",),
        service="vpc",
        code="L-2AEEBF1A",
        need=lambda platform, _: peak.network_acl_rules(platform),
        used=usage.nothing,
        source=_VPC,
    ),
    Quota(
        subject="Application Load Balancers",
        kinds=("aws_lb",),
        service="elasticloadbalancing",
        code="L-53DA6B97",
        need=peak.load_balancers,
        used=usage.load_balancers,
        source=f"{_REFERENCE}elb.html",
    ),
    Quota(
        subject="target groups",
        kinds=("aws_lb_target_group",),
        service="elasticloadbalancing",
        code="L-B22855CB",
        need=_count("aws_lb_target_group"),
        used=usage.named(
            "elbv2",
            "describe_target_groups",
            "TargetGroups",
            name="TargetGroupName",
            kinds={"aws_lb_target_group": "name"},
        ),
        source=f"{_REFERENCE}elb.html",
    ),
    Quota(
        subject="rules per load balancer",
        kinds=("aws_lb_listener_rule",),
        service="elasticloadbalancing",
        code="L-7EED9B64",
        need=peak.listener_rules,
        used=usage.nothing,
        source=_BALANCER,
    ),
    Quota(
        subject="targets per load balancer",
        kinds=("aws_lb_target_group",),
        service="elasticloadbalancing",
        code="L-7E6692B2",
        need=lambda platform, region: sum(one.release_tasks for one in peak.balanced_services(platform, region)),
        used=usage.nothing,
        source=_BALANCER,
        peak=_RELEASE,
    ),
    Quota(
        subject="targets per target group",
        kinds=("aws_lb_target_group",),
        service="elasticloadbalancing",
        code="L-A0D0B863",
        need=lambda platform, region: max((one.tasks for one in peak.balanced_services(platform, region)), default=0),
        used=usage.nothing,
        source=_BALANCER,
        peak=" at max_count",
    ),
    Quota(
        # DocumentDB's instances are RDS's to Service Quotas, which knows no service of that name:
        # https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html
        subject="database instances",
        kinds=("aws_db_instance", "aws_docdb_cluster_instance"),
        service="rds",
        code="L-7B6409FD",
        need=peak.database_instances,
        used=usage.named(
            "rds",
            "describe_db_instances",
            "DBInstances",
            name="DBInstanceIdentifier",
            kinds={"aws_db_instance": "identifier", "aws_docdb_cluster_instance": "identifier"},
        ),
        source=f"{_REFERENCE}rds-service.html",
    ),
    Quota(
        subject="database storage, GiB",
        kinds=("aws_db_instance",),
        service="rds",
        code="L-7ADDB58A",
        need=peak.database_storage_gib,
        peak=" at max_storage_gib",
        used=usage.database_storage_gib,
        source=f"{_REFERENCE}rds-service.html",
    ),
    Quota(
        subject="database clusters",
        kinds=("aws_docdb_cluster",),
        service="rds",
        code="L-952B80B8",
        need=_count("aws_docdb_cluster"),
        used=usage.named(
            "rds",
            "describe_db_clusters",
            "DBClusters",
            name="DBClusterIdentifier",
            kinds={"aws_docdb_cluster": "cluster_identifier"},
        ),
        source=f"{_REFERENCE}rds-service.html",
    ),
    Quota(
        subject="RDS proxies",
        kinds=("aws_db_proxy",),
        service="rds",
        code="L-D94C7EA3",
        need=_count("aws_db_proxy"),
        used=usage.named("rds", "describe_db_proxies", "DBProxies", name="DBProxyName", kinds={"aws_db_proxy": "name"}),
        source=f"{_REFERENCE}rds-service.html",
    ),
    Quota(
        subject="Lambda concurrent executions",
        kinds=("aws_lambda_function",),
        service="lambda",
        code="L-B99A9384",
        need=_concurrency,
        used=usage.reserved_concurrency,
        source=f"{_REFERENCE}lambda-service.html",
    ),
    Quota(
        subject="certificates",
        kinds=("aws_acm_certificate",),
        service="acm",
        code="L-F141DD1D",
        need=_count("aws_acm_certificate"),
        used=usage.certificates,
        source=f"{_REFERENCE}acm.html",
    ),
    Quota(
        subject="IAM roles",
        kinds=("aws_iam_role",),
        service="iam",
        code="L-FE177D64",
        need=_count_everywhere("aws_iam_role"),
        used=usage.named("iam", "list_roles", "Roles", name="RoleName", kinds={"aws_iam_role": "name"}),
        source=f"{_REFERENCE}iam-service.html",
        is_global=True,
    ),
    Quota(
        subject="IAM policies",
        kinds=("aws_iam_policy",),
        service="iam",
        code="L-E95E4862",
        need=_count_everywhere("aws_iam_policy"),
        used=usage.named(
            "iam", "list_policies", "Policies", name="PolicyName", kinds={"aws_iam_policy": "name"}, Scope="Local"
        ),
        source=f"{_REFERENCE}iam-service.html",
        is_global=True,
    ),
    Quota(
        subject="S3 buckets",
        kinds=("aws_s3_bucket",),
        service="s3",
        code="L-DC2B2D3D",
        need=_count_everywhere("aws_s3_bucket"),
        used=usage.named("s3", "list_buckets", "Buckets", name="Name", kinds={"aws_s3_bucket": "bucket"}),
        source=f"{_REFERENCE}s3.html",
        is_global=True,
    ),
    Quota(
        subject="hosted zones",
        kinds=("aws_route53_zone",),
        service="route53",
        code="L-4EA4796A",
        need=_count_everywhere("aws_route53_zone"),
        used=usage.named(
            "route53", "list_hosted_zones", "HostedZones", name="Name", kinds={"aws_route53_zone": "name"}
        ),
        source=f"{_REFERENCE}r53.html",
        is_global=True,
    ),
    Quota(
        subject="Restore testing plans of AWS Backup",
        kinds=("aws_backup_restore_testing_plan",),
        fixed=100,
        need=_count("aws_backup_restore_testing_plan"),
        used=usage.named(
            "backup",
            "list_restore_testing_plans",
            "RestoreTestingPlans",
            name="RestoreTestingPlanName",
            kinds={"aws_backup_restore_testing_plan": "name"},
        ),
        source="https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html#restore-testing-quotas",
    ),
    Quota(
        subject="CloudTrail trails",
        kinds=("aws_cloudtrail",),
        fixed=5,
        need=_count("aws_cloudtrail"),
        # A trail of an organization or of all regions is in each region's list, and counts there.
        used=usage.named("cloudtrail", "describe_trails", "trailList", name="Name", kinds={"aws_cloudtrail": "name"}),
        source="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html",
    ),
    Quota(
        subject="CloudWatch Logs resource policies",
        kinds=("aws_cloudwatch_log_resource_policy",),
        fixed=10,
        need=_count("aws_cloudwatch_log_resource_policy"),
        used=usage.named(
            "logs",
            "describe_resource_policies",
            "resourcePolicies",
            name="policyName",
            kinds={"aws_cloudwatch_log_resource_policy": "policy_name"},
        ),
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html",
    ),
)
