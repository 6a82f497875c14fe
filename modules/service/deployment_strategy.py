"""How a new version replaces the old: one setting, two strategies, and all that each of them needs elsewhere.

Whoever builds a part asks the strategy what it needs of it. A third strategy (ECS's own blue/green, which the provider
knows from 6.4 on) is one more class here.
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.deployment import DeploymentSettings

# The pipeline sets the first with each release, auto-scaling the second every minute.
_SET_BY_OTHERS: Final = ["task_definition", "desired_count"]
# CodeDeploy creates these again with each deployment, from appspec.yaml, and AWS refuses them in an update:
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
_SET_BY_CODEDEPLOY: Final = [
    *_SET_BY_OTHERS,
    "load_balancer",
    "network_configuration",
    "platform_version",
    "capacity_provider_strategy",
]


class DeploymentStrategy(Protocol):
    """What the parts of a service must know of how it is deployed."""

    @property
    def colors(self) -> tuple[str, ...]:
        """A target group for each; the first takes the traffic at first."""

    @property
    def test_port(self) -> int | None:
        """Where a new version is reached before it takes traffic."""

    @property
    def listener_lifecycle(self) -> TerraformResourceLifecycle | None:
        """For listeners."""

    @property
    def rule_lifecycle(self) -> TerraformResourceLifecycle | None:
        """For the rules that send traffic to the target groups."""

    def service_arguments(self, *, alarm_names: Sequence[str]) -> dict[str, Any]:
        """Arguments of the ECS service; `alarm_names` take a deployment back."""


@dataclass(frozen=True)
class Rolling:
    """ECS starts new tasks, waits until they are well, stops old ones, and goes back by itself if they are not."""

    colors: tuple[str, ...] = ("only",)
    test_port: int | None = None
    listener_lifecycle: TerraformResourceLifecycle | None = None
    rule_lifecycle: TerraformResourceLifecycle | None = None

    def service_arguments(self, *, alarm_names: Sequence[str]) -> dict[str, Any]:
        """Never fewer tasks than wanted, at most twice as many."""
        return {
            "deployment_controller": EcsServiceDeploymentController(type="ECS"),
            "deployment_circuit_breaker": EcsServiceDeploymentCircuitBreaker(enable=True, rollback=True),
            "deployment_minimum_healthy_percent": 100,
            "deployment_maximum_percent": 200,
            "alarms": EcsServiceAlarms(enable=True, rollback=True, alarm_names=list(alarm_names))
            if alarm_names
            else None,
            "availability_zone_rebalancing": "ENABLED",
            "lifecycle": TerraformResourceLifecycle(ignore_changes=_SET_BY_OTHERS),
        }


@dataclass(frozen=True, kw_only=True)
class BlueGreen:
    """CodeDeploy starts the new version beside the old one and shifts the traffic between two target groups."""

    test_port: int | None
    colors: tuple[str, ...] = ("blue", "green")

    @property
    def listener_lifecycle(self) -> TerraformResourceLifecycle:
        """CodeDeploy rewrites actions into weighted forwards; to undo that would cut the traffic."""
        return TerraformResourceLifecycle(ignore_changes=["default_action"])

    @property
    def rule_lifecycle(self) -> TerraformResourceLifecycle:
        """The same for rules."""
        return TerraformResourceLifecycle(ignore_changes=["action"])

    def service_arguments(self, *, alarm_names: Sequence[str]) -> dict[str, Any]:  # noqa: ARG002 (CodeDeploy's own)
        """The alarms, and what is rolled back, belong to the deployment group."""
        return {
            "deployment_controller": EcsServiceDeploymentController(type="CODE_DEPLOY"),
            # Moving tasks is a deployment, and those are CodeDeploy's here.
            "availability_zone_rebalancing": "DISABLED",
            "lifecycle": TerraformResourceLifecycle(ignore_changes=_SET_BY_CODEDEPLOY),
        }


def strategy_for(config: DeploymentSettings, *, served: bool) -> DeploymentStrategy:
    """The strategy that a service gets: one without target groups has no traffic to shift, so it rolls."""
    if config.strategy == "blue_green" and served:
        return BlueGreen(test_port=config.test_port)
    return Rolling()
