"""ECS's own blue/green deployments, with bindings that have their arguments (docs/leaving-cdktf.md).

The bindings in use do not, so the classes are looked up by name when a service is made; `config/deployment.py` refuses
the setting before that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws import ecs_service

from modules.policy import Principal, Statement
from modules.role import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from config.deployment import DeploymentSettings
    from modules.label import Label
    from modules.service.target_groups import TargetGroups

_STRATEGIES: Final = {"canary": "CANARY", "linear": "LINEAR", "all_at_once": "BLUE_GREEN"}
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html"""
# A role that GitHub's apply role may not pass: see the page.
_ECS: Final = "ecs.amazonaws.com"


def _new(name: str, **arguments: object) -> Any:  # noqa: ANN401 (the bindings in use do not have the class)
    return getattr(ecs_service, f"EcsService{name}")(**arguments)


@dataclass(frozen=True, kw_only=True)
class NativeBlueGreen:
    """ECS starts the new version beside the old one and shifts the traffic between two target groups.

    There is no smoke test: its function reports to CodeDeploy. Alarms roll a deployment back, as with `rolling`.
    """

    config: DeploymentSettings
    has_pipeline: bool = True
    colors: tuple[str, ...] = ("blue", "green")
    test_port: int | None = None
    ignored_by_listeners: tuple[str, ...] = ()
    """ECS is given the rules, not the listeners."""

    def rule_lifecycle(self, target_groups: Sequence[str]) -> TerraformResourceLifecycle:
        """ECS changes the weights of a rule in each deployment; reverting them would interrupt the traffic."""
        return TerraformResourceLifecycle(ignore_changes=["action"], replace_triggered_by=list(target_groups))

    def service_arguments(
        self,
        *,
        alarm_names: Sequence[str],
        traffic: Sequence[str],
        ports: Sequence[str],  # noqa: ARG002 (of the groups in traffic)
    ) -> dict[str, Any]:
        """The shift, and what stops it."""
        ignored = ["task_definition", "desired_count"] if self.has_pipeline else ["desired_count"]
        return {
            "deployment_controller": ecs_service.EcsServiceDeploymentController(type="ECS"),
            "deployment_circuit_breaker": ecs_service.EcsServiceDeploymentCircuitBreaker(enable=True, rollback=True),
            "deployment_configuration": self._configuration(),
            "deployment_minimum_healthy_percent": 100,
            "deployment_maximum_percent": 200,
            "alarms": ecs_service.EcsServiceAlarms(enable=True, rollback=True, alarm_names=list(alarm_names))
            if alarm_names
            else None,
            "availability_zone_rebalancing": "ENABLED",
            "lifecycle": TerraformResourceLifecycle(
                ignore_changes=ignored,
                # A new rule forwards to the first color, also while the tasks are in the second one.
                replace_triggered_by=list(traffic),
            ),
        }

    def _configuration(self) -> Any:  # noqa: ANN401 (see _new)
        config, shift = self.config, {}
        minutes = str(config.step_minutes)
        if config.traffic == "canary":
            shift["canary_configuration"] = _new(
                "DeploymentConfigurationCanaryConfiguration",
                canary_percent=config.step_percent,
                canary_bake_time_in_minutes=minutes,
            )
        elif config.traffic == "linear":
            shift["linear_configuration"] = _new(
                "DeploymentConfigurationLinearConfiguration",
                step_percent=config.step_percent,
                step_bake_time_in_minutes=minutes,
            )
        return _new(
            "DeploymentConfiguration",
            strategy=_STRATEGIES[config.traffic],
            bake_time_in_minutes=str(config.keep_old_minutes),
            **shift,
        )

    def shift_role(self, scope: Construct, *, label: Label, name: str, target: TargetGroups) -> Role:
        """What AWS's policy for this role allows on everything, on the traffic of one service.

        https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
        """
        role = Role(
            scope,
            "shift-role",
            label=label,
            name=f"{name}-shift",
            trust=Statement(actions=("sts:AssumeRole",), principal=Principal.service(_ECS)),
            description=f"ECS shifts the requests of {name} with it",
        )
        role.add_to_policy(
            Statement(
                actions=(
                    "elasticloadbalancing:DescribeListeners",
                    "elasticloadbalancing:DescribeRules",
                    "elasticloadbalancing:DescribeTargetGroups",
                    "elasticloadbalancing:DescribeTargetHealth",
                ),
                resources=("*",),
            ),
            Statement(
                actions=("elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"),
                resources=tuple(target.arns),
            ),
            Statement(
                actions=("elasticloadbalancing:ModifyListener",),
                resources=tuple(target.load_balancer.listener_arns.values()),
            ),
            Statement(actions=("elasticloadbalancing:ModifyRule",), resources=tuple(target.rule_arns)),
        )
        return role

    def load_balancer_arguments(self, *, role: Role | None, target: TargetGroups) -> dict[str, Any]:
        """Both target groups, the rule that forwards to them, and the role by which ECS changes it."""
        return {
            "advanced_configuration": _new(
                "LoadBalancerAdvancedConfiguration",
                alternate_target_group_arn=target.arns[1],
                production_listener_rule=target.rule_arns[0],
                role_arn=role.arn if role else None,
            )
        }
