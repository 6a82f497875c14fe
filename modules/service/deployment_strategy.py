"""How a new version replaces the old one: one setting, a class per strategy, and what each needs in other constructs.

Other constructs ask the strategy for what depends on it. ECS's own blue/green, which needs another provider, is in
`native_blue_green.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.ecs_service import (
    EcsServiceAlarms,
    EcsServiceDeploymentCircuitBreaker,
    EcsServiceDeploymentController,
)

from modules.service.native_blue_green import NativeBlueGreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from config.deployment import DeploymentSettings
    from modules.label import Label
    from modules.role import Role
    from modules.service.target_groups import TargetGroups

# Auto-scaling changes the one at any time, the pipeline the other with each release.
_SET_BY_SCALING: Final = ["desired_count"]
_SET_BY_OTHERS: Final = ["task_definition", *_SET_BY_SCALING]
# CodeDeploy sets these in each deployment, from appspec.yaml, and AWS refuses them in an update.
_SET_BY_CODEDEPLOY: Final = [
    *_SET_BY_OTHERS,
    "load_balancer",
    "network_configuration",
    "platform_version",
    "capacity_provider_strategy",
    # Neither an update nor appspec.yaml can change it: docs/services.md says how to.
    "enable_execute_command",
]


class DeploymentStrategy(Protocol):
    """What the other constructs of a service need to know about its deployments."""

    @property
    def colors(self) -> tuple[str, ...]:
        """One target group each; the first receives the traffic initially."""

    @property
    def test_port(self) -> int | None:
        """The port on which a new version can be tested before it receives traffic."""

    @property
    def ignored_by_listeners(self) -> tuple[str, ...]:
        """The arguments of listeners that something else than Terraform changes."""

    def rule_lifecycle(self, target_groups: Sequence[str]) -> TerraformResourceLifecycle | None:
        """Lifecycle of the rules that forward traffic to the target groups, which are passed by reference."""

    def service_arguments(
        self, *, alarm_names: Sequence[str], traffic: Sequence[str], ports: Sequence[str]
    ) -> dict[str, Any]:
        """Arguments of the ECS service.

        Args:
            alarm_names: Alarms that roll a deployment back.
            traffic: References to its target groups and to the rules that forward to them.
            ports: References to the ports of its target groups.
        """

    def shift_role(self, scope: Construct, *, label: Label, name: str, target: TargetGroups) -> Role | None:
        """The role by which ECS shifts the traffic; None if it does not."""

    def load_balancer_arguments(self, *, role: Role | None, target: TargetGroups) -> dict[str, Any]:
        """Further arguments of the ECS service's block `load_balancer`."""


@dataclass(frozen=True)
class Rolling:
    """ECS starts new tasks, waits until they are healthy, stops old ones, and rolls back automatically if they fail."""

    colors: tuple[str, ...] = ("only",)
    test_port: int | None = None
    ignored_by_listeners: tuple[str, ...] = ()
    has_pipeline: bool = True
    """Whether a pipeline sets the image; else Terraform does."""

    def rule_lifecycle(self, target_groups: Sequence[str]) -> TerraformResourceLifecycle | None:  # noqa: ARG002 (see below)
        """None: Terraform changes the rules itself."""
        return None

    def service_arguments(
        self,
        *,
        alarm_names: Sequence[str],
        traffic: Sequence[str],  # noqa: ARG002 (ECS takes new ones)
        ports: Sequence[str],
    ) -> dict[str, Any]:
        """Never fewer tasks than desired, at most twice as many."""
        return {
            "deployment_controller": EcsServiceDeploymentController(type="ECS"),
            "deployment_circuit_breaker": EcsServiceDeploymentCircuitBreaker(enable=True, rollback=True),
            "deployment_minimum_healthy_percent": 100,
            "deployment_maximum_percent": 200,
            "alarms": EcsServiceAlarms(enable=True, rollback=True, alarm_names=list(alarm_names))
            if alarm_names
            else None,
            "availability_zone_rebalancing": "ENABLED",
            # Else the provider replaces the service for another mix of Spot and on-demand tasks, with an interruption:
            # https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/ecs/service.go
            "force_new_deployment": True,
            "lifecycle": TerraformResourceLifecycle(
                ignore_changes=_SET_BY_OTHERS if self.has_pipeline else _SET_BY_SCALING,
                # The pipeline's task definition still has the old port, or none, and ECS refuses a target group for
                # another one ("did not have a container port"); the placeholder has the new one.
                replace_triggered_by=list(ports) if self.has_pipeline and ports else None,
            ),
        }

    def shift_role(self, scope: Construct, *, label: Label, name: str, target: TargetGroups) -> None:
        """None: ECS changes no rule."""

    def load_balancer_arguments(self, *, role: Role | None, target: TargetGroups) -> dict[str, Any]:  # noqa: ARG002 (ECS's own blue/green)
        """None."""
        return {}


@dataclass(frozen=True, kw_only=True)
class BlueGreen:
    """CodeDeploy starts the new version beside the old one and shifts the traffic between two target groups."""

    test_port: int | None
    colors: tuple[str, ...] = ("blue", "green")

    ignored_by_listeners: tuple[str, ...] = ("default_action",)
    """CodeDeploy changes the actions to weighted forwards; reverting them would interrupt the traffic."""

    def rule_lifecycle(self, target_groups: Sequence[str]) -> TerraformResourceLifecycle:
        """Ignored for rules too. They cannot be given new target groups either, so they are replaced with them."""
        return TerraformResourceLifecycle(ignore_changes=["action"], replace_triggered_by=list(target_groups))

    def service_arguments(
        self,
        *,
        alarm_names: Sequence[str],  # noqa: ARG002 (CodeDeploy's own)
        traffic: Sequence[str],
        ports: Sequence[str],  # noqa: ARG002 (of the groups in traffic)
    ) -> dict[str, Any]:
        """The deployment group has the alarms and the rollback settings."""
        return {
            "deployment_controller": EcsServiceDeploymentController(type="CODE_DEPLOY"),
            # Moving tasks between zones is a deployment, which only CodeDeploy may start here.
            "availability_zone_rebalancing": "DISABLED",
            "lifecycle": TerraformResourceLifecycle(
                ignore_changes=_SET_BY_CODEDEPLOY,
                # AWS gives a service no other target groups, and deletes none that is in use. A new rule forwards to
                # the first color, also while the tasks are in the second one: a new service starts in the first.
                replace_triggered_by=list(traffic),
            ),
        }

    def shift_role(self, scope: Construct, *, label: Label, name: str, target: TargetGroups) -> None:
        """None: CodeDeploy has its own."""

    def load_balancer_arguments(self, *, role: Role | None, target: TargetGroups) -> dict[str, Any]:  # noqa: ARG002 (ECS's own blue/green)
        """None."""
        return {}


def strategy_for(
    config: DeploymentSettings, *, is_load_balanced: bool, has_pipeline: bool = True
) -> DeploymentStrategy:
    """The strategy of a service: one without target groups has no traffic to shift, so it uses rolling updates."""
    if config.strategy == "blue_green" and is_load_balanced:
        return BlueGreen(test_port=config.test_port)
    if config.strategy == "native_blue_green" and is_load_balanced:
        return NativeBlueGreen(config=config, has_pipeline=has_pipeline)
    return Rolling(has_pipeline=has_pipeline)
