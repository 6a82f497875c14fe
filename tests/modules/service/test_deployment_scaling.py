"""What calls the function that suspends scaling, and what it may do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules.service.deployment_scaling import DeploymentScaling
from tests.modules.service.releases import Releases
from tests.template import LABEL, Template, statements


def template(*, sleeps: bool = False) -> Template:
    releases = Releases.make()
    service = releases.parts.service()
    DeploymentScaling(
        releases.parts.stack,
        "scaling",
        label=LABEL,
        cluster=releases.parts.cluster,
        deployed=[(service, releases.group(service))],
        sleeps=sleeps,
        key=releases.parts.key,
        log_retention_days=30,
        topics=releases.parts.topics,
    )
    return Template.of(releases.parts.stack)


@pytest.fixture(scope="module")
def made() -> Template:
    return template()


def function(made: Template) -> dict[str, Any]:
    (found,) = [one for name, one in made.all("aws_lambda_function").items() if "scaling" in name]
    return found


def test_deployments_that_start_or_end_call_it(made: Template) -> None:
    rule = made.only("aws_cloudwatch_event_rule")
    pattern = json.loads(rule["event_pattern"])
    assert pattern["detail"]["state"] == ["START", "SUCCESS", "FAILURE", "STOP"]
    assert pattern["detail"]["application"] == ["${aws_codedeploy_deployment_group.api-deployment.app_name}"]
    assert made.only("aws_cloudwatch_event_target")["arn"].startswith("${aws_lambda_function.scaling_function")


def test_only_that_rule_may_call_it(made: Template) -> None:
    permission = made.only("aws_lambda_permission")
    assert permission["principal"] == "events.amazonaws.com"
    assert permission["source_arn"].startswith("${aws_cloudwatch_event_rule.scaling_rule")


def test_it_runs_every_five_minutes_too(made: Template) -> None:
    assert made.only("aws_scheduler_schedule")["schedule_expression"] == "rate(5 minutes)"


@pytest.mark.parametrize("sleeps", [True, False])
def test_it_knows_the_services_and_whether_they_sleep(sleeps: bool) -> None:  # noqa: FBT001
    variables = function(template(sleeps=sleeps))["environment"]["variables"]
    assert json.loads(variables["SERVICES"]) == {
        "${aws_ecs_service.api.name}": "${aws_codedeploy_deployment_group.api-deployment.app_name}"
    }
    assert variables["SLEEPS"] == str(sleeps).lower()


def test_it_changes_the_scaling_of_its_services_only(made: Template) -> None:
    policy = made.named("aws_iam_role_policy.scaling_function_role_permissions")["policy"]
    allowed = {
        action: statement["Resource"]
        for statement in statements(policy)
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert "scaling" in allowed["application-autoscaling:RegisterScalableTarget"]
    assert allowed["ecs:UpdateService"] == "${aws_ecs_service.api.id}"
    assert allowed["codedeploy:ListDeployments"].endswith(
        ":deploymentgroup:${aws_codedeploy_deployment_group.api-deployment.app_name}"
        "/${aws_codedeploy_deployment_group.api-deployment.app_name}"
    )
    everywhere = {action for action, resource in allowed.items() if resource == "*"}
    assert everywhere == {
        "application-autoscaling:DescribeScalableTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
