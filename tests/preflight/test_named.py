"""Each lookup: free, of the environment, of others, denied."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

from preflight.line import Status
from preflight.named import KINDS, NamedKind, TakenError
from preflight.names import StateProbe, checks
from synthesis.manifest import of_environment, read_stacks
from tests.preflight.makers import MAKERS, NAME, ecs_cluster, name_of, secret
from tests.preflight.samples import OWN_TAGS, own_tags, platform

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.preflight.conftest import Place

by_type = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)


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
    deny(*(f"{service}:*" for service in ("codebuild", "codeconnections", "codepipeline")))
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
    "aws_backup_plan",  # AWS Backup knows it by its id
    "aws_backup_restore_testing_selection",  # within its plan
    "aws_backup_selection",  # within its plan
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
    "aws_cloudwatch_query_definition",  # several can have one name
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
