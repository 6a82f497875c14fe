"""One object decides every name and tag, so that none is typed by hand and none breaks an AWS limit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

_HASH_LENGTH: Final = 6


class NameLimit(IntEnum):
    """Longest name, in characters, that AWS takes for a kind of resource."""

    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    S3_BUCKET = 63
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    IAM_ROLE = 64
    # https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
    KMS_ALIAS = 256
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
    LOG_GROUP = 512
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html gives no length
    LOG_RESOURCE_POLICY = 255
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
    DYNAMODB_TABLE = 255
    # https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html; 26 fewer for Terraform's suffix
    SECURITY_GROUP_PREFIX = 229
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html
    TRAIL = 128
    # https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorder.html, also delivery channels
    CONFIG = 256
    # https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html
    ACCESS_ANALYZER = 255
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    ALARM = 255
    # Instances, clusters and proxies: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    DATABASE = 63
    # Subnet and parameter groups, snapshots: the same page
    DATABASE_GROUP = 255
    # https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    LAMBDA_FUNCTION = 64
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
    SQS_QUEUE = 80
    # https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
    SNS_TOPIC = 256
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
    EVENT_RULE = 64
    # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
    SCHEDULE = 64
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    LOAD_BALANCER = 32
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
    TARGET_GROUP = 32
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html, also services and families
    ECS = 255
    # https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
    SCALING_POLICY = 256
    # https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
    TAG_VALUE = 256


@dataclass(frozen=True, kw_only=True)
class Label:
    """Names and tags of one layer of one environment in one account and region.

    A name is `<project>-<environment>-<component>`. One that is longer than AWS allows is cut and ends in a hash
    of the whole, so that two long names never become one. Names that AWS shares between all regions (roles, buckets)
    end in the region where it is not the environment's own, so that two regions can have the same component.
    """

    project: str
    environment: str
    layer: str
    account_id: str
    region: str
    """Where the layer's resources are."""
    home_region: str
    """The environment's own region, where the Terraform state is kept."""
    owner: str
    cost_center: str

    @property
    def prefix(self) -> str:
        """What every name of this environment starts with."""
        return f"{self.project}-{self.environment}"

    def name(self, component: str, *, limit: NameLimit) -> str:
        """Name of `component`, at most `limit` characters."""
        return _cut(f"{self.prefix}-{component}", limit)

    def global_name(self, component: str, *, limit: int) -> str:
        """Name of `component` of a service whose names all regions share."""
        suffix = "" if self.region == self.home_region else f"-{self.region}"
        return _cut(f"{self.prefix}-{component}{suffix}", limit)

    def bucket_name(self, component: str) -> str:
        """Name of a bucket; bucket names are shared by all AWS accounts, so it ends in the account's id."""
        base = self.global_name(component, limit=NameLimit.S3_BUCKET - len(self.account_id) - 1)
        return f"{base}-{self.account_id}"

    def at_home(self) -> Label:
        """The same layer, named as in the environment's own region."""
        return replace(self, region=self.home_region)

    def path(self, *parts: str) -> str:
        """Hierarchical name for log groups and parameters: `/<project>/<environment>/<part>/...`."""
        return "/" + "/".join((self.project, self.environment, *parts))

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """ARN of a resource of this account that is known by its name; pass `region=""` for a global service."""
        return f"arn:aws:{service}:{self.region if region is None else region}:{self.account_id}:{resource}"

    def name_tag(self, component: str) -> dict[str, str]:
        """The `Name` tag, which the console shows for resources that have no name of their own."""
        return {"Name": self.name(component, limit=NameLimit.TAG_VALUE)}

    @property
    def tags(self) -> dict[str, str]:
        """What the provider puts on every resource (`default_tags`)."""
        return {
            "Project": self.project,
            "Environment": self.environment,
            "Layer": self.layer,
            "ManagedBy": "terraform",
            "Owner": self.owner,
            "CostCenter": self.cost_center,
        }


def _cut(name: str, limit: int) -> str:
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{name[: limit - _HASH_LENGTH - 1].rstrip('-')}-{digest}"
