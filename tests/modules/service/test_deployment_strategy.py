"""What each strategy leaves to others, and what it holds."""

from __future__ import annotations

from config.deployment import DeploymentSettings
from modules.service.deployment_strategy import BlueGreen, Rolling, strategy_for
from tests.modules.service.parts import Parts
from tests.template import Template


def test_a_rolling_service_goes_back_by_itself() -> None:
    parts = Parts.make(strategy="rolling")
    parts.service()
    service = Template.of(parts.stack).only("aws_ecs_service")
    assert service["deployment_controller"] == {"type": "ECS"}
    assert service["deployment_circuit_breaker"] == {"enable": True, "rollback": True}
    assert service["alarms"]["rollback"] is True
    assert len(service["alarms"]["alarm_names"]) == 2
    assert (service["deployment_minimum_healthy_percent"], service["deployment_maximum_percent"]) == (100, 200)
    assert service["lifecycle"]["ignore_changes"] == ["task_definition", "desired_count"]


def test_a_blue_green_service_leaves_to_codedeploy_what_is_codedeploys() -> None:
    parts = Parts.make(strategy="blue_green")
    parts.service()
    template = Template.of(parts.stack)
    service = template.only("aws_ecs_service")
    assert service["deployment_controller"] == {"type": "CODE_DEPLOY"}
    assert set(service["lifecycle"]["ignore_changes"]) == {
        "task_definition",
        "load_balancer",
        "desired_count",
        "network_configuration",
        "platform_version",
        "capacity_provider_strategy",
    }
    assert service["wait_for_steady_state"] is False
    refused = {"force_new_deployment", "deployment_circuit_breaker", "alarms", "deployment_maximum_percent"}
    assert not refused & set(service)
    forwarding = [r for r in template.all("aws_lb_listener").values() if r["protocol"] == "HTTPS"]
    assert len(forwarding) == 2
    assert all(listener["lifecycle"]["ignore_changes"] == ["default_action"] for listener in forwarding)
    rules = template.all("aws_lb_listener_rule").values()
    assert len(rules) == 2
    assert all(rule["lifecycle"]["ignore_changes"] == ["action"] for rule in rules)


def test_blue_green_has_a_pair_of_target_groups_and_a_rule_on_each_listener() -> None:
    parts = Parts.make(strategy="blue_green")
    service = parts.service()
    assert service.target is not None
    assert list(service.target.arn_suffixes) == ["blue", "green"]
    template = Template.of(parts.stack)
    assert len(template.all("aws_lb_target_group")) == 2
    listeners = template.all("aws_lb_listener").items()
    https = {f"${{aws_lb_listener.{name}.arn}}" for name, listener in listeners if listener["port"] != 80}
    assert {rule["listener_arn"] for rule in template.all("aws_lb_listener_rule").values()} == https


def test_a_service_without_requests_rolls_whatever_the_setting() -> None:
    settings = DeploymentSettings(strategy="blue_green")
    assert isinstance(strategy_for(settings, is_load_balanced=False), Rolling)
    assert isinstance(strategy_for(settings, is_load_balanced=True), BlueGreen)
    parts = Parts.make(strategy="blue_green")
    parts.service(path_patterns=(), priority=None)
    template = Template.of(parts.stack)
    service = template.only("aws_ecs_service")
    assert service["deployment_controller"] == {"type": "ECS"}
    assert "load_balancer" not in service
    assert "health_check_grace_period_seconds" not in service
    assert not template.all("aws_lb_target_group")
