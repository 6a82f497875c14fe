"""Layer `service`: the cluster, the load balancer and the services behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modules.edge.web_acl import WebAcl
from modules.errors import WiringError
from modules.event_messages import EventMessages
from modules.service.cluster import Cluster
from modules.service.deployment_group import DeploymentGroup
from modules.service.deployment_scaling import DeploymentScaling
from modules.service.deployment_strategy import strategy_for
from modules.service.fargate_service import FargateService
from modules.service.load_balancer import LoadBalancer
from modules.service.release import Release
from modules.service.release_files import ReleaseFiles
from modules.service.service_events import service_messages
from modules.service.smoke_test import SmokeTest
from modules.service.traffic_shift import TrafficShift
from modules.service.tunnel import Tunnel
from stacks.base import LayerStack, topics_for
from stacks.service_traffic import ServiceTraffic
from synthesis.manifest import METADATA, TUNNEL

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from config.services import ServiceSettings
    from modules.domain.health_check import HealthCheck
    from modules.domain.serving_check import ServingCheck
    from modules.service.data_source import DataSource
    from modules.service.origin import Origin
    from stacks.domain import DomainStack, StandbyDomainStack
    from stacks.network import NetworkStack
    from stacks.notifications import NotificationsStack
    from stacks.registry import Images
    from stacks.state import StateStack


class ServiceStack(LayerStack):
    """ECS cluster, one Fargate service per [services.<name>] table, and the load balancer if its table exists."""

    layer: ClassVar[str] = "service"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        state: StateStack,
        notifications: NotificationsStack | None,
        network: NetworkStack,
        registry: Images,
        data: DataSource | None,
        domain: DomainStack | StandbyDomainStack | None,
        site_check: HealthCheck | None = None,
    ) -> None:
        """Compose the layer.

        Args:
            config: The environment.
            state: Its log bucket receives the access logs of this layer's buckets.
            network: The services run in its VPC.
            registry: Has the repositories of the services.
            data: What services read and connect to in this region; None if they read and connect to nothing.
            domain: Has the load balancer's certificate; None if there is no load balancer.
            site_check: The check of the site, if it is in another stack; None makes one here if there is to be one.
        """
        super().__init__(scope, config=config, state=state)
        self._topics = notifications.topics if notifications else None
        self._network = network
        self._data = data
        self._release = _release(config)
        self.logs_key = self.key("key", name="service", protects="Logs and release files")
        self.cluster = Cluster(
            self,
            "cluster",
            config=config.cluster,
            label=self.label,
            key=self.logs_key,
            log_retention_days=config.logs.service_retention_days,
        )
        self.load_balancer: LoadBalancer | None = None
        self.origin: Origin | None = None
        """The load balancer for CloudFront; None without either."""
        self.serving_check: ServingCheck | None = None
        """What leads the names here while this region serves; None if no other one can."""
        if config.load_balancer and domain:
            self.load_balancer = LoadBalancer(
                self,
                "load-balancer",
                config=config.load_balancer,
                label=self.label,
                vpc=network.vpc,
                internal=not config.has_public_load_balancer,
                certificate_arn=domain.certificate.arn,
                strategy=strategy_for(config.deployment, is_load_balanced=True),
                access_logs=self.access_log_bucket(state.store),
                log_retention_days=config.logs.load_balancer_retention_days,
                protect=config.protect_data,
                max_error_percent=config.deployment.max_error_percent,
                topics=self._topics,
                has_health_checks=config.nearest_name is not None,
            )
            traffic = ServiceTraffic(
                self,
                load_balancer=self.load_balancer,
                network=network,
                domain=domain,
                site_check=site_check,
                topics=self._topics,
            )
            self.origin, self.serving_check = traffic.origin, traffic.serving_check
        self.web_acl: WebAcl | None = None
        if self.load_balancer and config.firewall and not config.edge:
            if notifications:
                self.add_dependency(notifications)  # it lets AWS WAF write the log
            self.web_acl = WebAcl(
                self,
                "firewall",
                config=config.firewall,
                label=self.label,
                waf_scope="REGIONAL",
                key=self.logs_key,
                log_retention_days=config.logs.firewall_retention_days,
                topics=self._topics,
            )
            self.web_acl.associate(self.load_balancer.arn)
        self._release_files: ReleaseFiles | None = None
        if config.standby_of is None:  # in the second region no pipeline reads them
            self._release_files = ReleaseFiles(
                self,
                "release-files",
                label=self.label,
                key=self.logs_key,
                access_logs=self.access_log_bucket(state.store),
                protect=config.protect_data,
            )
        self.smoke_test: SmokeTest | None = None
        if self.load_balancer and self.load_balancer.test_port:
            self.smoke_test = self._smoke_test(self.load_balancer, notifications)
        self.services = {name: self._service(name, settings, registry) for name, settings in config.services.items()}
        self.deployment_groups: dict[str, DeploymentGroup] = {}
        """Of the services that CodeDeploy deploys, by their names."""
        if self.smoke_test:
            self.deployment_groups = self._deployment_groups(self.smoke_test)
            DeploymentScaling(
                self,
                "deployment-scaling",
                label=self.label,
                cluster=self.cluster,
                deployed=[(self.services[name], group) for name, group in self.deployment_groups.items()],
                sleeps=bool(config.cost and config.cost.sleep),
                key=self.logs_key,
                log_retention_days=config.logs.function_retention_days,
                topics=topics_for(self, notifications),
            )
        if notifications:
            EventMessages(
                self,
                "events",
                label=self.label,
                name="service-events",
                messages=service_messages(self.label, blue_green=config.deployment.strategy == "blue_green"),
                topics=notifications.topics,
            )
        self._add_tunnel(registry)
        self.output("cluster_name", self.cluster.name)
        if self.load_balancer:
            self.output("load_balancer_dns_name", self.load_balancer.dns_name)
        if self._release_files:
            self.output("release_files_bucket", self._release_files.bucket.name)

    @property
    def release_files(self) -> ReleaseFiles:
        """What the pipeline deploys with.

        Raises:
            WiringError: This is the second region, where Terraform starts each release.
        """
        if self._release_files is None:
            raise WiringError(self, "it has no files for a pipeline; deliver to the environment's own region")
        return self._release_files

    def _service(self, name: str, settings: ServiceSettings, registry: Images) -> FargateService:
        parameters = self._data.parameters(settings) if self._data else {}
        service = FargateService(
            self,
            # Not the name alone: a service can have the same name as another construct of this stack.
            f"{name}-service",
            config=settings,
            deployment=self.config.deployment,
            label=self.label,
            name=name,
            vpc=self._network.vpc,
            cluster=self.cluster,
            load_balancer=self.load_balancer,
            repository=registry.repositories[name],
            images=registry.images,
            secrets={variable: parameters[end].arn for variable, end in settings.secrets.items()},
            parameters={variable: parameters[end].name for variable, end in settings.parameters.items()},
            backups=self._data.backups if self._data and settings.writes_backups else None,
            key=self.logs_key,
            topics=self._topics,
            release=self._release,
        )
        registry.image_cache.grant_pull_kept(service.execution_role)
        # ECS reads secrets when it starts a task; the application reads parameters while it runs.
        for end in dict.fromkeys(settings.secrets.values()):
            parameters[end].grant_read(service.execution_role)
        for end in dict.fromkeys(settings.parameters.values()):
            parameters[end].grant_read(service)
        if self._data:
            self._data.connect(service, settings)
        if self.config.needs_internet(settings):
            service.allow_to_internet()
        service.allow_to_s3(self._network.gateway_endpoints.s3_prefix_list_id)
        if self._network.interface_endpoints:
            self._network.interface_endpoints.connections.allow_from(service)
        if self._release_files:
            hook = self.smoke_test.arn if self.smoke_test else None
            self._release_files.add(name, files=service.release_files(hook=hook))
        return service

    def _add_tunnel(self, registry: Images) -> None:
        """Add what `make tunnel` runs, if it is to work here, and say in the JSON what that is called."""
        if self._data is None or not self.config.has_tunnel:
            return
        tunnel = Tunnel(
            self,
            "tunnel",
            label=self.label,
            vpc=self._network.vpc,
            cluster=self.cluster,
            image=registry.images["placeholder"],
            # An architecture that a service has is there in each zone.
            architecture=next(iter(self.config.services.values())).architecture,
            ends=self._data.tunnel_ends,
            key=self.logs_key,
        )
        registry.image_cache.grant_pull_kept(tunnel.execution_role)
        if self.config.tunnel_needs_internet:
            tunnel.allow_to_internet()
        tunnel.allow_to_s3(self._network.gateway_endpoints.s3_prefix_list_id)
        if self._network.interface_endpoints:
            self._network.interface_endpoints.connections.allow_from(tunnel)
        self.add_override(f"{METADATA}.{TUNNEL}", tunnel.description)

    def _smoke_test(self, load_balancer: LoadBalancer, notifications: NotificationsStack | None) -> SmokeTest:
        config = self.config
        if config.domain is None:
            raise WiringError(self, "a load balancer with a test listener has no domain; its settings require one")
        smoke_test = SmokeTest(
            self,
            "smoke-test",
            label=self.label,
            vpc=self._network.vpc,
            load_balancer=load_balancer,
            is_public=config.has_public_load_balancer,
            host_name=config.domain.name,
            paths={name: one.tested_paths for name, one in config.services.items() if one.is_load_balanced},
            key=self.logs_key,
            log_retention_days=config.logs.function_retention_days,
            topics=topics_for(self, notifications),
        )
        if config.smoke_test_needs_internet:
            smoke_test.allow_to_internet()
        if self._network.interface_endpoints:
            self._network.interface_endpoints.connections.allow_from(smoke_test)
        return smoke_test

    def _deployment_groups(self, smoke_test: SmokeTest) -> dict[str, DeploymentGroup]:
        shift = TrafficShift(self, "shift", config=self.config.deployment, label=self.label)
        return {
            name: DeploymentGroup(
                self,
                f"{name}-deployment",
                config=self.config.deployment,
                label=self.label,
                service=service,
                cluster=self.cluster,
                shift=shift,
                smoke_test=smoke_test,
            )
            for name, service in self.services.items()
            if service.target
        }


def _release(config: Environment) -> Release | None:
    """What Terraform runs in the second region; None in the environment's own, where the pipeline sets the image."""
    if config.standby_of is None:
        return None
    standby = config.recovery.standby if config.recovery else None
    return Release(tag=standby.release if standby else None)
