"""How to see whether a name is in use: for each resource type that AWS refuses to create twice, its tags or None."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from config.edge import VIEWER_REGION
from preflight import deliveries
from preflight.account import error_code, unless_missing
from preflight.platform import tags_from

if TYPE_CHECKING:
    from preflight.account import Account

# https://docs.aws.amazon.com/waf/latest/APIReference/API_ListWebACLs.html
_PAGE: Final = 100

Tags = Mapping[str, str]
Lookup = Callable[["Account", str, str], Tags | None]
"""The tags of what has a name in a region; None if the name is free."""


class TakenError(Exception):
    """The name cannot be used, whatever the tags are; the message says why, and `fix` what to do."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix


@dataclass(frozen=True)
class NamedKind:
    """A resource type whose names are unique."""

    type: str
    argument: str
    """The argument that names it."""

    title: str
    lookup: Lookup
    is_global: bool = False


def _bucket(account: Account, _: str, name: str) -> Tags | None:
    client = account.client("s3", account.home_region)
    own = account.once(
        "buckets", lambda: {item["Name"] for item in account.items("s3", None, "list_buckets", "Buckets")}
    )
    if name in own:
        answer = unless_missing(lambda: client.get_bucket_tagging(Bucket=name), "NoSuchTagSet")
        return tags_from(answer["TagSet"]) if answer else {}
    # All accounts share the names. https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    try:
        client.head_bucket(Bucket=name)
    except ClientError as error:
        code = error_code(error)
        if code == "404":
            return None
        if code not in {"301", "403"}:
            raise
    message = "belongs to another account, or S3 does not let you see it"
    raise TakenError(message, "Choose another name in environments/project.toml, or allow s3:ListBucket to your role.")


def _table(account: Account, region: str, name: str) -> Tags | None:
    client = account.client("dynamodb", region)
    answer = unless_missing(lambda: client.describe_table(TableName=name), "ResourceNotFoundException")
    if answer is None:
        return None
    return tags_from(client.list_tags_of_resource(ResourceArn=answer["Table"]["TableArn"])["Tags"])


def _role(account: Account, _: str, name: str) -> Tags | None:
    answer = unless_missing(lambda: account.client("iam").get_role(RoleName=name), "NoSuchEntity")
    return None if answer is None else tags_from(answer["Role"].get("Tags"))


def _policy(account: Account, _: str, name: str) -> Tags | None:
    found = account.once("policies", lambda: account.items("iam", None, "list_policies", "Policies", Scope="Local"))
    arn = next((item["Arn"] for item in found if item["PolicyName"] == name), None)
    return tags_from(account.client("iam").get_policy(PolicyArn=arn)["Policy"].get("Tags")) if arn else None


def _alias(account: Account, region: str, name: str) -> Tags | None:
    client = account.client("kms", region)
    found = account.once(("aliases", region), lambda: account.items("kms", region, "list_aliases", "Aliases"))
    key = next((item.get("TargetKeyId") for item in found if item["AliasName"] == name), None)
    return tags_from(client.list_resource_tags(KeyId=key)["Tags"], "TagKey", "TagValue") if key else None


