"""What makes one resource of each type whose names are unique, with the name of a test."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from config.canary_runtimes import NEWEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.preflight.conftest import Place

NAME = "acme-test-thing"
TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)
PIPELINE_TRUST = TRUST.replace("lambda.", "codepipeline.")


def pairs(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in tags.items()]


def name_of(place: Place, kind: str) -> str:
    """A name that the type may have."""
    special = {
        "aws_backup_restore_testing_plan": NAME.replace("-", "_"),
        "aws_kms_alias": f"alias/{NAME}",
        "aws_s3_bucket": f"acme-{place.id}",
        "aws_ssm_parameter": f"/{NAME}",
    }
    return special.get(kind, NAME)


def bucket(place: Place, tags: Mapping[str, str]) -> None:
    s3 = place.client("s3")
    s3.create_bucket(Bucket=name_of(place, "aws_s3_bucket"))
    if tags:
        s3.put_bucket_tagging(Bucket=name_of(place, "aws_s3_bucket"), Tagging={"TagSet": pairs(tags)})


def table(place: Place, tags: Mapping[str, str]) -> None:
    place.client("dynamodb").create_table(
        TableName=NAME,
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=pairs(tags),
    )


def role(place: Place, tags: Mapping[str, str]) -> None:
    place.client("iam").create_role(RoleName=NAME, AssumeRolePolicyDocument=TRUST, Tags=pairs(tags))


def policy(place: Place, tags: Mapping[str, str]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    place.client("iam").create_policy(PolicyName=NAME, PolicyDocument=document, Tags=pairs(tags))


def alias(place: Place, tags: Mapping[str, str]) -> None:
    kms = place.client("kms")
    key = kms.create_key(Tags=pairs(tags, "TagKey", "TagValue"))["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=name_of(place, "aws_kms_alias"), TargetKeyId=key)


def log_group(place: Place, tags: Mapping[str, str]) -> None:
    place.client("logs").create_log_group(logGroupName=NAME, tags=dict(tags) or {"other": "x"})


def repository(place: Place, tags: Mapping[str, str]) -> None:
    place.client("ecr").create_repository(repositoryName=NAME, tags=pairs(tags))


def instance(place: Place, tags: Mapping[str, str], engine: str = "postgres") -> None:
    place.client("rds").create_db_instance(
        DBInstanceIdentifier=NAME,
        Engine=engine,
        DBInstanceClass="db.t3.medium",
        AllocatedStorage=20,
        MasterUsername="u",
        MasterUserPassword="not-a-secret",
        Tags=pairs(tags),
    )


def documentdb_instance(place: Place, tags: Mapping[str, str]) -> None:
    place.client("docdb").create_db_cluster(
        DBClusterIdentifier="c", Engine="docdb", MasterUsername="u", MasterUserPassword="not-a-secret"
    )
    place.client("docdb").create_db_instance(
        DBInstanceIdentifier=NAME,
        Engine="docdb",
        DBInstanceClass="db.t3.medium",
        DBClusterIdentifier="c",
        Tags=pairs(tags),
    )


def cluster(place: Place, tags: Mapping[str, str]) -> None:
    place.client("docdb").create_db_cluster(
        DBClusterIdentifier=NAME,
        Engine="docdb",
        MasterUsername="u",
        MasterUserPassword="not-a-secret",
        Tags=pairs(tags),
    )


def subnet_group(place: Place, tags: Mapping[str, str]) -> None:
    place.client("rds").create_db_subnet_group(
        DBSubnetGroupName=NAME,
        DBSubnetGroupDescription="d",
        SubnetIds=subnets(place),
        Tags=pairs(tags),
    )


def parameter_group(place: Place, tags: Mapping[str, str]) -> None:
    place.client("rds").create_db_parameter_group(
        DBParameterGroupName=NAME, DBParameterGroupFamily="postgres17", Description="d", Tags=pairs(tags)
    )


def cluster_parameter_group(place: Place, tags: Mapping[str, str]) -> None:
    place.client("docdb").create_db_cluster_parameter_group(
        DBClusterParameterGroupName=NAME, DBParameterGroupFamily="docdb5.0", Description="d", Tags=pairs(tags)
    )


def proxy(place: Place, tags: Mapping[str, str]) -> None:
    secret = place.client("secretsmanager").create_secret(Name="of-proxy")["ARN"]
    place.client("rds").create_db_proxy(
        DBProxyName=NAME,
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": secret}],
        RoleArn="arn:aws:iam::1:role/r",
        VpcSubnetIds=subnets(place),
        Tags=pairs(tags),
    )


def load_balancer(place: Place, tags: Mapping[str, str]) -> None:
    place.client("elbv2").create_load_balancer(
        Name=NAME, Subnets=subnets(place), Scheme="internal", Tags=pairs(tags or {"other": "x"})
    )


def target_group(place: Place, tags: Mapping[str, str]) -> None:
    vpc = place.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    place.client("elbv2").create_target_group(
        Name=NAME, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip", Tags=pairs(tags or {"other": "x"})
    )


def ecs_cluster(place: Place, tags: Mapping[str, str]) -> None:
    place.client("ecs").create_cluster(clusterName=NAME, tags=pairs(tags, "key", "value"))


def _zip(file: str) -> bytes:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr(file, "")
    return code.getvalue()


def function(place: Place, tags: Mapping[str, str]) -> None:
    arn = place.client("iam").create_role(RoleName="f", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    place.client("lambda").create_function(
        FunctionName=NAME,
        Role=arn,
        Runtime="python3.13",
        Handler="h.h",
        Code={"ZipFile": _zip("h.py")},
        Tags=dict(tags),
    )


def secret(place: Place, tags: Mapping[str, str]) -> None:
    place.client("secretsmanager").create_secret(Name=NAME, SecretString="x", Tags=pairs(tags))


def parameter(place: Place, tags: Mapping[str, str]) -> None:
    place.client("ssm").put_parameter(
        Name=name_of(place, "aws_ssm_parameter"), Value="x", Type="String", Tags=pairs(tags)
    )


def application(place: Place, tags: Mapping[str, str]) -> None:
    place.client("codedeploy").create_application(applicationName=NAME, computePlatform="ECS", tags=pairs(tags))


def project(place: Place, tags: Mapping[str, str]) -> None:
    arn = place.client("iam").create_role(RoleName="build", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    place.client("codebuild").create_project(
        name=NAME,
        source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "ARM_CONTAINER",
            "image": "aws/codebuild/amazonlinux-aarch64-standard:3.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=arn,
        tags=pairs(tags, "key", "value"),
    )


def report_group(place: Place, tags: Mapping[str, str]) -> None:
    place.client("codebuild").create_report_group(
        name=NAME, type="TEST", exportConfig={"exportConfigType": "NO_EXPORT"}, tags=pairs(tags, "key", "value")
    )


def pipeline(place: Place, tags: Mapping[str, str]) -> None:
    arn = place.client("iam").create_role(RoleName="pipeline", AssumeRolePolicyDocument=PIPELINE_TRUST)["Role"]["Arn"]
    place.client("s3").create_bucket(Bucket=f"artifacts-{place.id}")
    source = {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}
    approval = {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"}
    place.client("codepipeline").create_pipeline(
        pipeline={
            "name": NAME,
            "roleArn": arn,
            "artifactStore": {"type": "S3", "location": f"artifacts-{place.id}"},
            "stages": [
                {
                    "name": "Source",
                    "actions": [
                        {
                            "name": "source",
                            "actionTypeId": source,
                            "outputArtifacts": [{"name": "source"}],
                            "configuration": {"S3Bucket": f"artifacts-{place.id}", "S3ObjectKey": "a.zip"},
                        }
                    ],
                },
                {"name": "Approval", "actions": [{"name": "approval", "actionTypeId": approval}]},
            ],
        },
        tags=pairs(tags, "key", "value"),
    )


def connection(place: Place, tags: Mapping[str, str]) -> None:
    place.client("codeconnections").create_connection(ProviderType="GitHub", ConnectionName=NAME, Tags=pairs(tags))


def queue(place: Place, tags: Mapping[str, str]) -> None:
    place.client("sqs").create_queue(QueueName=NAME, tags=dict(tags))


def trail(place: Place, tags: Mapping[str, str]) -> None:
    place.client("s3").create_bucket(Bucket=f"trail-{place.id}")
    place.client("cloudtrail").create_trail(Name=NAME, S3BucketName=f"trail-{place.id}", TagsList=pairs(tags))


def ip_set(place: Place, tags: Mapping[str, str]) -> None:
    place.client("wafv2").create_ip_set(
        Name=NAME, Scope="CLOUDFRONT", IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"], **_tags(tags)
    )


def web_acl(place: Place, tags: Mapping[str, str]) -> None:
    seen = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": NAME}
    place.client("wafv2").create_web_acl(
        Name=NAME, Scope="CLOUDFRONT", DefaultAction={"Allow": {}}, VisibilityConfig=seen, **_tags(tags)
    )


def _tags(tags: Mapping[str, str]) -> Any:
    """AWS WAF takes no empty list of tags."""
    return {"Tags": pairs(tags)} if tags else {}


def subnets(place: Place) -> list[str]:
    """Two of the default VPC, each in its zone."""
    return [subnet["SubnetId"] for subnet in place.client("ec2").describe_subnets()["Subnets"][:2]]


def event_subscription(place: Place, tags: Mapping[str, str]) -> None:
    topic = place.client("sns").create_topic(Name="events")["TopicArn"]
    more: Any = {"Tags": pairs(tags)} if tags else {}
    place.client("rds").create_event_subscription(SubscriptionName=NAME, SnsTopicArn=topic, **more)


def canary(place: Place, tags: Mapping[str, str]) -> None:
    arn = place.client("iam").create_role(RoleName="canary", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    place.client("s3").create_bucket(Bucket=f"results-{place.id}")
    place.client("synthetics").create_canary(
        Name=NAME,
        Code={"ZipFile": _zip("python/page.py"), "Handler": "page.handler"},
        ArtifactS3Location=f"s3://results-{place.id}/",
        ExecutionRoleArn=arn,
        Schedule={"Expression": "rate(5 minutes)"},
        RuntimeVersion=NEWEST,
        Tags=dict(tags),
    )


def budget(place: Place, tags: Mapping[str, str]) -> None:
    limit = {"Amount": "10", "Unit": "USD"}
    made = {"BudgetName": NAME, "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    more = {"ResourceTags": pairs(tags)} if tags else {}
    place.client("budgets").create_budget(AccountId=place.id, Budget=made, **more)


def vault(place: Place, tags: Mapping[str, str]) -> None:
    place.client("backup").create_backup_vault(BackupVaultName=NAME, BackupVaultTags=dict(tags))


def restore_testing_plan(place: Place, tags: Mapping[str, str]) -> None:
    points = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
    plan = {
        "RestoreTestingPlanName": name_of(place, "aws_backup_restore_testing_plan"),
        "ScheduleExpression": "cron(0 10 ? * SUN *)",
        "RecoveryPointSelection": points,
    }
    place.client("backup").create_restore_testing_plan(RestoreTestingPlan=plan, Tags=dict(tags))


MAKERS: dict[str, Any] = {
    "aws_backup_restore_testing_plan": restore_testing_plan,
    "aws_backup_vault": vault,
    "aws_s3_bucket": bucket,
    "aws_dynamodb_table": table,
    "aws_iam_role": role,
    "aws_iam_policy": policy,
    "aws_kms_alias": alias,
    "aws_cloudwatch_log_group": log_group,
    "aws_ecr_repository": repository,
    "aws_db_instance": instance,
    "aws_docdb_cluster_instance": documentdb_instance,
    "aws_docdb_cluster": cluster,
    "aws_db_subnet_group": subnet_group,
    "aws_docdb_subnet_group": subnet_group,
    "aws_db_parameter_group": parameter_group,
    "aws_docdb_cluster_parameter_group": cluster_parameter_group,
    "aws_db_proxy": proxy,
    "aws_lb": load_balancer,
    "aws_lb_target_group": target_group,
    "aws_ecs_cluster": ecs_cluster,
    "aws_codedeploy_app": application,
    "aws_codebuild_project": project,
    "aws_codebuild_report_group": report_group,
    "aws_codepipeline": pipeline,
    "aws_codestarconnections_connection": connection,
    "aws_lambda_function": function,
    "aws_secretsmanager_secret": secret,
    "aws_ssm_parameter": parameter,
    "aws_sqs_queue": queue,
    "aws_cloudtrail": trail,
    "aws_wafv2_ip_set": ip_set,
    "aws_wafv2_web_acl": web_acl,
    "aws_db_event_subscription": event_subscription,
    "aws_docdb_event_subscription": event_subscription,
    "aws_synthetics_canary": canary,
    "aws_budgets_budget": budget,
}
