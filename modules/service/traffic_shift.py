"""How CodeDeploy shifts the requests to a new version: one configuration for all services of the layer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.codedeploy_deployment_config import (
    CodedeployDeploymentConfig,
    CodedeployDeploymentConfigTrafficRoutingConfig,
    CodedeployDeploymentConfigTrafficRoutingConfigTimeBasedCanary,
    CodedeployDeploymentConfigTrafficRoutingConfigTimeBasedLinear,
)
from constructs import Construct

from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from config.deployment import DeploymentSettings

_ALL_AT_ONCE: Final = "CodeDeployDefault.ECSAllAtOnce"
"""AWS's own: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html"""

_Canary = CodedeployDeploymentConfigTrafficRoutingConfigTimeBasedCanary
_Linear = CodedeployDeploymentConfigTrafficRoutingConfigTimeBasedLinear


class TrafficShift(Construct):
    """A deployment configuration of the settings, or AWS's own where all requests go at once.

    AWS has no update of a configuration, and deletes none that a deployment group uses. So its name has all that it
    says, and with other settings the new one is there before the old one is deleted.
    """

    def __init__(self, scope: Construct, id_: str, *, config: DeploymentSettings, label: Label) -> None:
        super().__init__(scope, id_)
        self._configuration: CodedeployDeploymentConfig | None = None
        if config.traffic == "all_at_once":
            return
        percent, minutes = config.step_percent, config.step_minutes
        self._configuration = CodedeployDeploymentConfig(
            self,
            "Default",
            deployment_config_name=label.name(
                f"{config.traffic}-{percent}-percent-{minutes}-minutes", limit=NameLimit.CODEDEPLOY
            ),
            compute_platform="ECS",
            traffic_routing_config=CodedeployDeploymentConfigTrafficRoutingConfig(
                type="TimeBasedCanary", time_based_canary=_Canary(percentage=percent, interval=minutes)
            )
            if config.traffic == "canary"
            else CodedeployDeploymentConfigTrafficRoutingConfig(
                type="TimeBasedLinear", time_based_linear=_Linear(percentage=percent, interval=minutes)
            ),
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

    @cached_property
    def name(self) -> str:
        """Name of the configuration, for deployment groups."""
        return self._configuration.deployment_config_name if self._configuration else _ALL_AT_ONCE
