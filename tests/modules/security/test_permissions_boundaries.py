"""There is one policy for each boundary, and the apply role may apply every type of the layers of a pipeline."""

from __future__ import annotations

import pytest

from modules.boundary import Boundary, boundary_name
from modules.errors import WiringError
from modules.security import permissions_boundaries
from modules.security.permissions_boundaries import PermissionsBoundaries
from tests.modules.security.layer import Principals, security_layer
from tests.template import LABEL, Template, new_stack

ACCOUNT = "444444444444"
PREFIX = "user-management-test"


def test_each_boundary_has_a_policy() -> None:
    stack = new_stack()
    PermissionsBoundaries(stack, "boundaries", label=LABEL)
    names = {policy["name"] for policy in Template.of(stack).all("aws_iam_policy").values()}
    assert names == {boundary_name(LABEL, boundary) for boundary in Boundary}


def test_a_boundary_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions_boundaries, "_USE", ("s3:" + "x" * 6_144,))
    with pytest.raises(WiringError, match=r"test-unit/boundaries: its policy has .* it must have 6144 or fewer"):
        PermissionsBoundaries(new_stack(), "boundaries", label=LABEL)


# What the provider calls first for each type that the pipeline applies.
CREATES = {
    "aws_acm_certificate": "acm:RequestCertificate",
    "aws_acm_certificate_validation": "acm:DescribeCertificate",
    "aws_appautoscaling_policy": "application-autoscaling:PutScalingPolicy",
    "aws_appautoscaling_target": "application-autoscaling:RegisterScalableTarget",
    "aws_budgets_budget": "budgets:ModifyBudget",
    "aws_ce_anomaly_monitor": "ce:CreateAnomalyMonitor",
    "aws_ce_anomaly_subscription": "ce:CreateAnomalySubscription",
    "aws_ce_cost_allocation_tag": "ce:UpdateCostAllocationTagsStatus",
    "aws_codebuild_project": "codebuild:CreateProject",
    "aws_codebuild_report_group": "codebuild:CreateReportGroup",
    "aws_codepipeline": "codepipeline:CreatePipeline",
    "aws_codestarconnections_connection": "codestar-connections:CreateConnection",
    "aws_ecr_repository_policy": "ecr:SetRepositoryPolicy",
    "aws_codedeploy_app": "codedeploy:CreateApplication",
    "aws_codedeploy_deployment_config": "codedeploy:CreateDeploymentConfig",
    "aws_codedeploy_deployment_group": "codedeploy:CreateDeploymentGroup",
    "aws_cloudfront_vpc_origin": "cloudfront:CreateVpcOrigin",
    "aws_cloudfront_distribution": "cloudfront:CreateDistribution",
    "aws_cloudfront_function": "cloudfront:CreateFunction",
    "aws_cloudfront_monitoring_subscription": "cloudfront:CreateMonitoringSubscription",
    "aws_cloudfront_origin_access_control": "cloudfront:CreateOriginAccessControl",
    "aws_cloudfront_response_headers_policy": "cloudfront:CreateResponseHeadersPolicy",
    "aws_cloudwatch_composite_alarm": "cloudwatch:PutCompositeAlarm",
    "aws_cloudwatch_dashboard": "cloudwatch:PutDashboard",
    "aws_cloudwatch_event_rule": "events:PutRule",
    "aws_cloudwatch_event_target": "events:PutTargets",
    "aws_cloudwatch_log_delivery": "logs:CreateDelivery",
    "aws_cloudwatch_log_delivery_destination": "logs:PutDeliveryDestination",
    "aws_cloudwatch_log_delivery_source": "logs:PutDeliverySource",
    "aws_cloudwatch_log_group": "logs:CreateLogGroup",
    "aws_cloudwatch_log_metric_filter": "logs:PutMetricFilter",
    "aws_cloudwatch_log_subscription_filter": "logs:PutSubscriptionFilter",
    "aws_cloudwatch_metric_alarm": "cloudwatch:PutMetricAlarm",
    "aws_cloudwatch_query_definition": "logs:PutQueryDefinition",
    "aws_db_event_subscription": "rds:CreateEventSubscription",
    "aws_db_instance": "rds:CreateDBInstance",
    "aws_db_parameter_group": "rds:CreateDBParameterGroup",
    "aws_db_proxy": "rds:CreateDBProxy",
    "aws_db_proxy_default_target_group": "rds:ModifyDBProxyTargetGroup",
    "aws_db_proxy_target": "rds:RegisterDBProxyTargets",
    "aws_db_subnet_group": "rds:CreateDBSubnetGroup",
    "aws_default_network_acl": "ec2:DeleteNetworkAclEntry",
    "aws_default_security_group": "ec2:RevokeSecurityGroupIngress",
    "aws_docdb_cluster": "rds:CreateDBCluster",
    "aws_docdb_cluster_instance": "rds:CreateDBInstance",
    "aws_docdb_cluster_parameter_group": "rds:CreateDBClusterParameterGroup",
    "aws_docdb_event_subscription": "rds:CreateEventSubscription",
    "aws_docdb_subnet_group": "rds:CreateDBSubnetGroup",
    "aws_cloudwatch_log_data_protection_policy": "logs:PutDataProtectionPolicy",
    "aws_ecr_lifecycle_policy": "ecr:PutLifecyclePolicy",
    "aws_ecr_pull_through_cache_rule": "ecr:CreatePullThroughCacheRule",
    "aws_ecr_registry_scanning_configuration": "ecr:PutRegistryScanningConfiguration",
    "aws_ecr_repository": "ecr:CreateRepository",
    "aws_ecs_cluster": "ecs:CreateCluster",
    "aws_ecs_cluster_capacity_providers": "ecs:PutClusterCapacityProviders",
    "aws_ecs_service": "ecs:CreateService",
    "aws_ecs_task_definition": "ecs:RegisterTaskDefinition",
    "aws_eip": "ec2:AllocateAddress",
    "aws_flow_log": "ec2:CreateFlowLogs",
    "aws_internet_gateway": "ec2:CreateInternetGateway",
    "aws_kms_alias": "kms:CreateAlias",
    "aws_kms_key": "kms:CreateKey",
    "aws_kms_key_policy": "kms:PutKeyPolicy",
    "aws_lambda_function": "lambda:CreateFunction",
    "aws_lambda_invocation": "lambda:InvokeFunction",
    "aws_lambda_permission": "lambda:AddPermission",
    "aws_lb": "elasticloadbalancing:CreateLoadBalancer",
    "aws_lb_listener": "elasticloadbalancing:CreateListener",
    "aws_lb_listener_certificate": "elasticloadbalancing:AddListenerCertificates",
    "aws_lb_listener_rule": "elasticloadbalancing:CreateRule",
    "aws_lb_target_group": "elasticloadbalancing:CreateTargetGroup",
    "aws_nat_gateway": "ec2:CreateNatGateway",
    "aws_network_acl": "ec2:CreateNetworkAcl",
    "aws_network_acl_association": "ec2:ReplaceNetworkAclAssociation",
    "aws_network_acl_rule": "ec2:CreateNetworkAclEntry",
    "aws_route": "ec2:CreateRoute",
    "aws_route53_health_check": "route53:CreateHealthCheck",
    "aws_route53_hosted_zone_dnssec": "route53:EnableHostedZoneDNSSEC",
    "aws_route53_key_signing_key": "route53:CreateKeySigningKey",
    "aws_route53_query_log": "route53:CreateQueryLoggingConfig",
    "aws_route53_record": "route53:ChangeResourceRecordSets",
    "aws_route53_zone": "route53:CreateHostedZone",
    "aws_route_table": "ec2:CreateRouteTable",
    "aws_route_table_association": "ec2:AssociateRouteTable",
    "aws_s3_bucket": "s3:CreateBucket",
    "aws_s3_bucket_lifecycle_configuration": "s3:PutLifecycleConfiguration",
    "aws_s3_bucket_logging": "s3:PutBucketLogging",
    "aws_s3_bucket_object_lock_configuration": "s3:PutBucketObjectLockConfiguration",
    "aws_s3_bucket_ownership_controls": "s3:PutBucketOwnershipControls",
    "aws_s3_bucket_policy": "s3:PutBucketPolicy",
    "aws_s3_bucket_public_access_block": "s3:PutBucketPublicAccessBlock",
    "aws_s3_bucket_server_side_encryption_configuration": "s3:PutEncryptionConfiguration",
    "aws_s3_bucket_versioning": "s3:PutBucketVersioning",
    "aws_s3_object": "s3:PutObject",
    "aws_scheduler_schedule": "scheduler:CreateSchedule",
    "aws_secretsmanager_secret": "secretsmanager:CreateSecret",
    "aws_secretsmanager_secret_version": "secretsmanager:PutSecretValue",
    "aws_security_group": "ec2:CreateSecurityGroup",
    "aws_shield_protection": "shield:CreateProtection",
    "aws_sqs_queue": "sqs:CreateQueue",
    "aws_ssm_parameter": "ssm:PutParameter",
    "aws_subnet": "ec2:CreateSubnet",
    "aws_synthetics_canary": "synthetics:CreateCanary",
    "aws_vpc": "ec2:CreateVpc",
    "aws_vpc_endpoint": "ec2:CreateVpcEndpoint",
    "aws_vpc_security_group_egress_rule": "ec2:AuthorizeSecurityGroupEgress",
    "aws_vpc_security_group_ingress_rule": "ec2:AuthorizeSecurityGroupIngress",
    "aws_wafv2_ip_set": "wafv2:CreateIPSet",
    "aws_wafv2_web_acl": "wafv2:CreateWebACL",
    "aws_wafv2_web_acl_association": "wafv2:AssociateWebACL",
    "aws_wafv2_web_acl_logging_configuration": "wafv2:PutLoggingConfiguration",
    "aws_xray_group": "xray:CreateGroup",
    "aws_xray_sampling_rule": "xray:CreateSamplingRule",
}
OTHER_WAYS = {"aws_iam_role", "aws_iam_role_policy"}  # tests/modules/security/test_role_changes.py
TERRAFORMS_OWN = {"terraform_data"}
# The account's policies of CloudWatch Logs also let the findings of threats in, and IAM cannot restrict them to names.
PERSONS_TYPES = {"aws_cloudwatch_log_resource_policy": "logs:PutResourcePolicy"}
PERSONS_LAYERS = {"state", "notifications", "security", "recovery"}
RESOURCES = {
    "s3": f"arn:aws:s3:::{PREFIX}-backups-{ACCOUNT}",
    "lambda": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{PREFIX}-jwt-rotation",
}


