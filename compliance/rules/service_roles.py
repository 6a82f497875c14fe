"""Roles that AWS services assume: they send what a trust policy requires, and may do what AWS's pages ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from compliance.accounts import Accounts
from compliance.conditions import demanded, restricts
from compliance.evaluation import matches_action
from compliance.grants import role_statements
from compliance.policies import Kind, condition_keys, is_allow, many, principals, statements
from compliance.references import referred
from compliance.rule import Finding, rule_with_others
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_SOURCE: Final = frozenset({"aws:sourceaccount", "aws:sourcearn"})
_AWS: Final = "https://docs.aws.amazon.com"
SENDS_SOURCE_TO_ASSUME: Final[Mapping[str, str]] = {
    "codebuild.amazonaws.com": f"{_AWS}/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html",
    "ecs-tasks.amazonaws.com": f"{_AWS}/AmazonECS/latest/developerguide/task-iam-roles.html",
    "monitoring.rds.amazonaws.com": f"{_AWS}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html",
    "scheduler.amazonaws.com": f"{_AWS}/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    "vpc-flow-logs.amazonaws.com": f"{_AWS}/vpc/latest/userguide/flow-logs-iam-role.html",
}
"""Services that send aws:SourceAccount and aws:SourceArn when they assume a role, with the page that says so."""
SENDS_NO_SOURCE_TO_ASSUME: Final[Mapping[str, str]] = {
    "backup.amazonaws.com": f"{_AWS}/aws-backup/latest/devguide/iam-service-roles.html",
    "cloudtrail.amazonaws.com": (
        f"{_AWS}/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html"
    ),
    "codedeploy.amazonaws.com": f"{_AWS}/codedeploy/latest/userguide/getting-started-create-service-role.html",
    "codepipeline.amazonaws.com": f"{_AWS}/codepipeline/latest/userguide/pipelines-create-service-role-cli.html",
    "lambda.amazonaws.com": f"{_AWS}/lambda/latest/dg/lambda-intro-execution-role.html",
    "rds.amazonaws.com": f"{_AWS}/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html",
    "s3.amazonaws.com": f"{_AWS}/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html",
}
"""Services of which no page says so, with the page on their role: its trust policy has no condition."""
SENDS_SOURCE_TO_USE: Final[Mapping[str, str]] = {
    "budgets.amazonaws.com": f"{_AWS}/cost-management/latest/userguide/budgets-sns-policy.html",
    "cloudfront.amazonaws.com": (
        f"{_AWS}/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html"
    ),
    "cloudtrail.amazonaws.com": f"{_AWS}/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
    "cloudwatch.amazonaws.com": f"{_AWS}/sns/latest/dg/sns-access-policy-use-cases.html",
    "config.amazonaws.com": f"{_AWS}/config/latest/developerguide/s3-bucket-policy.html",
    "costalerts.amazonaws.com": f"{_AWS}/cost-management/latest/userguide/ad-SNS.html",
    "delivery.logs.amazonaws.com": f"{_AWS}/eventbridge/latest/userguide/eb-use-resource-based.html",
    "dnssec-route53.amazonaws.com": (
        f"{_AWS}/Route53/latest/DeveloperGuide/access-control-managing-permissions.html#KMS-key-policy-for-DNSSEC"
    ),
    "events.amazonaws.com": f"{_AWS}/eventbridge/latest/userguide/eb-use-resource-based.html",
    "events.rds.amazonaws.com": f"{_AWS}/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html",
    "logdelivery.elasticloadbalancing.amazonaws.com": (
        f"{_AWS}/elasticloadbalancing/latest/application/enable-access-logging.html"
    ),
    "logging.s3.amazonaws.com": f"{_AWS}/AmazonS3/latest/userguide/enable-server-access-logging.html",
    "route53.amazonaws.com": f"{_AWS}/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html",
}
"""Services that send them when they use a bucket, a key, a topic or a log group, with the page that says so."""


@dataclass(frozen=True, kw_only=True)
class _Use:
    """A service's use of a role: the argument that names it, and what AWS's page asks for."""

    kind: str
    argument: str
    page: str
    actions: tuple[str, ...]
    block: str = ""
    omitted: Mapping[str, str] = field(default_factory=dict)
    """Actions of the page that the role does not need, with the reason."""


_GROUP_EXISTS: Final = "Terraform creates the group; with it, the service creates another one after a destroy"
_BY_CALL: Final = "the call that starts a deployment has appspec.yaml in it"
_SNAPSHOTS_ONLY: Final = "no backup is continuous, shared with another account, or of Aurora"
_USES: Final = (
    _Use(
        kind="aws_backup_selection",
        argument="iam_role_arn",
        page=f"{_AWS}/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html",
        actions=(
            "backup:CopyFromBackupVault",
            "backup:CopyIntoBackupVault",
            "backup:DescribeBackupVault",
            "backup:TagResource",
            "kms:CreateGrant",
            "kms:DescribeKey",
            "rds:AddTagsToResource",
            "rds:CopyDBClusterSnapshot",
            "rds:CopyDBSnapshot",
            "rds:CreateDBClusterSnapshot",
            "rds:CreateDBSnapshot",
            "rds:DeleteDBClusterAutomatedBackup",
            "rds:DeleteDBClusterSnapshot",
            "rds:DeleteDBInstanceAutomatedBackup",
            "rds:DeleteDBSnapshot",
            "rds:DescribeDBClusterAutomatedBackups",
            "rds:DescribeDBClusterSnapshots",
            "rds:DescribeDBClusters",
            "rds:DescribeDBInstances",
            "rds:DescribeDBSnapshots",
            "rds:ListTagsForResource",
            "rds:ModifyDBCluster",
            "rds:ModifyDBClusterSnapshotAttribute",
            "rds:ModifyDBInstance",
            "rds:ModifyDBSnapshotAttribute",
            "tag:GetResources",
        ),
        omitted={
            "rds:DeleteDBClusterAutomatedBackup": _SNAPSHOTS_ONLY,
            "rds:DeleteDBInstanceAutomatedBackup": _SNAPSHOTS_ONLY,
            "rds:DescribeDBClusterAutomatedBackups": _SNAPSHOTS_ONLY,
            "rds:ModifyDBCluster": _SNAPSHOTS_ONLY,
            "rds:ModifyDBClusterSnapshotAttribute": _SNAPSHOTS_ONLY,
            "rds:ModifyDBInstance": _SNAPSHOTS_ONLY,
            "rds:ModifyDBSnapshotAttribute": _SNAPSHOTS_ONLY,
        },
    ),
    _Use(
        kind="aws_codebuild_project",
        argument="service_role",
        page=f"{_AWS}/codebuild/latest/userguide/setting-up-service-role.html",
        actions=(
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "s3:GetBucketAcl",
            "s3:GetBucketLocation",
            "s3:GetObject",
            "s3:GetObjectVersion",
            "s3:PutObject",
        ),
        omitted={"logs:CreateLogGroup": _GROUP_EXISTS},
    ),
    _Use(
        kind="aws_codebuild_project",
        block="vpc_config",
        argument="service_role",
        page=f"{_AWS}/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html",
        actions=(
            "ec2:CreateNetworkInterface",
            "ec2:CreateNetworkInterfacePermission",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ),
    ),
    _Use(
        kind="aws_codedeploy_deployment_group",
        argument="service_role_arn",
        page=f"{_AWS}/aws-managed-policy/latest/reference/AWSCodeDeployRoleForECS.html",
        actions=(
            "cloudwatch:DescribeAlarms",
            "ecs:CreateTaskSet",
            "ecs:DeleteTaskSet",
            "ecs:DescribeServices",
            "ecs:UpdateServicePrimaryTaskSet",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:ModifyListener",
            "elasticloadbalancing:ModifyRule",
            "iam:PassRole",
            "lambda:InvokeFunction",
            "s3:GetObject",
            "s3:GetObjectVersion",
            "sns:Publish",
        ),
        omitted={
            "s3:GetObject": _BY_CALL,
            "s3:GetObjectVersion": _BY_CALL,
            "sns:Publish": "a deployment group here has no triggers: EventBridge sends the events",
        },
    ),
    _Use(
        kind="aws_flow_log",
        argument="iam_role_arn",
        page=f"{_AWS}/vpc/latest/userguide/flow-logs-iam-role.html",
        actions=(
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
        ),
        omitted={"logs:CreateLogGroup": _GROUP_EXISTS},
    ),
    _Use(
        kind="aws_cloudtrail",
        argument="cloud_watch_logs_role_arn",
        page=f"{_AWS}/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
    ),
    _Use(
        kind="aws_db_instance",
        argument="monitoring_role_arn",
        page=f"{_AWS}/aws-managed-policy/latest/reference/AmazonRDSEnhancedMonitoringRole.html",
        actions=(
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            "logs:GetLogEvents",
            "logs:PutLogEvents",
            "logs:PutRetentionPolicy",
        ),
    ),
    _Use(
        kind="aws_db_proxy",
        argument="role_arn",
        page=f"{_AWS}/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html",
        actions=("kms:Decrypt", "secretsmanager:GetSecretValue"),
    ),
    _Use(
        kind="aws_ecs_task_definition",
        argument="execution_role_arn",
        page=f"{_AWS}/aws-managed-policy/latest/reference/AmazonECSTaskExecutionRolePolicy.html",
        actions=(
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetAuthorizationToken",
            "ecr:GetDownloadUrlForLayer",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ),
    ),
    _Use(
        kind="aws_lambda_function",
        argument="role",
        page=f"{_AWS}/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html",
        actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
        omitted={"logs:CreateLogGroup": _GROUP_EXISTS},
    ),
    _Use(
        kind="aws_lambda_function",
        block="dead_letter_config",
        argument="role",
        page=f"{_AWS}/lambda/latest/dg/invocation-async-retain-records.html",
        actions=("sqs:SendMessage",),
    ),
    _Use(
        kind="aws_lambda_function",
        block="vpc_config",
        argument="role",
        page=f"{_AWS}/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html",
        actions=(
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:UnassignPrivateIpAddresses",
        ),
    ),
    _Use(
        kind="aws_s3_bucket_replication_configuration",
        argument="role",
        page=f"{_AWS}/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html",
        actions=(
            "s3:GetObjectVersionAcl",
            "s3:GetObjectVersionForReplication",
            "s3:GetObjectVersionTagging",
            "s3:GetReplicationConfiguration",
            "s3:ListBucket",
            "s3:ReplicateDelete",
            "s3:ReplicateObject",
            "s3:ReplicateTags",
        ),
    ),
    _Use(
        kind="aws_s3_bucket_replication_configuration",
        block="rule.destination.encryption_configuration",
        argument="role",
        page=f"{_AWS}/AmazonS3/latest/userguide/replication-config-for-kms-objects.html",
        actions=("kms:Decrypt", "kms:Encrypt"),
    ),
    _Use(
        kind="aws_scheduler_schedule",
        block="target",
        argument="role_arn",
        page=f"{_AWS}/scheduler/latest/UserGuide/setting-up.html",
        actions=("lambda:InvokeFunction",),
    ),
    _Use(
        kind="aws_scheduler_schedule",
        block="target.dead_letter_config",
        argument="role_arn",
        page=f"{_AWS}/scheduler/latest/UserGuide/configuring-schedule-dlq.html",
        actions=("sqs:SendMessage",),
    ),
)


@rule_with_others
def service_trust_names_account(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A trust policy requires aws:SourceAccount of the services that send it (confused deputy), and of no others."""
    accounts = Accounts(stack, stacks)
    for resource, statement in statements(stack, Kind.TRUST, stacks=stacks):
        for service in principals(statement, "Service") if is_allow(statement) else ():
            keys = condition_keys(statement) & _SOURCE
            if service in SENDS_SOURCE_TO_ASSUME:
                tests = [test for test in demanded(statement) if test.key == "aws:sourceaccount"]
                if not any(restricts(test, accounts) for test in tests):
                    yield Finding.about(resource, f"{service} may assume it without aws:SourceAccount")
            elif service not in SENDS_NO_SOURCE_TO_ASSUME:
                yield Finding.about(
                    resource,
                    f"{service} is in no table of compliance/rules/service_roles.py; find the page on its role, "
                    "and add it to the one or the other",
                )
            elif keys:
                page = SENDS_NO_SOURCE_TO_ASSUME[service]
                yield Finding.about(
                    resource, f"requires {', '.join(sorted(keys))}, which {service} may not send: {page}"
                )