def _log_group(account: Account, region: str, name: str) -> Tags | None:
    found = account.items("logs", region, "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    arn = next((item["arn"] for item in found if item["logGroupName"] == name), None)
    if arn is None:
        return None
    client = account.client("logs", region)
    tags: Tags = client.list_tags_for_resource(resourceArn=arn.removesuffix(":*"))["tags"]
    return tags


def _repository(account: Account, region: str, name: str) -> Tags | None:
    client = account.client("ecr", region)
    answer = unless_missing(lambda: client.describe_repositories(repositoryNames=[name]), "RepositoryNotFoundException")
    if answer is None:
        return None
    return tags_from(client.list_tags_for_resource(resourceArn=answer["repositories"][0]["repositoryArn"])["tags"])


def _vault(account: Account, region: str, name: str) -> Tags | None:
    # Not by its name: AWS refuses to describe a vault that does not exist, as if a permission were missing.
    # https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeBackupVault.html
    found = account.once(
        ("vaults", region), lambda: account.items("backup", region, "list_backup_vaults", "BackupVaultList")
    )
    arn = next((item["BackupVaultArn"] for item in found if item["BackupVaultName"] == name), None)
    if arn is None:
        return None
    tags: Tags = account.client("backup", region).list_tags(ResourceArn=arn).get("Tags", {})
    return tags


def _restore_testing_plan(account: Account, region: str, name: str) -> Tags | None:
    plans = account.items("backup", region, "list_restore_testing_plans", "RestoreTestingPlans")
    arn = next((one["RestoreTestingPlanArn"] for one in plans if one["RestoreTestingPlanName"] == name), None)
    if arn is None:
        return None
    tags: Tags = account.client("backup", region).list_tags(ResourceArn=arn).get("Tags", {})
    return tags


def _database(operation: str, member: str, argument: str, arn: str, missing: str) -> Lookup:
    """A lookup of RDS, which DocumentDB shares; every answer has an ARN to ask for the tags."""

    def lookup(account: Account, region: str, name: str) -> Tags | None:
        client = account.client("rds", region)
        answer = unless_missing(lambda: getattr(client, operation)(**{argument: name}), missing, f"{missing}Fault")
        if answer is None or not answer[member]:
            return None
        return tags_from(client.list_tags_for_resource(ResourceName=answer[member][0][arn])["TagList"])

    return lookup


def _elb(operation: str, member: str, arn: str, missing: str) -> Lookup:
    def lookup(account: Account, region: str, name: str) -> Tags | None:
        client = account.client("elbv2", region)
        answer = unless_missing(lambda: getattr(client, operation)(Names=[name]), missing)
        if answer is None:
            return None
        arns = [item[arn] for item in answer[member]]
        return tags_from(client.describe_tags(ResourceArns=arns)["TagDescriptions"][0]["Tags"])

    return lookup


def _cluster(account: Account, region: str, name: str) -> Tags | None:
    answer = account.client("ecs", region).describe_clusters(clusters=[name], include=["TAGS"])
    active = [item for item in answer["clusters"] if item["status"] != "INACTIVE"]
    return tags_from(active[0].get("tags"), "key", "value") if active else None


def _function(account: Account, region: str, name: str) -> Tags | None:
    client = account.client("lambda", region)
    missing = "ResourceNotFoundException"
    # Not GetFunction, which also returns a link to the code.
    answer = unless_missing(lambda: client.get_function_configuration(FunctionName=name), missing)
    if answer is None:
        return None
    tags: Tags = client.list_tags(Resource=answer["FunctionArn"])["Tags"]
    return tags


def _secret(account: Account, region: str, name: str) -> Tags | None:
    client = account.client("secretsmanager", region)
    answer = unless_missing(lambda: client.describe_secret(SecretId=name), "ResourceNotFoundException")
    if answer is None:
        return None
    if answer.get("DeletedDate"):
        # https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
        message = "is deleted, and its name stays taken until its recovery window ends"
        fix = f"aws secretsmanager delete-secret --force-delete-without-recovery --region {region} --secret-id {name}"
        raise TakenError(message, fix)
    return tags_from(answer.get("Tags"))


def _parameter(account: Account, region: str, name: str) -> Tags | None:
    # Not GetParameters, which returns the values.
    filters = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
    if not account.items("ssm", region, "describe_parameters", "Parameters", ParameterFilters=filters):
        return None
    client = account.client("ssm", region)
    return tags_from(client.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"])


def _queue(account: Account, region: str, name: str) -> Tags | None:
    client = account.client("sqs", region)
    missing = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
    answer = unless_missing(lambda: client.get_queue_url(QueueName=name), *missing)
    return None if answer is None else client.list_queue_tags(QueueUrl=answer["QueueUrl"]).get("Tags", {})


def _firewall(operation: str, items: str) -> Lookup:
    def look_up(account: Account, region: str, name: str) -> Tags | None:
        """Each scope has its own names, and CloudFront's is in one region: what is there in either has tags."""
        client = account.client("wafv2", region)
        for scope in ("REGIONAL", "CLOUDFRONT") if region == VIEWER_REGION else ("REGIONAL",):
            page: Any = {}
            while page is not None:
                answer: Any = getattr(client, operation)(Scope=scope, Limit=_PAGE, **page)
                arn = next((item["ARN"] for item in answer[items] if item["Name"] == name), None)
                if arn:
                    return tags_from(client.list_tags_for_resource(ResourceARN=arn)["TagInfoForResource"]["TagList"])
                page = {"NextMarker": answer["NextMarker"]} if answer.get("NextMarker") else None
        return None

    return look_up


def _trail(account: Account, region: str, name: str) -> Tags | None:
    found = account.items("cloudtrail", region, "describe_trails", "trailList", includeShadowTrails=False)
    arn = next((item["TrailARN"] for item in found if item["Name"] == name), None)
    if arn is None:
        return None
    answer: Any = account.client("cloudtrail", region).list_tags(ResourceIdList=[arn])
    return tags_from(answer["ResourceTagList"][0]["TagsList"])


def _budget(account: Account, _: str, name: str) -> Tags | None:
    client = account.client("budgets")
    own = account.number
    budget = unless_missing(lambda: client.describe_budget(AccountId=own, BudgetName=name), "NotFoundException")
    if budget is None:
        return None
    answer: Any = client.list_tags_for_resource(ResourceARN=f"arn:aws:budgets::{own}:budget/{name}")
    return tags_from(answer.get("ResourceTags"))


def _canary(account: Account, region: str, name: str) -> Tags | None:
    client = account.client("synthetics", region)
    answer = unless_missing(lambda: client.get_canary(Name=name), "ResourceNotFoundException")
    return None if answer is None else answer["Canary"].get("Tags", {})


KINDS: Final = (
    NamedKind("aws_s3_bucket", "bucket", "S3 buckets", _bucket, is_global=True),
    NamedKind("aws_dynamodb_table", "name", "DynamoDB tables", _table),
    NamedKind("aws_iam_role", "name", "IAM roles", _role, is_global=True),
    NamedKind("aws_iam_policy", "name", "IAM policies", _policy, is_global=True),
    NamedKind("aws_backup_vault", "name", "backup vaults", _vault),
    NamedKind("aws_backup_restore_testing_plan", "name", "restore testing plans", _restore_testing_plan),
    NamedKind("aws_kms_alias", "name", "KMS aliases", _alias),
    NamedKind("aws_cloudwatch_log_group", "name", "log groups", _log_group),
    NamedKind("aws_ecr_repository", "name", "ECR repositories", _repository),
    NamedKind(
        "aws_db_instance",
        "identifier",
        "database instances",
        _database(
            "describe_db_instances", "DBInstances", "DBInstanceIdentifier", "DBInstanceArn", "DBInstanceNotFound"
        ),
    ),
    NamedKind(
        "aws_docdb_cluster_instance",
        "identifier",
        "DocumentDB instances",
        _database(
            "describe_db_instances", "DBInstances", "DBInstanceIdentifier", "DBInstanceArn", "DBInstanceNotFound"
        ),
    ),
    NamedKind(
        "aws_docdb_cluster",
        "cluster_identifier",
        "DocumentDB clusters",
        _database("describe_db_clusters", "DBClusters", "DBClusterIdentifier", "DBClusterArn", "DBClusterNotFound"),
    ),
    *(
        NamedKind(
            kind,
            "name",
            title,
            _database(
                "describe_db_subnet_groups",
                "DBSubnetGroups",
                "DBSubnetGroupName",
                "DBSubnetGroupArn",
                "DBSubnetGroupNotFound",
            ),
        )
        for kind, title in (
            ("aws_db_subnet_group", "database subnet groups"),
            ("aws_docdb_subnet_group", "DocumentDB subnet groups"),
        )
    ),
    NamedKind(
        "aws_db_parameter_group",
        "name",
        "parameter groups",
        _database(
            "describe_db_parameter_groups",
            "DBParameterGroups",
            "DBParameterGroupName",
            "DBParameterGroupArn",
            "DBParameterGroupNotFound",
        ),
    ),
    NamedKind(
        "aws_docdb_cluster_parameter_group",
        "name",
        "DocumentDB parameter groups",
        _database(
            "describe_db_cluster_parameter_groups",
            "DBClusterParameterGroups",
            "DBClusterParameterGroupName",
            "DBClusterParameterGroupArn",
            "DBParameterGroupNotFound",
        ),
    ),
    NamedKind(
        "aws_db_proxy",
        "name",
        "RDS proxies",
        _database("describe_db_proxies", "DBProxies", "DBProxyName", "DBProxyArn", "DBProxyNotFound"),
    ),
    *(
        NamedKind(
            kind,
            "name",
            title,
            _database(
                "describe_event_subscriptions",
                "EventSubscriptionsList",
                "SubscriptionName",
                "EventSubscriptionArn",
                "SubscriptionNotFound",
            ),
        )
        for kind, title in (
            ("aws_db_event_subscription", "event subscriptions"),
            ("aws_docdb_event_subscription", "DocumentDB event subscriptions"),
        )
    ),
    NamedKind(
        "aws_lb",
        "name",
        "load balancers",
        _elb("describe_load_balancers", "LoadBalancers", "LoadBalancerArn", "LoadBalancerNotFound"),
    ),
    NamedKind(
        "aws_lb_target_group",
        "name",
        "target groups",
        _elb("describe_target_groups", "TargetGroups", "TargetGroupArn", "TargetGroupNotFound"),
    ),
    NamedKind("aws_ecs_cluster", "name", "ECS clusters", _cluster),
    NamedKind("aws_codedeploy_app", "name", "CodeDeploy applications", deliveries.application),
    NamedKind("aws_codebuild_project", "name", "build projects", deliveries.project),
    NamedKind("aws_codebuild_report_group", "name", "report groups", deliveries.report_group),
    NamedKind("aws_codepipeline", "name", "pipelines", deliveries.pipeline),
    NamedKind("aws_codestarconnections_connection", "name", "connections", deliveries.connection),
    NamedKind("aws_lambda_function", "function_name", "Lambda functions", _function),
    NamedKind("aws_secretsmanager_secret", "name", "secrets", _secret),
    NamedKind("aws_ssm_parameter", "name", "parameters", _parameter),
    NamedKind("aws_sqs_queue", "name", "SQS queues", _queue),
    NamedKind("aws_cloudtrail", "name", "trails", _trail),
    NamedKind("aws_wafv2_ip_set", "name", "IP sets", _firewall("list_ip_sets", "IPSets")),
    NamedKind("aws_wafv2_web_acl", "name", "web ACLs", _firewall("list_web_acls", "WebACLs")),
    NamedKind("aws_synthetics_canary", "name", "canaries", _canary),
    NamedKind("aws_budgets_budget", "name", "budgets", _budget, is_global=True),
)
