"""What the role of a pipeline may do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from modules.delivery import pipeline_grants
from tests.modules.delivery.parts import Parts
from tests.template import LABEL

GROUP: Any = SimpleNamespace(application_name="app-api", name="app-api")
SERVICE: Any = SimpleNamespace(
    task=SimpleNamespace(family="user-management-test-api"),
    execution_role=SimpleNamespace(arn="arn:execution"),
    task_role=SimpleNamespace(arn="arn:task"),
)


def test_it_runs_its_own_builds_only() -> None:
    parts = Parts.make()
    project: Any = SimpleNamespace(arn="arn:project", name="project")
    place: Any = SimpleNamespace(store=parts.store)
    pipeline_grants.grant_builds(parts.role, [], [project], place=place)
    statement = parts.granted()["RunBuilds"]
    assert statement["Action"] == ["codebuild:BatchGetBuilds", "codebuild:StartBuild"]
    assert statement["Resource"] == "arn:project"


def test_it_uses_one_connection_by_both_names_of_the_service() -> None:
    parts = Parts.make()
    pipeline_grants.grant_connection(parts.role, "arn:connection")
    statement = parts.granted()["UseConnection"]
    assert statement["Action"] == ["codeconnections:UseConnection", "codestar-connections:UseConnection"]
    assert statement["Resource"] == "arn:connection"


def test_it_deploys_by_its_groups_and_hands_over_their_roles_to_tasks_only() -> None:
    parts = Parts.make()
    pipeline_grants.grant_blue_green(parts.role, LABEL, [GROUP], [SERVICE])
    granted = parts.granted()
    assert granted["Deploy"]["Resource"] == LABEL.arn("codedeploy", "deploymentgroup:app-api/app-api")
    assert granted["UseApplications"]["Resource"] == LABEL.arn("codedeploy", "application:app-api")
    assert granted["AllowPassRole"]["Resource"] == ["arn:execution", "arn:task"]
    assert granted["AllowPassRole"]["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def test_a_build_deploys_one_service_and_gives_its_roles_to_tasks_only() -> None:
    parts = Parts.make()
    service: Any = SimpleNamespace(**vars(SERVICE), arn="arn:service")
    pipeline_grants.grant_rolling(parts.role, LABEL, service)
    granted = parts.granted()
    assert granted["Deploy"]["Action"] == ["ecs:DescribeServices", "ecs:UpdateService"]
    assert granted["Deploy"]["Resource"] == "arn:service"
    assert granted["AllowPassRole"]["Resource"] == ["arn:execution", "arn:task"]


def test_it_tags_revisions_of_its_services_only() -> None:
    parts = Parts.make()
    pipeline_grants.grant_task_definitions(parts.role, LABEL, [SERVICE])
    assert parts.granted()["TagTaskDefinitions"]["Resource"] == LABEL.arn(
        "ecs", "task-definition/user-management-test-api:*"
    )
