"""The policies that limit what the roles of an environment can do, whatever other policies they get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from constructs import Construct

from modules.boundary import Boundary, boundary_name
from modules.function import NETWORK_INTERFACES
from modules.policy import Condition, PolicyDocument, Statement
from modules.role import ServicePrincipal
from modules.security.audit_protection import deny_audit_bucket_writes, deny_state_access
from modules.security.backup_limits import backup_limits
from modules.security.copy_writers import deny_copy_changes_of_workloads
from modules.security.delivery_limits import delivery_limits
from modules.security.restore_limits import restore_limits
from modules.security.role_changes import allow_role_changes, deny_boundary_removal, deny_limit_changes

if TYPE_CHECKING:
    from collections.abc import Collection

    from modules.label import Label

# Without white space, which IAM does not count: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MANAGED_POLICY_LIMIT: Final = 6_144
_USE: Final = (
    *NETWORK_INTERFACES,
    "application-autoscaling:Describe*",
    "application-autoscaling:RegisterScalableTarget",
    "backup:List*",
    "cloudwatch:Describe*",
    "cloudwatch:Get*",
    "cloudwatch:List*",
    "cloudwatch:PutMetricData",
    "codedeploy:BatchGet*",
    "codedeploy:Get*",
    "codedeploy:List*",
    "codedeploy:PutLifecycleEventHookExecutionStatus",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:BatchImportUpstreamImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "ecs:ListTasks",
    "elasticloadbalancing:Describe*",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "logs:Describe*",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "rds:DescribeDB*",
    "rds-db:connect",
    "s3:ListAllMyBuckets",
    "secretsmanager:GetRandomPassword",
    "ssmmessages:*",
    "sts:GetCallerIdentity",
    "xray:Get*",
    "xray:Put*",
)
"""What a service or a task does with resources of any name; add here what a new role reads.

Nothing here changes a role or what watches the account, and no role assumes another one. What writes, starts or stops
is in `_USE_OF_OWN`, if IAM can restrict it to names: an account can hold several environments. The id of a scalable
target has no name in it; the role of the sleep schedule names each one. Network interfaces are Lambda's, for functions
in the VPC; their own code is denied the use.
"""
_USE_OF_OWN: Final = (
    "dynamodb:*Item",
    "dynamodb:DescribeTable",
    "dynamodb:Query",
    "ecs:*TaskSet",
    "ecs:DescribeServices",
    "ecs:DescribeTasks",
    "ecs:UpdateService",
    "events:PutEvents",
    "lambda:InvokeFunction",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "rds:StartDBCluster",
    "rds:StartDBInstance",
    "rds:StopDBCluster",
    "rds:StopDBInstance",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject*",
    "s3:Get*",
    "s3:List*",
    "s3:PutObject*",
    "s3:Replicate*",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
    "sns:Publish",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueue*",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "ssm:GetParameter*",
    "ssm:PutParameter",
)
"""What they do only with resources that have a name of this environment: all writes, and the reading of data."""
# A tag that RDS sets on the secret of a master user, and nobody else can:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSServiceRolePolicy.html
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html
_MANAGED_BY: Final = "aws:ResourceTag/aws:rds:primaryDBInstanceArn"
# Enhanced monitoring of RDS has one log group for the account; RDS creates it and sets its retention.
_RDS_LOG_GROUP: Final = "log-group:RDSOSMetrics"
_RDS_LOGS: Final = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:PutRetentionPolicy")
# What CodeDeploy does in a deployment. The names of a load balancer's listeners can be cut, but all have the tags.
_SHIFT: Final = ("elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyRule")
# What ECS does besides, if it shifts the requests itself; target groups have the tags, too.
_REGISTER: Final = ("elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets")
_CHANGE: Final = (
    "acm:*",
    "application-autoscaling:*",
    "budgets:*Tag*",
    "budgets:ModifyBudget",
    "budgets:ViewBudget",
    "ce:*Anomaly*",
    "ce:*CostAllocationTag*",
    "ce:*Tag*Resource",
    "cloudfront:*",
    "cloudwatch:*",
    "codebuild:*",
    "codeconnections:*",
    "codedeploy:*",
    "codepipeline:*",
    "codestar-connections:*",
    "dynamodb:*Item",
    "dynamodb:Describe*",
    "dynamodb:List*",
    "ec2:*",
    "ecr:*",
    "ecs:*",
    "elasticloadbalancing:*",
    "events:*",
    "inspector2:*",
    "kms:*",
    "logs:*",
    "rds:*",
    "route53:*",
    "scheduler:*",
    "secretsmanager:*",
    "servicequotas:*",
    "shield:*Protection*",
    "shield:*Resource",
    "sns:*",
    "sqs:*",
    "ssm:*Parameter*",
    "ssm:*Tags*Resource",
    "sts:GetCallerIdentity",
    "synthetics:*",
    "tag:Get*",
    "wafv2:*",
    "xray:*",
)
"""The services whose resources the pipeline applies; add here what a new layer needs.

