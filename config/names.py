"""How everything is named: by project, environment, account and region, and within AWS's limits.

Pure, so that settings are checked by the same rules, and whoever looks for a resource by its name need not build it.
`modules/label.py` adds the tags.
"""

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_HASH_LENGTH: Final = 6
_ACCOUNT_ID_LENGTH: Final = 12

MAX_ENVIRONMENT_LENGTH: Final = 16
"""Characters of an environment's name."""


class NameLimit(IntEnum):
    """Longest name, in characters, that AWS takes for a kind of resource."""

    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    S3_BUCKET = 63
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    IAM_ROLE = 64
    # https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html; 256, less "alias/" before it
    KMS_ALIAS = 250
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
    # Of RDS, the shorter one: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    # and https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html
    DATABASE_USER = 16
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
class Names:
    """Names in one environment, in one account and region.

    A name is `<project>-<environment>-<component>`. One that is longer than AWS allows is cut and ends in a hash
    of the whole, so that two long names never become one. Names that AWS shares between all regions (roles, buckets)
    end in the region where it is not the environment's own, so that two regions can have the same component.
    """

    project: str
    environment: str
    account_id: str
    region: str
    """Where the resources are."""
    home_region: str
    """The environment's own region, where the Terraform state is kept."""

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
        return f"{self.global_name(component, limit=_BUCKET_BASE_LENGTH)}-{self.account_id}"

    def path(self, *parts: str) -> str:
        """Hierarchical name for log groups and parameters: `/<project>/<environment>/<part>/...`."""
        return "/" + "/".join((self.project, self.environment, *parts))

    @property
    def database_user(self) -> str:
        """Master user of the databases."""
        return database_user(self.project)


def database_user(project: str) -> str:
    """Master user of the project's databases, which take no hyphens; each has its own, so a cut name needs no hash."""
    return project.replace("-", "_")[: NameLimit.DATABASE_USER].rstrip("_")


def kept_length(limit: int) -> int:
    """Characters that a name keeps of its beginning when it is cut to a limit."""
    return limit - _HASH_LENGTH - 1


_BUCKET_BASE_LENGTH: Final = NameLimit.S3_BUCKET - _ACCOUNT_ID_LENGTH - 1

MAX_PROJECT_LENGTH: Final = (
    min(kept_length(_BUCKET_BASE_LENGTH), kept_length(NameLimit.IAM_ROLE)) - MAX_ENVIRONMENT_LENGTH - 1
)
"""Characters of the project's name.

Policies match roles and buckets by `<project>-<environment>-*`: that much must be left of a name after any cut.
"""


def _cut(name: str, limit: int) -> str:
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{name[: kept_length(limit)].rstrip('-')}-{digest}"