@pytest.fixture(scope="module")
def who() -> Principals:
    return Principals(security_layer())


@pytest.mark.parametrize("kind", ["function", "layer"])
def test_it_may_make_what_synthetics_makes_for_a_canary_of_this_environment_only(who: Principals, kind: str) -> None:
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:{kind}:cwsyn-{PREFIX}-0123"
    action = {"function": "lambda:CreateFunction", "layer": "lambda:PublishLayerVersion"}[kind]
    assert who.apply_may(action, arn)
    assert not who.apply_may(action, arn.replace(PREFIX, "user-management-prod"))


@pytest.mark.parametrize(("kind", "action"), CREATES.items())
def test_it_may_apply_the_other_layers(who: Principals, kind: str, action: str) -> None:
    assert who.apply_may(action, RESOURCES.get(action.partition(":")[0], "*")), kind


@pytest.mark.parametrize("action", PERSONS_TYPES.values())
def test_what_a_person_applies_is_denied(who: Principals, action: str) -> None:
    assert not who.apply_may(action, "*")


def test_every_type_that_it_applies_is_tried(stacks: dict[str, Template]) -> None:
    kinds = {
        kind
        for stack in stacks.values()
        if stack.metadata["layer"] not in PERSONS_LAYERS
        for kind in stack.document.get("resource", {})
    }
    missing = sorted(kinds - OTHER_WAYS - TERRAFORMS_OWN - set(PERSONS_TYPES) - set(CREATES))
    assert missing == [], "add each with its first action to CREATES, and the action to `_CHANGE` if it fails then"