Not here, so that no action of theirs is allowed: AWS Backup, the services of the layer `security`, sts:AssumeRole,
and services that run code with roles that exist already, like CloudFormation.
"""
_READ: Final = (
    "access-analyzer:Get*",
    "access-analyzer:List*",
    "backup:Describe*",
    "backup:Get*",
    "backup:List*",
    "cloudtrail:Describe*",
    "cloudtrail:Get*",
    "cloudtrail:List*",
    "config:Describe*",
    "config:Get*",
    "config:List*",
    "guardduty:Get*",
    "guardduty:List*",
    "iam:Get*",
    "iam:List*",
    "lambda:Get*",
    "lambda:List*",
    "s3:Get*",
    "s3:List*",
)
"""What a plan reads besides: it refreshes the layers that a person applies, too."""
# They run code with the roles of instances, which this platform does not have: those of others in the account.
_INSTANCES: Final = (
    "ec2:*IamInstanceProfile*",
    "ec2:ModifyInstanceAttribute",
    "ec2:RunInstances",
    "ec2:StartInstances",
)
SERVICE_LINKED_ROLES: Final = (
    "ecs.amazonaws.com",
    "ecs.application-autoscaling.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "inspector2.amazonaws.com",
    "rds.amazonaws.com",
    "pullthroughcache.ecr.amazonaws.com",
    "vpcorigin.cloudfront.amazonaws.com",
    "wafv2.amazonaws.com",
)
"""The services that create their role in an account at the first call, with the caller's permission.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
"""


class PermissionsBoundaries(Construct):
    """One policy for each `Boundary`.

    In the layer `state`, which a person applies first: every role of every layer names one of them, and IAM does not
    create a role whose boundary does not exist, nor delete a policy that is a boundary.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        backup_writers: Collection[str] = (),
        native_blue_green: bool = False,
    ) -> None:
        """Create them.

        Args:
            label: Names them.
            backup_writers: The services that add backups in the second region; none if none can run there.
            native_blue_green: Whether ECS itself shifts the requests of a deployment.
        """
        super().__init__(scope, id_)
        self._label = label
        self._shift = (*_SHIFT, *_REGISTER) if native_blue_green else _SHIFT
        self.policies: dict[Boundary, IamPolicy] = {}
        """What must exist before a role of the same stack that has one of them."""
        self._add(Boundary.WORKLOAD, "The most that a service or a task may do", *self._workload(backup_writers))
        self._add(Boundary.BACKUP, "The most that AWS Backup may do with its role", *backup_limits(label))
        self._add(Boundary.RESTORE, "The most that restore drills may do", *restore_limits(label))
        self._add(Boundary.DELIVERY, "The most that a pipeline or a build may do", *delivery_limits(label))
        self._add(Boundary.DEPLOYMENT, "The most that a role which plans or applies may do", *self._deployment())

    def _add(self, boundary: Boundary, description: str, *statements: Statement) -> None:
        self.policies[boundary] = IamPolicy(
            self,
            boundary,
            name=boundary_name(self._label, boundary),
            # IAM cannot change a description: another one would replace the policy, which it refuses while it is used.
            description=description,
            policy=PolicyDocument.of(self, *statements, limit=MANAGED_POLICY_LIMIT).render(),
        )

    def _workload(self, backup_writers: Collection[str]) -> tuple[Statement, ...]:
        group = self._label.arn("logs", _RDS_LOG_GROUP, region="*")
        return (
            Statement(sid="AllowUse", actions=_USE, resources=("*",)),
            Statement(sid="AllowUseOfOwn", actions=_USE_OF_OWN, resources=self._own_names()),
            self._managed_masters(),
            Statement(sid="AllowRdsLogs", actions=_RDS_LOGS, resources=(f"{group}*",)),
            Statement(
                sid="AllowTrafficShift",
                actions=self._shift,
                resources=("*",),
                conditions=tuple(
                    Condition(operator="StringEquals", key=f"aws:ResourceTag/{tag}", values=(self._label.tags[tag],))
                    for tag in ("Project", "Environment")
                ),
            ),
            Statement(
                sid="AllowPassTaskRoles",
                actions=("iam:PassRole",),
                resources=(self._label.arn("iam", f"role/{self._label.prefix}-*", region=""),),
                conditions=(
                    Condition(
                        operator="StringEquals",
                        key="iam:PassedToService",
                        values=(ServicePrincipal.ECS_TASKS.value,),
                    ),
                ),
            ),
            deny_audit_bucket_writes(self._label),
            *deny_copy_changes_of_workloads(self._label, backup_writers=backup_writers),
            deny_state_access(self._label),
        )

    def _managed_masters(self) -> Statement:
        """To read the secrets that RDS keeps for this environment's instances; their own names have random ids."""
        instances = self._label.arn("rds", f"db:{self._label.prefix}-*", region="*")
        return Statement(
            sid="AllowManagedMasters",
            actions=("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
            resources=(self._label.arn("secretsmanager", "secret:rds!db-*", region="*"),),
            conditions=(Condition(operator="StringLike", key=_MANAGED_BY, values=(instances,)),),
        )

    def _own_names(self) -> tuple[str, ...]:
        """What `_USE_OF_OWN` is about; `*` also matches `/` and `:`, so the objects, streams and indexes in it too.

        One pattern for all services that have a `/` or a `:` before a name, since the policy is near its limit.
        """
        prefix, path = self._label.prefix, self._label.path("*")
        return (
            f"arn:aws:s3:::{prefix}-*",
            *(
                self._label.arn(service, resource, region="*")
                for service, resource in (
                    ("*", f"*/{prefix}-*"),  # tables, services, task sets, tasks, buses, log groups of AWS's services
                    ("*", f"*:{prefix}-*"),  # functions, databases
                    ("logs", f"log-group:{path}"),
                    ("logs", f"log-group:/aws/lambda/{self._label.canary_functions}"),
                    ("secretsmanager", f"secret:{path.removeprefix('/')}"),
                    ("s?s", f"{prefix}-*"),  # topics, queues
                    ("ssm", f"parameter{path}"),
                )
            ),
        )

    def _deployment(self) -> tuple[Statement, ...]:
        label = self._label
        buckets = f"arn:aws:s3:::{label.prefix}-*"
        functions = tuple(
            label.arn("lambda", name, region="*")
            # Synthetics makes a canary's function, and the layer with its script, with the permissions of the caller.
            for name in (
                f"function:{label.prefix}-*",
                f"function:{label.canary_functions}",
                f"layer:{label.canary_functions}",
            )
        )
        sources = label.arn("lambda", "event-source-mapping:*", region="*")
        return (
            Statement(sid="AllowServices", actions=(*_CHANGE, *_READ), resources=("*",)),
            # Only this environment's: a function of another one runs code with a role outside these limits.
            Statement(sid="AllowOwnFunctions", actions=("lambda:*",), resources=(*functions, sources)),
            Statement(sid="AllowOwnBuckets", actions=("s3:*",), resources=(buckets,)),
            Statement(
                sid="AllowServiceLinkedRoles",
                actions=("iam:CreateServiceLinkedRole",),
                resources=(label.arn("iam", "role/aws-service-role/*", region=""),),
                conditions=(Condition(operator="StringEquals", key="iam:AWSServiceName", values=SERVICE_LINKED_ROLES),),
            ),
            *allow_role_changes(label),
            deny_boundary_removal(),
            *deny_limit_changes(label),
            Statement(sid="DenyInstances", effect="Deny", actions=_INSTANCES, resources=("*",)),
        )
