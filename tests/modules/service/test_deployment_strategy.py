"""What each strategy ignores for CodeDeploy and the pipeline, and what it sets."""

from __future__ import annotations

import inspect

from cdktf import TerraformMetaArguments
from cdktf_cdktf_provider_aws.ecs_service import EcsServiceConfig

from config.deployment import UPDATABLE_WITH_CODEDEPLOY, DeploymentSettings
from modules.service.deployment_strategy import (
    BlueGreen,
    Rolling,
    strategy_for,
)
from tests.modules.service.parts import Parts
from tests.template import Template


def test_a_rolling_service_rolls_back_automatically() -> None:
    parts = Parts.make(strategy="rolling")
    parts.service()
    service = Template.of(parts.stack).only("aws_ecs_service")
    assert service["deployment_controller"] == {"type": "ECS"}
    assert service["deployment_circuit_breaker"] == {"enable": True, "rollback": True}
    assert service["alarms"]["rollback"] is True
    assert len(service["alarms"]["alarm_names"]) == 5
    assert (service["deployment_minimum_healthy_percent"], service["deployment_maximum_percent"]) == (100, 200)
    assert service["lifecycle"]["ignore_changes"] == ["task_definition", "desired_count"]


def test_a_rolling_service_takes_another_share_of_spot_in_place_and_is_replaced_for_another_port_only() -> None:
    parts = Parts.make(strategy="rolling")
    parts.service()
    template = Template.of(parts.stack)
    service = template.only("aws_ecs_service")
    (group,) = template.all("aws_lb_target_group")
    assert service["force_new_deployment"] is True
    assert service["lifecycle"]["replace_triggered_by"] == [f"aws_lb_target_group.{group}.port"]


def test_a_blue_green_service_ignores_what_codedeploy_changes() -> None:
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
        "enable_execute_command",
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


def test_a_service_without_requests_uses_rolling_whatever_the_setting() -> None:
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


# Arguments of aws_ecs_service that an update never sends: Terraform's own, and those that replace the service.
# https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/ecs/service.go
OF_TERRAFORM = {"id", "force_delete", "timeouts", "triggers", "wait_for_steady_state"}
REPLACING = {"name", "cluster", "deployment_controller", "iam_role", "launch_type", "scheduling_strategy"}
# Tags have an operation of their own.
TAGS = {"tags", "tags_all"}
NEVER_SET = {
    "alarms",
    "deployment_circuit_breaker",
    "force_new_deployment",
    "service_connect_configuration",
    "service_registries",
    "volume_configuration",
    "vpc_lattice_configurations",
}
CONSTANT = {"availability_zone_rebalancing": "DISABLED"}


def test_every_argument_of_the_provider_is_allowed_ignored_constant_or_not_set_with_codedeploy() -> None:
    parameters = set(inspect.signature(EcsServiceConfig.__init__).parameters)
    of_cdktf = {"self", *inspect.signature(TerraformMetaArguments.__init__).parameters}
    parts = Parts.make(strategy="blue_green")
    parts.service()
    service = Template.of(parts.stack).only("aws_ecs_service")
    ignored = set(service["lifecycle"]["ignore_changes"])
    known = UPDATABLE_WITH_CODEDEPLOY | ignored | OF_TERRAFORM | REPLACING | TAGS | NEVER_SET | set(CONSTANT)
    assert parameters - of_cdktf == known, "a new argument: find out whether AWS lets an update change it"
    assert not NEVER_SET & set(service)
    assert {key: service[key] for key in CONSTANT} == CONSTANT
    assert not ignored & UPDATABLE_WITH_CODEDEPLOY - {"desired_count"}
