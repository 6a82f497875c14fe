"""Each lookup: free, of the environment, of others, denied; what makes a resource is in `MAKERS`."""

from __future__ import annotations

import inspect
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from preflight.line import Status
from preflight.named import KINDS, NamedKind, TakenError
from preflight.names import StateProbe, checks
from synthesis.manifest import of_environment, read_stacks
from tests.preflight.samples import OWN_TAGS, own_tags, platform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.preflight.conftest import Place

NAME = "acme-test-thing"
TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)


def pairs(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in tags.items()]


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
    place.client("rds").create_db_proxy(
        DBProxyName=NAME,
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:us-east-1:1:secret:s"}],
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


def function(place: Place, tags: Mapping[str, str]) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("h.py", "")
    arn = place.client("iam").create_role(RoleName="f", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    place.client("lambda").create_function(
        FunctionName=NAME,
        Role=arn,
        Runtime="python3.13",
        Handler="h.h",
        Code={"ZipFile": code.getvalue()},
        Tags=dict(tags),
    )


def secret(place: Place, tags: Mapping[str, str]) -> None:
    place.client("secretsmanager").create_secret(Name=NAME, SecretString="x", Tags=pairs(tags))


def parameter(place: Place, tags: Mapping[str, str]) -> None:
    place.client("ssm").put_parameter(
        Name=name_of(place, "aws_ssm_parameter"), Value="x", Type="String", Tags=pairs(tags)
    )


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


def budget(place: Place, tags: Mapping[str, str]) -> None:
    limit = {"Amount": "10", "Unit": "USD"}
    made = {"BudgetName": NAME, "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    more = {"ResourceTags": pairs(tags)} if tags else {}
    place.client("budgets").create_budget(AccountId=place.id, Budget=made, **more)


MAKERS: dict[str, Any] = {
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
    "aws_lambda_function": function,
    "aws_secretsmanager_secret": secret,
    "aws_ssm_parameter": parameter,
    "aws_sqs_queue": queue,
    "aws_cloudtrail": trail,
    "aws_wafv2_ip_set": ip_set,
    "aws_wafv2_web_acl": web_acl,
    "aws_budgets_budget": budget,
}
by_type = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)


def name_of(place: Place, kind: str) -> str:
    """A name that the type may have."""
    return {"aws_s3_bucket": f"acme-{place.id}", "aws_kms_alias": f"alias/{NAME}", "aws_ssm_parameter": f"/{NAME}"}.get(
        kind, NAME
    )


def look_up(place: Place, kind: NamedKind) -> Any:
    return kind.lookup(place.account, "us-east-1", name_of(place, kind.type))


@by_type
def test_a_name_that_nothing_has_is_free(place: Place, kind: NamedKind) -> None:
    assert look_up(place, kind) is None


@by_type
def test_what_the_environment_made_has_its_tags(place: Place, kind: NamedKind) -> None:
    MAKERS[kind.type](place, OWN_TAGS)

    assert platform().owns(look_up(place, kind))


@by_type
def test_what_others_made_has_not(place: Place, kind: NamedKind) -> None:
    MAKERS[kind.type](place, {})

    found = look_up(place, kind)
    assert found is not None
    assert not platform().owns(found)


@by_type
def test_a_denied_call_is_no_pass(place: Place, deny: Callable[..., None], kind: NamedKind, tmp_path: Path) -> None:
    MAKERS[kind.type](place, OWN_TAGS)
    deny(*(f"{service}:*" for service in ("s3", "dynamodb", "iam", "kms", "logs", "ecr", "rds", "elbv2", "ecs")))
    deny(*(f"{service}:*" for service in ("lambda", "secretsmanager", "ssm", "sqs", "cloudtrail")))
    found = platform({f"{kind.type}.x": {kind.argument: name_of(place, kind.type)}})

    (line,) = place.run(checks(found, place.account, StateProbe(found, place.account, tmp_path)))

    assert line.status is Status.UNREADABLE
    assert line.found.endswith(" is denied")
    assert f"Allow {line.found.removesuffix(' is denied')} to your role" in line.fix


def test_a_bucket_of_another_account_is_taken(place: Place) -> None:
    (kind,) = [kind for kind in KINDS if kind.type == "aws_s3_bucket"]
    place.client("s3", of="900000000001").create_bucket(Bucket=name_of(place, kind.type))

    with pytest.raises(TakenError, match="belongs to another account"):
        look_up(place, kind)


def test_a_deleted_secret_keeps_its_name(place: Place) -> None:
    (kind,) = [kind for kind in KINDS if kind.type == "aws_secretsmanager_secret"]
    secret(place, OWN_TAGS)
    place.client("secretsmanager").delete_secret(SecretId=NAME, RecoveryWindowInDays=7)

    with pytest.raises(TakenError, match="its name stays taken") as raised:
        look_up(place, kind)
    assert "--force-delete-without-recovery" in raised.value.fix


def test_a_deleted_cluster_frees_its_name(place: Place) -> None:
    (kind,) = [kind for kind in KINDS if kind.type == "aws_ecs_cluster"]
    ecs_cluster(place, {})
    place.client("ecs").delete_cluster(cluster=NAME)

    assert look_up(place, kind) is None


def test_another_name_that_starts_alike_does_not_count(place: Place) -> None:
    (kind,) = [kind for kind in KINDS if kind.type == "aws_cloudwatch_log_group"]
    place.client("logs").create_log_group(logGroupName=f"{NAME}-more")

    assert look_up(place, kind) is None


def test_no_value_of_a_secret_is_read(place: Place) -> None:
    for kind in KINDS:
        look_up(place, kind)

    read = {"secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "lambda:GetFunction"}
    assert not read & place.account.called


def test_each_type_has_a_maker() -> None:
    assert MAKERS.keys() == {kind.type for kind in KINDS}
    assert all(inspect.isfunction(maker) for maker in MAKERS.values())


# Types whose names AWS does not hold unique, or where a second creation changes what exists instead of failing.
_OVERWRITTEN = {
    "aws_ce_anomaly_monitor",  # preflight/singletons.py
    "aws_ce_anomaly_subscription",
    "aws_cloudfront_function",  # this and the next two have no tags that say whose they are
    "aws_cloudfront_origin_access_control",
    "aws_cloudfront_response_headers_policy",
    "aws_cloudwatch_log_delivery_destination",
    "aws_cloudwatch_log_delivery_source",
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_log_metric_filter",
    "aws_cloudwatch_metric_alarm",
    "aws_ecs_service",  # within its cluster
    "aws_guardduty_detector_feature",
    "aws_iam_role_policy",
    "aws_route53_record",
    "aws_route53_zone",  # preflight/delegation.py
    "aws_scheduler_schedule",  # it has no tags that say whose it is
    "aws_sns_topic",  # CreateTopic returns the topic that exists
    "aws_appautoscaling_policy",
    "aws_config_configuration_recorder",  # preflight/singletons.py
    "aws_config_configuration_recorder_status",
    "aws_config_delivery_channel",  # preflight/singletons.py
}


def test_each_type_with_a_name_is_looked_up_or_does_not_need_it(output: Path) -> None:
    stacks = of_environment(read_stacks(output), "prod")
    named = {
        resource.kind for stack in stacks.values() for resource in stack.all() if isinstance(resource.get("name"), str)
    }

    assert named - _OVERWRITTEN <= MAKERS.keys()


def test_own_tags_are_those_of_the_sample() -> None:
    assert {pair["Key"]: pair["Value"] for pair in own_tags()} == OWN_TAGS
