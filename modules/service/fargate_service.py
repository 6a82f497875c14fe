"""A service on Fargate: its tasks, roles, log group, security group and scaling."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.ecs_service import (
    EcsService,
    EcsServiceCapacityProviderStrategy,
    EcsServiceLoadBalancer,
    EcsServiceNetworkConfiguration,
)
from constructs import Construct

from config.containers import backups_prefix
from config.health_codes import first_code
from modules.errors import WiringError
from modules.log_group import LogGroup
from modules.network.connections import Port, SecurityGroup
from modules.role import Role, ServicePrincipal
from modules.service import placeholder
from modules.service.auto_scaling import AutoScaling
from modules.service.capacity import capacity_shares
from modules.service.cluster import service_name
from modules.service.deployment_strategy import strategy_for
from modules.service.error_lines import ErrorLines
from modules.service.rollback_alarms import RollbackAlarms
from modules.service.service_metrics import ServiceMetrics
from modules.service.target_groups import TargetGroups
from modules.service.task import task_of
from modules.service.trace_collector import SEND_TRACES
from modules.service.warning_alarms import WarningAlarms
from modules.service.working_count import working_count
from templates import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf import TerraformResource

    from config.deployment import DeploymentSettings
    from config.services import ServiceSettings
    from modules.bucket import Bucket
    from modules.image_cache import Image
    from modules.key import Key
    from modules.label import Label
    from modules.metric import Metric, MetricExpression
    from modules.network.connections import Connections
    from modules.network.vpc import Vpc
    from modules.policy import Statement
    from modules.repository import Repository
    from modules.service.cluster import Cluster
    from modules.service.load_balancer import LoadBalancer
    from modules.service.release import Release
    from modules.topic import Topics

_PLATFORM_VERSION: Final = "LATEST"
_ANYWHERE: Final = "0.0.0.0/0"
_HTTPS: Final = Port.tcp(443)


class FargateService(Construct):
    """A service in the private subnets, whose roles have only the permissions that were granted.

    It starts with a placeholder image; from the first release on, the pipeline sets the image, or Terraform does if a
    `release` is given. `add_to_policy` and the grants of other constructs are for the application; the execution role
    is for ECS, which starts the tasks.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: ServiceSettings,
        deployment: DeploymentSettings,
        label: Label,
        name: str,
        vpc: Vpc,
        cluster: Cluster,
        load_balancer: LoadBalancer | None,
        repository: Repository,
        images: Mapping[str, Image],
        secrets: Mapping[str, str],
        parameters: Mapping[str, str],
        backups: Bucket | None,
        key: Key,
        topics: Topics | None,
        release: Release | None = None,
    ) -> None:
        """Create the service.

        Args:
            config: Its settings.
            deployment: How a release replaces the previous one.
            label: Names it.
            name: Its name in the settings.
            vpc: Its private subnets run the tasks.
            cluster: The cluster that runs it.
            load_balancer: Forwards requests to it; required for a service with path_patterns.
            repository: The repository of its images.
            images: Images of others: `placeholder`, and `collector` for a service with tracing.
            secrets: ARNs of parameters by the variable that gets their value; grant them to `execution_role`.
            parameters: Full names of parameters by the variable that gets the name; grant them to the service.
            backups: The bucket that it may write to; None if there is none, or if it may not.
            key: Encrypts its logs.
            topics: The topics of its alarms; required for a service with path_patterns.
            release: What it runs where no pipeline sets the image; None leaves the image to the pipeline.

        Raises:
            WiringError: It has path_patterns, but no load balancer or no topics.
        """
        super().__init__(scope, id_)
        self.name = name
        self._config = config
        self._vpc = vpc
        self._cluster = cluster
        self._region = label.region
        self._group = SecurityGroup(
            self,
            "security-group",
            label=label,
            vpc=vpc,
            name=name,
            description=f"Tasks of {name}",
            port=Port.tcp(config.port) if config.is_load_balanced else None,
        )
        self._logs = LogGroup(
            self,
            "logs",
            label=label,
            name=label.path("service", name),
            retention_days=cluster.log_retention_days,
            key=key,
        )
        self._error_lines = ErrorLines(
            self, "error-lines", config=config, label=label, name=name, log_group=self._logs, topics=topics
        )
        self.execution_role = Role(
            self,
            "execution-role",
            label=label,
            name=f"{name}-execution",
            service=ServicePrincipal.ECS_TASKS,
            description=f"ECS starts tasks of {name} with it",
        )
        self._logs.grant_write(self.execution_role)
        repository.grant_pull(self.execution_role)
        self.task_role = Role(
            self,
            "task-role",
            label=label,
            name=f"{name}-task",
            service=ServicePrincipal.ECS_TASKS,
            description=f"What the application {name} may do",
        )
        if cluster.execute_command:
            cluster.grant_sessions(self.task_role)
        if config.tracing:
            self.task_role.add_to_policy(SEND_TRACES)
        if backups:
            backups.grant_write(self.task_role, prefix=backups_prefix(name))

        self.task = task_of(
            config,
            label=label,
            name=name,
            cluster=cluster,
            log_group=self._logs.name,
            task_role=self.task_role,
            execution_role=self.execution_role,
            secrets=secrets,
            parameters=parameters,
            backups_bucket=backups.name if backups else None,
            collector_image=images["collector"] if config.tracing else None,
        )
        images["placeholder"].grant_pull(self.execution_role)
        if release and release.tag:
            revision = self.task.with_image(f"{repository.url}:{release.tag}")
        else:
            revision = self.task.with_placeholder(
                image=images["placeholder"].uri,
                command=placeholder.command(
                    port=config.port, protocol=config.protocol, status=first_code(config.health_codes)
                ),
            )
        first_revision = revision.resource(self, "task")

        strategy = strategy_for(deployment, is_load_balanced=config.is_load_balanced, has_pipeline=release is None)
        self.target: TargetGroups | None = None
        self.alarms: RollbackAlarms | None = None
        if config.is_load_balanced:
            if load_balancer is None or topics is None:
                raise WiringError(self, f"{name} has path_patterns: pass a load balancer and topics")
            self.connections.allow_from(load_balancer)
            self.target = TargetGroups(
                self,
                "target",
                config=config,
                label=label,
                name=name,
                vpc=vpc,
                load_balancer=load_balancer,
                strategy=strategy,
            )
        shift_role = (
            strategy.shift_role(self, label=label, name=name, target=self.target) if self.target is not None else None
        )
        full_name = service_name(label, name)
        if topics:
            self.alarms = RollbackAlarms(
                self,
                "alarms",
                config=deployment,
                label=label,
                name=name,
                target=self.target,
                working=working_count(
                    cluster=cluster,
                    service=full_name,
                    region=label.region,
                    target=self.target,
                    may_be_empty=config.min_count == 0,
                ),
                may_be_empty=config.min_count == 0,
                topics=topics,
            )
        self._foundations: list[TerraformResource] = [
            *cluster.dependables,
            *self._logs.dependables,
            *(self.target.dependables if self.target else []),
            *(shift_role.dependables if shift_role else []),
        ]
        self._service = EcsService(
            self,
            "Default",
            name=full_name,
            cluster=cluster.arn,
            task_definition=first_revision.arn,
            desired_count=config.initial_count,
            platform_version=_PLATFORM_VERSION,
            capacity_provider_strategy=[
                EcsServiceCapacityProviderStrategy(
                    capacity_provider=share.provider, base=share.base, weight=share.weight
                )
                for share in capacity_shares(config)
            ],
            network_configuration=EcsServiceNetworkConfiguration(
                subnets=vpc.private_subnet_ids, security_groups=[self._group.id], assign_public_ip=False
            ),
            load_balancer=[
                EcsServiceLoadBalancer(
                    target_group_arn=self.target.arn,
                    container_name=name,
                    container_port=config.port,
                    **strategy.load_balancer_arguments(role=shift_role, target=self.target),
                )
            ]
            if self.target
            else None,
            health_check_grace_period_seconds=config.health_check_grace_seconds if self.target else None,
            enable_execute_command=cluster.execute_command,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            # Terraform does not wait for the tasks: the first run the placeholder; the pipeline waits for later ones.
            wait_for_steady_state=False,
            depends_on=self._dependables(),
            **strategy.service_arguments(
                alarm_names=self.alarms.names if self.alarms else (),
                traffic=[*self.target.references, *self.target.rule_references] if self.target else (),
                ports=self.target.port_references if self.target else (),
            ),
        )
        self.scaling = AutoScaling(
            self,
            "scaling",
            config=config,
            label=label,
            name=name,
            resource_id=f"service/{cluster.name}/{self._service.name}",
            target=self.target,
        )
        self.metrics = ServiceMetrics(cluster=cluster, service=self.service_name, region=label.region)
        if topics:
            WarningAlarms(
                self,
                "warnings",
                config=config,
                label=label,
                name=name,
                target=self.target,
                metrics=self.metrics,
                topics=topics,
            )

    @property
    def connections(self) -> Connections:
        """Adds rules to its security group; databases allow it."""
        return self._group.connections

    @cached_property
    def arn(self) -> str:
        """ARN of the ECS service."""
        return self._service.id

    @property
    def service_name(self) -> str:
        """Name of the ECS service."""
        return self._service.name

    @property
    def cpu_percent(self) -> Metric:
        """CPU utilization of all tasks, on average."""
        return self.metrics.cpu_percent

    @property
    def memory_percent(self) -> Metric:
        """Memory utilization of all tasks, on average."""
        return self.metrics.memory_percent

    @property
    def error_percent(self) -> MetricExpression | None:
        """Share of its requests with a 5xx response; None if it takes no requests."""
        return self.target.error_percent if self.target else None

    @property
    def p95_response_seconds(self) -> MetricExpression | None:
        """95th percentile of the response time; None if it takes no requests."""
        return self.target.p95_response_seconds if self.target else None

    @property
    def error_log_count(self) -> Metric:
        """Error lines in its log."""
        return self._error_lines.count

    @property
    def log_group_name(self) -> str:
        """Log group of the application's output."""
        return self._logs.name

    def add_to_policy(self, *statements: Statement) -> None:
        """Add permissions of the application."""
        before = self._dependables()
        self.task_role.add_to_policy(*statements)
        if self._dependables() == before:
            return
        # The role's policy is created late, but the service must be destroyed before it, or its tasks never stop.
        self._service.depends_on = [f"{r.terraform_resource_type}.{r.friendly_unique_id}" for r in self._dependables()]

    def allow_to_internet(self) -> None:
        """Allow the tasks to call any address over HTTPS: AWS services and third parties, through NAT."""
        self.connections.allow_to_cidr(_ANYWHERE, name="internet", port=_HTTPS)

    def allow_to_s3(self, prefix_list_id: str) -> None:
        """Allow the tasks to reach S3 through its gateway endpoint; image layers are there too."""
        self.connections.allow_to_prefix_list(prefix_list_id, name="s3", port=_HTTPS)

    def release_files(self, *, hook: str | None = None) -> dict[str, str]:
        """The files that the pipeline deploys with, by name; `hook` tests a new version on the test listener."""
        files = {"taskdef.json": self.task.file()}
        if self.target:
            files["appspec.yaml"] = render(
                "appspec.yaml.j2",
                container=self.name,
                port=self._config.port,
                platform_version=_PLATFORM_VERSION,
                subnets=self._vpc.private_subnet_ids,
                security_groups=[self._group.id],
                capacity=capacity_shares(self._config),
                hook=hook,
            )
        return files

    def _dependables(self) -> list[TerraformResource]:
        return [*self._foundations, *self.execution_role.dependables, *self.task_role.dependables]
