"""The names of all resources, from project, environment, account and region, and within AWS's limits.

Pure, so that settings use the same rules, and code that needs the name of a resource does not have to create it.
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
    """The longest name, in characters, that AWS allows for a type of resource."""

    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    S3_BUCKET = 63
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    IAM_ROLE = 64
    # The same page
    IAM_POLICY = 128
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
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
    PULL_THROUGH_PREFIX = 30
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    ALARM = 255
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
    DASHBOARD = 255
    # Instances, clusters and proxies: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    DATABASE = 63
    # Subnet and parameter groups, snapshots: the same page
    DATABASE_GROUP = 255
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateEventSubscription.html
    EVENT_SUBSCRIPTION = 254
    # What a snapshot's 63 characters leave for the name in front of a hyphen and eight digits:
    # https://docs.aws.amazon.com/documentdb/latest/developerguide/API_DeleteDBCluster.html
    FINAL_SNAPSHOT = 54
    # Of RDS, the shorter one: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    # and https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html
    DATABASE_USER = 16
    # https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    LAMBDA_FUNCTION = 64
    # Vaults: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
    # Plans: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupPlanInput.html
    # Selections: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html
    BACKUP = 50
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
    SQS_QUEUE = 80
    # https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
    SNS_TOPIC = 256
    # Applications, groups and configurations: https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
    CODEDEPLOY = 100
    # https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
    CODEBUILD = 150
    # https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateReportGroup.html
    REPORT_GROUP = 128
    # https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html
    CODEPIPELINE = 100
    # https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateConnection.html
    CODE_CONNECTION = 32
    # https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
    BUDGET = 100
    # Also subscriptions: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalyMonitor.html
    # gives 1024, as a "generic string"
    ANOMALY_MONITOR = 1024
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
    EVENT_RULE = 64
    # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
    SCHEDULE = 64
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    LOAD_BALANCER = 32
    # https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html, also IP sets
    WEB_ACL = 128
    # https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_CreateProtection.html
    SHIELD_PROTECTION = 128
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
    TARGET_GROUP = 32
    # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html; also access controls:
    # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html
    CLOUDFRONT = 64
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
    LOG_DELIVERY = 60
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html, also services and families
    ECS = 255
    # https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
    SCALING_POLICY = 256
    # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOriginEndpointConfig.html gives no length;
    # 64, the shortest of CloudFront's other names, less the hash at the end
    VPC_ORIGIN = 55
    # https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateKeySigningKey.html
    KEY_SIGNING_KEY = 128
    # https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CreateCanary.html
    CANARY = 255
    # https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html, also groups
    XRAY = 32
    # https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html (ServiceName)
    TRACED_SERVICE = 64
    # https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
    TAG_VALUE = 256


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names in one environment, account and region.

    A name is `<project>-<environment>-<component>`. A name longer than AWS allows is cut and ends in a hash of the
    whole name, so that two long names are never the same. Names that are unique across all regions (roles, buckets)
    end in the region if it is not the environment's own, so that two regions can have the same component.
    """

    project: str
    environment: str
    account_id: str
    region: str
    """The region of the resources."""
    home_region: str
    """The environment's own region, where the Terraform state is kept."""

    @property
    def prefix(self) -> str:
        """The start of every name of this environment."""
        return f"{self.project}-{self.environment}"

    def name(self, component: str, *, limit: NameLimit) -> str:
        """Name of `component`, at most `limit` characters."""
        return _cut(f"{self.prefix}-{component}", limit)

    def global_name(self, component: str, *, limit: int) -> str:
        """Name of `component` in a service whose names are unique across all regions."""
        suffix = "" if self.region == self.home_region else f"-{self.region}"
        return _cut(f"{self.prefix}-{component}{suffix}", limit)

    def role_name(self, component: str) -> str:
        """Name of a role of IAM, which ends in the region outside the environment's own one, whatever is cut.

        So policies can match all roles of a region by one pattern: `<project>-<environment>-*-<region>`.
        """
        name = f"{self.prefix}-{component}"
        if self.region == self.home_region:
            return _cut(name, NameLimit.IAM_ROLE)
        suffix = f"-{self.region}"
        # A digit less, so that the longest prefix remains beside the longest region (`ap-southeast-1`).
        return _cut(name, NameLimit.IAM_ROLE - len(suffix), hash_length=_HASH_LENGTH - 1) + suffix

    def bucket_name(self, component: str) -> str:
        """Name of a bucket; bucket names are unique across all AWS accounts, so it ends in the account id."""
        return f"{self.global_name(component, limit=_BUCKET_BASE_LENGTH)}-{self.account_id}"

    def canary_function(self, canary: str) -> str:
        """The start of the name of the function that Synthetics makes for a canary, of which it keeps this much.

        https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_DeleteCanary.html
        """
        return f"cwsyn-{canary[:_CANARY_KEPT]}"

    @property
    def canary_functions(self) -> str:
        """A pattern for the functions of all canaries of this environment; a long project's name hides which one's."""
        return self.canary_function(f"{self.prefix}-") + "*"

    def path(self, *parts: str) -> str:
        """Hierarchical name for log groups and parameters: `/<project>/<environment>/<part>/...`."""
        return "/" + "/".join((self.project, self.environment, *parts))

    @property
    def database_user(self) -> str:
        """The master user of the databases."""
        return database_user(self.project)


def database_user(project: str) -> str:
    """The master user of the databases, without hyphens; each project has its own databases, so it needs no hash."""
    return project.replace("-", "_")[: NameLimit.DATABASE_USER].rstrip("_")


def kept_length(limit: int, *, hash_length: int = _HASH_LENGTH) -> int:
    """The number of characters that remain of a name when it is cut to a limit."""
    return limit - hash_length - 1


_CANARY_KEPT: Final = 21
_BUCKET_BASE_LENGTH: Final = NameLimit.S3_BUCKET - _ACCOUNT_ID_LENGTH - 1

MAX_PROJECT_LENGTH: Final = (
    min(kept_length(_BUCKET_BASE_LENGTH), kept_length(NameLimit.IAM_ROLE)) - MAX_ENVIRONMENT_LENGTH - 1
)
"""Characters of the project's name.

Policies match roles and buckets by `<project>-<environment>-*`, so that much of a name must remain after any cut.
"""


def _cut(name: str, limit: int, *, hash_length: int = _HASH_LENGTH) -> str:
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:hash_length]
    return f"{name[: kept_length(limit, hash_length=hash_length)].rstrip('-')}-{digest}"
