"""The most that a role of a pipeline, of its builds or of the function that starts it may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.policy import Condition, Statement
from modules.role import ServicePrincipal
from modules.security.audit_protection import deny_audit_bucket_writes, deny_state_access
from modules.security.copy_protection import deny_copy_writes

if TYPE_CHECKING:
    from modules.label import Label

_USE: Final = (
    "cloudfront:CreateInvalidation",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:PutMetricData",
    "codeconnections:UseConnection",
    "codestar-connections:UseConnection",
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:Describe*",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:BatchImportUpstreamImage",
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImage*",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:StartImageScan",
    "ecr:UploadLayerPart",
    "ecs:DescribeTaskDefinition",
    "ecs:ListTasks",
    "ecs:RegisterTaskDefinition",
    "inspector2:List*",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
"""What they do with resources whose names have no environment in them.

Repositories can have a prefix of their own, and connections, distributions and keys have no names.
"""
_USE_OF_OWN: Final = (
    "codebuild:BatchGetBuilds",
    "codebuild:BatchPutTestCases",
    "codebuild:CreateReport",
    "codebuild:StartBuild",
    "codebuild:UpdateReport",
    "codedeploy:CreateDeployment",
    "codedeploy:Get*",
    "codedeploy:RegisterApplicationRevision",
    "codepipeline:GetPipelineExecution",
    "codepipeline:ListActionExecutions",
    "codepipeline:ListPipelineExecutions",
    "codepipeline:StartPipelineExecution",
    "ecs:Describe*",
    "ecs:TagResource",
    "ecs:UpdateService",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:Get*",
    "s3:ListBucket",
    "s3:PutObject",
    "s3:PutObjectAcl",
    "s3:PutObjectTagging",
    "sns:Publish",
    "sqs:SendMessage",
    "ssm:GetParameter",
    "ssm:GetParameters",
)


def delivery_limits(label: Label) -> tuple[Statement, ...]:
    """The statements of their permissions boundary."""
    prefix = label.prefix
    own = (
        f"arn:aws:s3:::{prefix}-*",
        *(
            label.arn(service, resource, region="*")
            for service, resource in (
                ("codebuild", f"*/{prefix}-*"),
                ("codedeploy", f"*:{prefix}-*"),
                ("codedeploy", "deploymentconfig:CodeDeployDefault.*"),
                ("codepipeline", f"{prefix}-*"),
                ("ecs", f"service/{prefix}-*"),
                ("ecs", f"task/{prefix}-*"),
                ("ecs", f"task-definition/{prefix}-*"),
                ("logs", f"log-group:/aws/codebuild/{prefix}-*"),
                ("logs", f"log-group:/aws/lambda/{prefix}-*"),
                ("sns", f"{prefix}-*"),
                ("sqs", f"{prefix}-*"),
                ("ssm", f"parameter{label.path('*')}"),
            )
        ),
    )
    return (
        Statement(sid="AllowUse", actions=_USE, resources=("*",)),
        Statement(sid="AllowUseOfOwn", actions=_USE_OF_OWN, resources=own),
        # The finished releases of another environment, whose bucket names this one's role.
        Statement(
            sid="AllowReleases",
            actions=("s3:Get*", "s3:ListBucket"),
            resources=(f"arn:aws:s3:::{label.project}-*-releases-*",),
        ),
        Statement(
            sid="AllowPassTaskRoles",
            actions=("iam:PassRole",),
            resources=(label.arn("iam", f"role/{prefix}-*", region=""),),
            conditions=(
                Condition(
                    operator="StringEquals", key="iam:PassedToService", values=(ServicePrincipal.ECS_TASKS.value,)
                ),
            ),
        ),
        deny_audit_bucket_writes(label),
        *deny_copy_writes(label),
        deny_state_access(label),
    )
