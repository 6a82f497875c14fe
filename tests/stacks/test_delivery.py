"""Layer `delivery` of the test environments: where releases come from, how they go on, and who may do what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.template import statements

if TYPE_CHECKING:
    from tests.template import Template

PROD_PIPELINE = "arn:aws:iam::333333333333:role/user-management-prod-pipeline"
PROD_PROMOTE = "arn:aws:iam::333333333333:role/user-management-prod-promote"


def pipeline(stacks: dict[str, Template], environment: str) -> dict[str, Any]:
    return stacks[f"{environment}-delivery"].only("aws_codepipeline")


def stage_names(stacks: dict[str, Template], environment: str) -> list[str]:
    return [stage["name"] for stage in pipeline(stacks, environment)["stage"]]


def actions(stacks: dict[str, Template], environment: str) -> dict[str, dict[str, Any]]:
    return {action["name"]: action for stage in pipeline(stacks, environment)["stage"] for action in stage["action"]}


def role_statements(template: Template, role: str) -> list[dict[str, Any]]:
    found = [
        policy["policy"]
        for name, policy in template.all("aws_iam_role_policy").items()
        if name.startswith(f"{role}_") or name == role
    ]
    return [statement for policy in found for statement in statements(policy)]


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_every_pipeline_is_of_the_second_type_and_queues_releases(
    stacks: dict[str, Template], environment: str
) -> None:
    found = pipeline(stacks, environment)
    assert (found["pipeline_type"], found["execution_mode"]) == ("V2", "QUEUED")


def test_dev_builds_tests_migrates_and_deploys(stacks: dict[str, Template]) -> None:
    assert stage_names(stacks, "dev") == ["Source", "Build", "Test", "Migrate", "Deploy"]


def test_staging_hands_its_releases_over(stacks: dict[str, Template]) -> None:
    assert stage_names(stacks, "staging")[-1] == "HandOver"


def test_prod_builds_nothing_and_takes_over_what_staging_has_finished(stacks: dict[str, Template]) -> None:
    assert stage_names(stacks, "prod") == ["Source", "Promote", "Approval", "Migrate", "Deploy"]
    source = actions(stacks, "prod")["source"]
    assert source["provider"] == "S3"
    assert source["configuration"]["S3Bucket"] == "user-management-staging-releases-222222222222"
    assert source["configuration"]["S3ObjectKey"] == "releases/staging/release.zip"


def test_a_push_starts_a_pipeline_and_not_its_source_action(stacks: dict[str, Template]) -> None:
    (trigger,) = pipeline(stacks, "dev")["trigger"]
    assert trigger["git_configuration"]["push"] == [{"branches": {"includes": ["main"]}}]
    assert actions(stacks, "dev")["source"]["configuration"]["DetectChanges"] == "false"
    assert "trigger" not in pipeline(stacks, "prod")


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_codedeploy_deploys_under_blue_green(stacks: dict[str, Template], environment: str) -> None:
    action = actions(stacks, environment)["backend-deploy"]
    assert action["provider"] == "CodeDeployToECS"
    assert action["configuration"]["Image1ContainerName"] == "IMAGE1_NAME"


def test_a_build_deploys_under_rolling(stacks: dict[str, Template]) -> None:
    assert actions(stacks, "dev")["backend-deploy"]["provider"] == "CodeBuild"


def test_images_are_tagged_before_the_migrations_and_those_before_the_deployment(stacks: dict[str, Template]) -> None:
    found = actions(stacks, "staging")
    assert found["tag-release"]["run_order"] < found["migrate"]["run_order"]
    names = stage_names(stacks, "staging")
    assert names.index("Migrate") < names.index("Deploy")


def test_a_failed_deployment_goes_back_and_a_red_alarm_stops_it_before(stacks: dict[str, Template]) -> None:
    stage = next(stage for stage in pipeline(stacks, "prod")["stage"] if stage["name"] == "Deploy")
    assert stage["on_failure"] == {"result": "ROLLBACK"}
    rules = stage["before_entry"]["condition"]["rule"]
    assert {rule["rule_type_id"]["provider"] for rule in rules} == {"CloudWatchAlarm"}


def test_a_freeze_is_before_the_migrations(stacks: dict[str, Template]) -> None:
    stage = next(stage for stage in pipeline(stacks, "prod")["stage"] if stage["name"] == "Migrate")
    (rule,) = stage["before_entry"]["condition"]["rule"]
    assert rule["rule_type_id"]["provider"] == "DeploymentWindow"
    assert rule["configuration"] == {"Cron": "* * 8-15 ? * MON,TUE,WED,THU,FRI", "TimeZone": "America/New_York"}


def test_releases_are_open_to_the_role_of_prods_pipeline_only(stacks: dict[str, Template]) -> None:
    template = stacks["staging-delivery"]
    name = next(name for name in template.all("aws_s3_bucket_policy") if "releases" in name)
    allowed = [
        one for one in statements(template.all("aws_s3_bucket_policy")[name]["policy"]) if one["Effect"] == "Allow"
    ]
    assert {one["Condition"]["StringEquals"]["aws:PrincipalArn"] for one in allowed} == {PROD_PIPELINE}
    assert all(one["Principal"] == {"AWS": "arn:aws:iam::333333333333:root"} for one in allowed)
    key = statements(template.only("aws_kms_key")["policy"])
    (decrypt,) = [one for one in key if one["Sid"] == "AllowProdDecrypt"]
    assert decrypt["Action"] == "kms:Decrypt"
    assert decrypt["Condition"]["StringEquals"]["aws:PrincipalArn"] == PROD_PIPELINE


def test_images_are_open_to_the_promotion_of_prod_only(stacks: dict[str, Template]) -> None:
    for policy in stacks["staging-delivery"].all("aws_ecr_repository_policy").values():
        (statement,) = statements(policy["policy"])
        assert statement["Condition"]["StringEquals"]["aws:PrincipalArn"] == PROD_PROMOTE
        assert not any(action.startswith("ecr:Put") for action in statement["Action"])


def test_dev_hands_nothing_over(stacks: dict[str, Template]) -> None:
    template = stacks["dev-delivery"]
    assert template.all("aws_ecr_repository_policy") == {}
    assert not any("releases" in name for name in template.all("aws_s3_bucket"))


def test_only_the_migrations_may_read_the_urls_of_the_databases(stacks: dict[str, Template]) -> None:
    template = stacks["staging-delivery"]
    readers = {
        name
        for name, policy in template.all("aws_iam_role_policy").items()
        if "ssm:GetParameters" in json.dumps(policy["policy"])
    }
    assert {name.partition("_")[0] for name in readers} == {"migrate-project"}


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_the_migrations_reach_the_database_itself_because_its_proxy_knows_no_owner(
    stacks: dict[str, Template], environment: str
) -> None:
    rules = stacks[f"{environment}-delivery"].all("aws_vpc_security_group_ingress_rule")
    assert {rule["description"] for rule in rules.values()} == {"migrate to postgres", "migrate to documentdb"}


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_every_build_is_private_small_and_for_the_processor_of_the_tasks(
    stacks: dict[str, Template], environment: str
) -> None:
    for project in stacks[f"{environment}-delivery"].all("aws_codebuild_project").values():
        assert project["environment"]["type"] == "ARM_CONTAINER"
        assert "aarch64" in project["environment"]["image"]
        assert all("private" in subnet for subnet in project["vpc_config"]["subnets"])
        assert project["cache"]["type"] == "S3"
        assert project["encryption_key"] == "${aws_kms_key.key.arn}"
        assert "${" not in project["source"]["buildspec"].replace("${aws_codebuild_report_group", "")


def test_only_builds_that_use_docker_are_privileged(stacks: dict[str, Template]) -> None:
    projects = stacks["staging-delivery"].all("aws_codebuild_project")
    privileged = {
        name.removesuffix("-project") for name, one in projects.items() if one["environment"]["privileged_mode"]
    }
    assert privileged == {"frontend-build", "backend-build", "integration-tests", "migrate"}


def test_only_builds_of_images_reach_http(stacks: dict[str, Template]) -> None:
    rules = stacks["staging-delivery"].all("aws_vpc_security_group_egress_rule")
    reaching = {name.partition("_")[0] for name, one in rules.items() if one["from_port"] == 80}
    assert reaching == {"frontend-build-project", "backend-build-project"}


def test_the_pipeline_starts_its_own_builds_only(stacks: dict[str, Template]) -> None:
    (run,) = [one for one in role_statements(stacks["dev-delivery"], "pipeline-role") if one.get("Sid") == "RunBuilds"]
    assert all(resource.startswith("${aws_codebuild_project.") for resource in run["Resource"])


def test_static_files_are_published_by_the_build_of_their_service(stacks: dict[str, Template]) -> None:
    projects = stacks["staging-delivery"].all("aws_codebuild_project")
    variables = {
        name: {one["name"] for one in project["environment"]["environment_variable"]}
        for name, project in projects.items()
    }
    assert {name for name, names in variables.items() if "DISTRIBUTION_ID" in names} == {"frontend-build-project"}
