"""Layer `delivery` of the test environments: where releases come from, how they go on, and who may do what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.image_updates.pipeline import DEPLOY
from tests.template import statements

if TYPE_CHECKING:
    from tests.template import Template

PROD_PIPELINE = "arn:aws:iam::333333333333:role/user-management-prod-pipeline"
PROD_PROMOTE = "arn:aws:iam::333333333333:role/user-management-prod-promote"


def pipeline(stacks: dict[str, Template], environment: str) -> dict[str, Any]:
    return stacks[f"{environment}-delivery"].only("aws_codepipeline")


def stage(stacks: dict[str, Template], environment: str, name: str) -> dict[str, Any]:
    return next(stage for stage in pipeline(stacks, environment)["stage"] if stage["name"] == name)


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
    assert stage_names(stacks, "dev") == ["Source", "Build", "Test", "Release", "Migrate", "Deploy"]


def test_the_stage_that_tells_what_is_released_is_in_every_pipeline_that_builds(stacks: dict[str, Template]) -> None:
    for environment in ("dev", "staging"):
        assert DEPLOY in stage_names(stacks, environment)


def test_staging_hands_its_releases_over(stacks: dict[str, Template]) -> None:
    assert stage_names(stacks, "staging")[-1] == "HandOver"


def test_prod_builds_nothing_and_takes_over_what_staging_has_finished(stacks: dict[str, Template]) -> None:
    assert stage_names(stacks, "prod") == ["Source", "Promote", "Approval", "Release", "Migrate", "Deploy"]
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


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_images_are_tagged_then_databases_and_pages_change_and_then_the_services(
    stacks: dict[str, Template], environment: str
) -> None:
    assert [one["name"] for one in stage(stacks, environment, "Release")["action"]] == ["tag-release"]
    changed = {one["name"]: one["run_order"] for one in stage(stacks, environment, "Migrate")["action"]}
    assert changed == {"migrate": 1} | ({"publish": 2} if environment != "dev" else {})
    names = stage_names(stacks, environment)
    assert names.index("Release") < names.index("Migrate") < names.index("Deploy")


def test_what_users_see_changes_in_no_stage_before_the_approval(stacks: dict[str, Template]) -> None:
    """Files with a hash in their name are copied before: nothing refers to them yet."""
    names = stage_names(stacks, "prod")
    before = {
        one["name"] for stage in pipeline(stacks, "prod")["stage"][: names.index("Approval")] for one in stage["action"]
    }
    publishing = {
        name.partition("-project")[0]
        for name, policy in stacks["prod-delivery"].all("aws_iam_role_policy").items()
        if "cloudfront:CreateInvalidation" in json.dumps(policy["policy"])
    }
    assert publishing == {"publish"}
    assert before == {"source", "promote"}


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_a_failed_deployment_goes_back_and_a_red_alarm_stops_a_release_a_stage_before(
    stacks: dict[str, Template], environment: str
) -> None:
    """Else a red alarm would let the stage deploy the release before again, or stop that."""
    deploy = stage(stacks, environment, "Deploy")
    assert deploy["on_failure"] == {"result": "ROLLBACK"}
    assert "before_entry" not in deploy
    migrate = stage(stacks, environment, "Migrate")
    assert "on_failure" not in migrate
    rules = migrate["before_entry"]["condition"]["rule"]
    assert {rule["rule_type_id"]["provider"] for rule in rules} == {"CloudWatchAlarm"}


def test_a_freeze_is_alone_before_all_that_changes_something(stacks: dict[str, Template]) -> None:
    (rule,) = stage(stacks, "prod", "Release")["before_entry"]["condition"]["rule"]
    assert rule["rule_type_id"]["provider"] == "DeploymentWindow"
    assert rule["configuration"] == {"Cron": "* * 8-15 ? * MON,TUE,WED,THU,FRI", "TimeZone": "America/New_York"}


def test_a_release_of_an_environment_that_sleeps_waits_until_it_is_awake(stacks: dict[str, Template]) -> None:
    rules = [rule for stage in pipeline(stacks, "dev")["stage"] for rule in _windows(stage)]
    assert [rule["configuration"] for rule in rules] == [
        {"Cron": "* * 8-18 ? * MON,TUE,WED,THU,FRI", "TimeZone": "America/New_York"}
    ]
    assert not [rule for stage in pipeline(stacks, "staging")["stage"] for rule in _windows(stage)]


def _windows(stage: dict[str, Any]) -> list[dict[str, Any]]:
    rules = stage.get("before_entry", {}).get("condition", {}).get("rule", [])
    return [rule for rule in rules if rule["rule_type_id"]["provider"] == "DeploymentWindow"]


def test_an_action_that_deploys_task_by_task_says_how_many_the_service_has(stacks: dict[str, Template]) -> None:
    variables = json.loads(actions(stacks, "dev")["backend-deploy"]["configuration"]["EnvironmentVariables"])
    assert {one["name"]: one["value"] for one in variables}["LEAST_TASKS"] == "1"


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
    policies = [text for name, text in template.all("aws_s3_bucket_policy").items() if "releases" in name]
    assert [one["Effect"] for policy in policies for one in statements(policy["policy"])] == ["Deny", "Deny"]


def test_the_bucket_of_releases_stays_when_nobody_takes_them_over_any_more(stacks: dict[str, Template]) -> None:
    for environment, kept in (("dev", True), ("staging", True), ("prod", False)):
        buckets = stacks[f"{environment}-delivery"].all("aws_s3_bucket")
        assert any("releases" in name for name in buckets) is kept


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
    assert privileged == {"frontend-build", "backend-build", "integration-tests", "migrate", "publish"}


def test_only_builds_of_images_reach_http(stacks: dict[str, Template]) -> None:
    rules = stacks["staging-delivery"].all("aws_vpc_security_group_egress_rule")
    reaching = {name.partition("_")[0] for name, one in rules.items() if one["from_port"] == 80}
    assert reaching == {"frontend-build-project", "backend-build-project"}


def test_the_pipeline_starts_its_own_builds_only(stacks: dict[str, Template]) -> None:
    (run,) = [one for one in role_statements(stacks["dev-delivery"], "pipeline-role") if one.get("Sid") == "RunBuilds"]
    assert all(resource.startswith("${aws_codebuild_project.") for resource in run["Resource"])


def test_static_files_come_from_the_build_of_their_service_and_are_published_by_their_own(
    stacks: dict[str, Template],
) -> None:
    projects = stacks["staging-delivery"].all("aws_codebuild_project")
    variables = {
        name: {one["name"] for one in project["environment"]["environment_variable"]}
        for name, project in projects.items()
    }
    assert {name for name, names in variables.items() if "ASSETS_PATH" in names} == {
        "frontend-build-project",
        "publish-project",
    }
    assert {name for name, names in variables.items() if "DISTRIBUTION_ID" in names} == {"publish-project"}


def test_the_publication_pulls_one_image_and_makes_none(stacks: dict[str, Template]) -> None:
    granted = role_statements(stacks["prod-delivery"], "publish-project_role")
    text = json.dumps(granted)
    assert "ecr:PutImage" not in text
    (pull,) = [one for one in granted if "ecr:BatchGetImage" in one["Action"]]
    assert "repositoryfrontend" in pull["Resource"]
