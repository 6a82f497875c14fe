"""The ECS cluster: Fargate and Fargate Spot, with log groups for metrics and shell sessions."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.ecs_cluster import (
    EcsCluster,
    EcsClusterConfiguration,
    EcsClusterConfigurationExecuteCommandConfiguration,
    EcsClusterConfigurationExecuteCommandConfigurationLogConfiguration,
    EcsClusterSetting,
)
from cdktf_cdktf_provider_aws.ecs_cluster_capacity_providers import (
    EcsClusterCapacityProviders,
    EcsClusterCapacityProvidersDefaultCapacityProviderStrategy,
)
from constructs import Construct

from modules.key import Key, KeyUse
from modules.label import Label, NameLimit
from modules.log_group import LogGroup
from modules.policy import Grantable, Statement

if TYPE_CHECKING:
    from cdktf import TerraformResource

    from config.cluster import ClusterSettings

ON_DEMAND: Final = "FARGATE"
SPOT: Final = "FARGATE_SPOT"


def cluster_name(label: Label) -> str:
    """Name of the cluster, for code that needs it without the cluster."""
    return label.name("cluster", limit=NameLimit.ECS)


def service_name(label: Label, name: str) -> str:
    """Name in ECS of a service of the settings, for code that needs it without the service."""
    return label.name(name, limit=NameLimit.ECS)


class Cluster(Construct):
    """A cluster on which a service runs on Spot only if its settings say so.

    Shell sessions (ECS Exec) are encrypted and logged; if the setting is off, no service allows them.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: ClusterSettings,
        label: Label,
        key: Key,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, id_)
        self._key = key
        self.execute_command = config.execute_command
        self.log_retention_days = log_retention_days
        self.has_insights = config.container_insights != "disabled"
        name = cluster_name(label)
        self._sessions = LogGroup(
            self,
            "sessions",
            label=label,
            name=label.path("service", "sessions"),
            retention_days=log_retention_days,
            key=key,
        )
        dependables = list(self._sessions.dependables)
        if self.has_insights:
            insights = LogGroup(
                self,
                "insights",
                label=label,
                # Container Insights writes to this log group only:
                # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/deploy-container-insights-ECS-cluster.html
                name=f"/aws/ecs/containerinsights/{name}/performance",
                retention_days=log_retention_days,
                key=key,
            )
            dependables += insights.dependables
        self._cluster = EcsCluster(
            self,
            "Default",
            name=name,
            setting=[EcsClusterSetting(name="containerInsights", value=config.container_insights)],
            configuration=EcsClusterConfiguration(
                execute_command_configuration=EcsClusterConfigurationExecuteCommandConfiguration(
                    kms_key_id=key.arn,
                    logging="OVERRIDE",
                    log_configuration=EcsClusterConfigurationExecuteCommandConfigurationLogConfiguration(
                        cloud_watch_encryption_enabled=True,
                        cloud_watch_log_group_name=self._sessions.name,
                    ),
                )
            ),
            depends_on=dependables,
        )
        self._providers = EcsClusterCapacityProviders(
            self,
            "capacity",
            cluster_name=self._cluster.name,
            capacity_providers=[ON_DEMAND, SPOT],
            default_capacity_provider_strategy=[
                EcsClusterCapacityProvidersDefaultCapacityProviderStrategy(capacity_provider=ON_DEMAND, weight=1)
            ],
        )

    @cached_property
    def arn(self) -> str:
        """ARN of the cluster."""
        return self._cluster.arn

    @property
    def name(self) -> str:
        """Name of the cluster."""
        return self._cluster.name

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before a service can use the capacity providers."""
        return [self._providers]

    @staticmethod
    def grant_channels(grantee: Grantable) -> None:
        """Allow the agent in the tasks of `grantee` to open the channels of Session Manager, which forwards ports."""
        grantee.add_to_policy(
            # The channels of the agent have no ARN, so AWS accepts no other resource:
            # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
            Statement(
                actions=(
                    "ssmmessages:CreateControlChannel",
                    "ssmmessages:CreateDataChannel",
                    "ssmmessages:OpenControlChannel",
                    "ssmmessages:OpenDataChannel",
                ),
                resources=("*",),
            )
        )

    def grant_sessions(self, grantee: Grantable) -> None:
        """Allow the tasks of `grantee` to run shell sessions and to log them."""
        self.grant_channels(grantee)
        grantee.add_to_policy(Statement(actions=("logs:DescribeLogGroups",), resources=("*",)))
        self._sessions.grant_write(grantee)
        self._key.grant_decrypt(grantee, KeyUse.sessions(self.name))
