"""When images are scanned and built again, what the function may do, and who learns of findings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from config.cluster import ClusterSettings
from config.delivery import DeliverySettings
from config.registry import RegistrySettings
from modules.delivery.image_updates import ImageUpdates
from modules.key import Key
from modules.repository import Repository
from modules.service.cluster import Cluster
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

BUILDS = {"repository": "acme/app", "branch": "main"}
REGISTRY = RegistrySettings(keep_builds=5, untagged_days=3, scanning="basic")
ALARM = "aws_cloudwatch_metric_alarm"


class Pipeline:
    """A pipeline as the function sees it."""

    full_name = "user-management-test-delivery"
    arn = "arn:pipeline"


def template(scanning: str = "basic", **settings: Any) -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="delivery", description="Releases", protect=False)
    cluster = Cluster(
        stack,
        "cluster",
        config=ClusterSettings(container_insights="disabled", execute_command=False),
        label=LABEL,
        key=key,
        log_retention_days=30,
    )
    ImageUpdates(
        stack,
        "updates",
        config=DeliverySettings.model_validate(settings or BUILDS),
        time_zone="Europe/Berlin",
        scanning=scanning,
        label=LABEL,
        key=key,
        log_retention_days=30,
        topics=topics_in(stack),
        cluster=cluster,
        repositories=[
            Repository(stack, name, config=REGISTRY, prefix="test", service=name, key=key, protect=False)
            for name in ("api", "site")
        ],
        pipeline=Pipeline(),  # type: ignore[arg-type]
    )
    return Template.of(stack)


@pytest.fixture(scope="module")
def made() -> Template:
    return template()


def allowed(made: Template) -> dict[str, dict[str, Any]]:
    """The statement of each action."""
    policy = made.named("aws_iam_role_policy.updates_function_role_permissions")["policy"]
    return {
        action: statement
        for statement in statements(policy)
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def schedules(made: Template) -> dict[str, tuple[str, str]]:
    """The time and the time zone of each action."""
    return {
        json.loads(one["target"]["input"])["action"]: (one["schedule_expression"], one["schedule_expression_timezone"])
        for one in made.all("aws_scheduler_schedule").values()
    }


def test_images_are_scanned_each_day_and_built_again_each_week(made: Template) -> None:
    assert schedules(made) == {
        "scan": ("cron(0 10 * * ? *)", "Europe/Berlin"),
        "rebuild": ("cron(30 10 ? * TUE *)", "Europe/Berlin"),
    }


def test_each_call_has_the_id_that_scheduler_gives_it(made: Template) -> None:
    for schedule in made.all("aws_scheduler_schedule").values():
        assert json.loads(schedule["target"]["input"])["id"] == "<aws.scheduler.execution-id>"


@pytest.mark.parametrize("settings", [{"release_from": "staging"}, {**BUILDS, "updates": {"rebuild": "never"}}])
def test_without_a_run_images_are_only_scanned(settings: dict[str, Any]) -> None:
    assert set(schedules(template(**settings))) == {"scan"}


def test_it_starts_its_own_pipeline_only(made: Template) -> None:
    assert allowed(made)["codepipeline:StartPipelineExecution"]["Resource"] == "arn:pipeline"
    assert not any(action.startswith("codepipeline:") for action in allowed(template(release_from="staging")))


def test_it_scans_the_repositories_of_the_services_only(made: Template) -> None:
    resources = allowed(made)["ecr:StartImageScan"]["Resource"]
    assert [one.split(".")[1] for one in resources] == ["api", "site"]


def test_it_lists_the_tasks_of_its_cluster_and_publishes_its_metrics_only(made: Template) -> None:
    found = allowed(made)
    assert found["ecs:ListTasks"]["Condition"] == {"ArnEquals": {"ecs:cluster": "${aws_ecs_cluster.cluster.arn}"}}
    assert found["ecs:DescribeTasks"]["Resource"].endswith(":task/${aws_ecs_cluster.cluster.name}/*")
    assert found["cloudwatch:PutMetricData"]["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "user-management-test/images"}
    }


def test_it_is_within_the_boundary_of_the_delivery(made: Template) -> None:
    role = made.named("aws_iam_role.updates_function_role")
    assert role["permissions_boundary"].endswith("delivery-boundary")


def test_a_finding_is_critical_and_an_old_image_a_warning(made: Template) -> None:
    alarms = {one["alarm_name"].split("test-")[1]: one for one in made.all(ALARM).values()}
    assert alarms["vulnerable-images"]["threshold"] == 1
    assert "critical" in alarms["vulnerable-images"]["alarm_actions"][0]
    assert (alarms["old-images"]["threshold"], "warning" in alarms["old-images"]["alarm_actions"][0]) == (30, True)
    assert {alarms[name]["treat_missing_data"] for name in ("vulnerable-images", "old-images")} == {"ignore"}


def test_inspector_scans_by_itself_and_sends_its_own_events() -> None:
    made = template("enhanced")
    assert "ecr:StartImageScan" not in allowed(made)
    assert "inspector2:ListFindings" in allowed(made)
    assert not any("vulnerable-images" in one["alarm_name"] for one in made.all(ALARM).values())


@pytest.mark.parametrize(("on_findings", "told"), [(True, "true"), (False, "false")])
def test_it_knows_what_to_do_with_a_finding(on_findings: bool, told: str) -> None:  # noqa: FBT001
    made = template(
        **BUILDS, allowed_findings=("CVE-2026-1", "CVE-2026-2"), updates={"rebuild_on_findings": on_findings}
    )
    variables = made.only("aws_lambda_function")["environment"]["variables"]
    assert (variables["REBUILD_ON_FINDINGS"], variables["ALLOWED_FINDINGS"]) == (told, "CVE-2026-1 CVE-2026-2")
