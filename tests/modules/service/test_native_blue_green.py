"""ECS's own blue/green, as far as the bindings in use can show it; `make future` has bindings with its arguments."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from cdktf_cdktf_provider_aws import ecs_service

from config import deployment
from config.deployment import DeploymentSettings
from modules.service.deployment_strategy import BlueGreen, Rolling, strategy_for
from modules.service.native_blue_green import NativeBlueGreen
from modules.service.target_groups import TargetGroups
from tests.modules.service.parts import Parts, settings
from tests.template import LABEL, Template, statements


@pytest.fixture(autouse=True)
def newer_bindings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The classes that newer bindings have, which here only keep their arguments."""
    monkeypatch.setattr(deployment, "has_native_blue_green", lambda: True)
    for name in (
        "DeploymentConfiguration",
        "DeploymentConfigurationCanaryConfiguration",
        "DeploymentConfigurationLinearConfiguration",
        "LoadBalancerAdvancedConfiguration",
    ):
        monkeypatch.setattr(ecs_service, f"EcsService{name}", SimpleNamespace, raising=False)


def strategy(**values: Any) -> NativeBlueGreen:
    config = DeploymentSettings.model_validate({"strategy": "native_blue_green"} | values)
    made = strategy_for(config, is_load_balanced=True)
    assert isinstance(made, NativeBlueGreen)
    return made


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"traffic": "canary", "step_percent": 10, "step_minutes": 7},
            {
                "strategy": "CANARY",
                "canary_configuration": SimpleNamespace(canary_percent=10, canary_bake_time_in_minutes="7"),
            },
        ),
        (
            {"traffic": "linear", "step_percent": 20, "step_minutes": 3},
            {
                "strategy": "LINEAR",
                "linear_configuration": SimpleNamespace(step_percent=20, step_bake_time_in_minutes="3"),
            },
        ),
        ({"traffic": "all_at_once"}, {"strategy": "BLUE_GREEN"}),
    ],
)
def test_the_settings_of_the_shift_are_those_of_ecs(values: dict[str, Any], expected: dict[str, Any]) -> None:
    arguments = strategy(**values, keep_old_minutes=30).service_arguments(
        alarm_names=["one"], traffic=["rule.id"], ports=["group.port"]
    )
    assert vars(arguments["deployment_configuration"]) == expected | {"bake_time_in_minutes": "30"}
    assert arguments["deployment_controller"].type == "ECS"
    assert arguments["alarms"].rollback is True
    assert arguments["deployment_circuit_breaker"].rollback is True


def test_a_service_without_requests_uses_rolling() -> None:
    config = DeploymentSettings.model_validate({"strategy": "native_blue_green"})
    assert isinstance(strategy_for(config, is_load_balanced=False), Rolling)


def test_ecs_gets_both_target_groups_the_rule_and_a_role_that_changes_nothing_else() -> None:
    parts = Parts.make()
    native = strategy()
    assert parts.load_balancer is not None
    target = TargetGroups(
        parts.stack,
        "target",
        config=settings(),
        label=LABEL,
        name="api",
        vpc=parts.vpc,
        load_balancer=parts.load_balancer,
        strategy=native,
    )
    role = native.shift_role(parts.stack, label=LABEL, name="api", target=target)
    advanced = native.load_balancer_arguments(role=role, target=target)["advanced_configuration"]
    assert target.arns[0] == target.arn
    assert vars(advanced) == {
        "alternate_target_group_arn": target.arns[1],
        "production_listener_rule": target.rule_arns[0],
        "role_arn": role.arn,
    }
    made = Template.of(parts.stack)
    groups = {f"${{aws_lb_target_group.{name}.arn}}" for name in made.all("aws_lb_target_group")}
    (rule,) = made.all("aws_lb_listener_rule")
    assert made.named(f"aws_lb_listener_rule.{rule}")["lifecycle"]["ignore_changes"] == ["action"]
    (policy,) = made.all("aws_iam_role_policy").values()
    found = {str(one["Action"]): one["Resource"] for one in statements(policy["policy"])}
    registers = "['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets']"
    assert set(found[registers]) == groups
    assert found["elasticloadbalancing:ModifyRule"] == f"${{aws_lb_listener_rule.{rule}.arn}}"
    assert {action for action, resource in found.items() if resource == "*"} == {
        action for action in found if "Describe" in action
    }
    (trust,) = statements(made.only("aws_iam_role")["assume_role_policy"])
    assert trust["Principal"] == {"Service": "ecs.amazonaws.com"}


@pytest.mark.parametrize("other", [Rolling(), BlueGreen(test_port=8443)])
def test_the_other_strategies_give_ecs_no_role_and_no_rule(other: Rolling | BlueGreen) -> None:
    parts = Parts.make(strategy="blue_green")
    target = parts.service().target
    assert target is not None
    assert other.load_balancer_arguments(role=None, target=target) == {}
    before = Template.of(parts.stack).addresses
    other.shift_role(parts.stack, label=LABEL, name="api", target=target)
    assert Template.of(parts.stack).addresses == before
