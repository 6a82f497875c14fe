"""The deployment group of a service: what it shifts, when it rolls back, and what CodeDeploy may do."""

from __future__ import annotations

from typing import Any

import pytest

from modules.errors import WiringError
from modules.service.deployment_group import DeploymentGroup
from tests.modules.service.releases import Releases, release_template
from tests.template import Template, statements

GROUP = "aws_codedeploy_deployment_group"


@pytest.fixture(scope="module")
def made() -> Template:
    return release_template(keep_old_minutes=45)


@pytest.fixture(scope="module")
def granted(made: Template) -> list[dict[str, Any]]:
    return statements(made.named("aws_iam_role_policy.api-deployment_role_permissions")["policy"])


def resources_of(action: str, granted: list[dict[str, Any]]) -> list[str]:
    (found,) = [
        one for one in granted if action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    ]
    return [found["Resource"]] if isinstance(found["Resource"], str) else list(found["Resource"])


def test_it_names_the_service_both_target_groups_and_both_listeners(made: Template) -> None:
    group = made.only(GROUP)
    assert group["ecs_service"] == {
        "cluster_name": "${aws_ecs_cluster.cluster.name}",
        "service_name": "${aws_ecs_service.api.name}",
    }
    pair = group["load_balancer_info"]["target_group_pair_info"]
    names = [one["name"] for one in pair["target_group"]]
    assert ["_blue_" in names[0], "_green_" in names[1], len(names)] == [True, True, 2]
    assert "load-balancer_https" in pair["prod_traffic_route"]["listener_arns"][0]
    assert "load-balancer_test" in pair["test_traffic_route"]["listener_arns"][0]
    assert made.only("aws_codedeploy_app")["compute_platform"] == "ECS"


def test_the_old_tasks_stay_for_a_while_and_then_end(made: Template) -> None:
    config = made.only(GROUP)["blue_green_deployment_config"]
    assert config["terminate_blue_instances_on_deployment_success"] == {
        "action": "TERMINATE",
        "termination_wait_time_in_minutes": 45,
    }
    assert config["deployment_ready_option"] == {"action_on_timeout": "CONTINUE_DEPLOYMENT"}


def test_it_rolls_back_on_failures_and_on_the_alarms_of_the_service(made: Template) -> None:
    group = made.only(GROUP)
    assert group["auto_rollback_configuration"] == {
        "enabled": True,
        "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
    }
    watched = group["alarm_configuration"]
    assert (watched["enabled"], watched["ignore_poll_alarm_failure"]) == (True, False)
    kinds = {name.split("alarms_")[-1].split("_")[0] for name in watched["alarms"]}
    assert {"errors", "latency", "connections", "absence"} < kinds
    assert any("load-balancer_own-errors" in name for name in watched["alarms"])


def test_the_role_has_each_action_on_what_this_group_deploys(granted: list[dict[str, Any]]) -> None:
    assert resources_of("ecs:UpdateServicePrimaryTaskSet", granted) == ["${aws_ecs_service.api.id}"]
    (task_sets,) = resources_of("ecs:CreateTaskSet", granted)
    assert task_sets.endswith(":task-set/${aws_ecs_cluster.cluster.name}/${aws_ecs_service.api.name}/*")
    assert len(resources_of("elasticloadbalancing:ModifyListener", granted)) == 2
    assert all("listener_rule.api" in rule for rule in resources_of("elasticloadbalancing:ModifyRule", granted))
    (hook,) = resources_of("lambda:InvokeFunction", granted)
    assert "smoke-test" in hook


def test_the_role_passes_exactly_the_two_roles_of_the_tasks(granted: list[dict[str, Any]]) -> None:
    passed = resources_of("iam:PassRole", granted)
    assert ["execution-role" in passed[0], "task-role" in passed[1], len(passed)] == [True, True, 2]
    (statement,) = [one for one in granted if one["Action"] == "iam:PassRole"]
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def test_the_role_has_nothing_else_and_only_reads_everything(granted: list[dict[str, Any]]) -> None:
    everywhere = [one["Action"] for one in granted if one["Resource"] == "*"]
    assert everywhere == [
        [
            "cloudwatch:DescribeAlarms",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTargetGroups",
        ]
    ]
    assert len(granted) == 7


def test_only_codedeploy_assumes_the_role_and_no_managed_policy_is_attached(made: Template) -> None:
    role = made.named("aws_iam_role.api-deployment_role")
    (trust,) = statements(role["assume_role_policy"])
    # No page says that CodeDeploy sends the account, so a condition could lock it out.
    assert (trust["Principal"], trust.get("Condition")) == ({"Service": "codedeploy.amazonaws.com"}, None)
    assert not made.all("aws_iam_role_policy_attachment")


def test_the_group_waits_for_the_permissions_of_its_role(made: Template) -> None:
    (policy,) = made.only(GROUP)["depends_on"]
    assert policy.startswith("aws_iam_role_policy.api-deployment_role_permissions")


def test_a_service_without_requests_has_no_group() -> None:
    releases = Releases.make()
    worker = releases.parts.service("worker", path_patterns=(), priority=None)
    with pytest.raises(WiringError, match="worker has no test listener or no alarms: CodeDeploy cannot deploy it"):
        releases.group(worker)


def test_more_alarms_than_codedeploy_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    releases = Releases.make()
    service = releases.parts.service()
    monkeypatch.setattr(type(service.alarms), "names", [f"alarm-{number}" for number in range(11)])
    with pytest.raises(WiringError, match="watches 11 alarms; CodeDeploy takes 10 or fewer"):
        releases.group(service)


def test_a_pipeline_finds_application_and_group() -> None:
    releases = Releases.make()
    group = releases.group(releases.parts.service())
    assert isinstance(group, DeploymentGroup)
    made = Template.of(releases.parts.stack)
    assert made.only("aws_codedeploy_app")["name"] == "user-management-test-api"
    assert made.only(GROUP)["deployment_group_name"] == "user-management-test-api"