@rule_with_others
def service_sends_what_is_required(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A policy of a resource requires aws:SourceArn or aws:SourceAccount only of services that send it."""
    for resource, statement in statements(stack, Kind.RESOURCE, stacks=stacks):
        keys = condition_keys(statement) & _SOURCE
        for service in principals(statement, "Service") if is_allow(statement) and keys else ():
            if service not in SENDS_SOURCE_TO_USE:
                yield Finding.about(
                    resource,
                    f"requires {', '.join(sorted(keys))} of {service}, and no page is known that it sends it; find the "
                    "page and add it to compliance/rules/service_roles.py",
                )


@rule_with_others
def service_role_has_minimum_actions(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The role of a service allows at least what AWS's page on that role asks for."""
    for use in _USES:
        for user in stack.all(use.kind):
            holders = _blocks(user, use.block)
            values = [holder.get(use.argument) or user.get(use.argument) for holder in holders]
            for owner, role in (found for value in values for found in referred(value, stack, stacks)):
                patterns = _allowed(owner, role, stacks)
                for action in use.actions:
                    if action not in use.omitted and not any(matches_action(one, action) for one in patterns):
                        yield Finding.about(user, f"{role.address} does not allow {action}: {use.page}")


def _blocks(resource: Resource, path: str) -> list[Mapping[str, object]]:
    """The blocks at a path like `target.dead_letter_config`; those that contain the last name, if it has a dot."""
    if not path:
        return [resource.arguments]
    outer, _, inner = path.partition(".")
    found = blocks(resource.get(outer))
    return [block for block in found if blocks(block.get(inner))] if inner else found


def _allowed(stack: Stack, role: Resource, stacks: Mapping[str, Stack]) -> list[str]:
    """The actions that the policies of a role allow on any resource."""
    found = role_statements(role, stack, stacks)
    return [action for statement in found if is_allow(statement) for action in many(statement.get("Action"))]
