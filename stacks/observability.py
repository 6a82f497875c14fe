"""Layer `observability`: dashboards and objectives, over the metrics of the layers before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from config.canaries import MAINTENANCE_STATUS
from config.routing import covers
from config.zones import zone_number
from modules.delivery.release_metrics import ReleaseMetrics
from modules.observability.canary import Canary
from modules.observability.canary_results import CanaryResults
from modules.observability.cost_dashboard import CostDashboard
from modules.observability.data_dashboard import DataDashboard
from modules.observability.indicator import availability_of, latency_of
from modules.observability.objective import Objective
from modules.observability.service_dashboard import ServiceDashboard
from modules.observability.traces import Traces
from modules.recovery.serving_metric import serving_region_metric
from modules.runbook import Runbook
from stacks.base import LayerStack, topics_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs import Construct

    from config.canaries import CanarySettings
    from config.environment import Environment
    from config.objectives import ObjectivesSettings
    from config.observability import ObservabilitySettings
    from modules.metric import Metric
    from stacks.data import DataStack
    from stacks.edge import EdgeStack
    from stacks.network import NetworkStack
    from stacks.notifications import NotificationsStack
    from stacks.service import ServiceStack
    from stacks.state import StateStack


class ObservabilityStack(LayerStack):
    """Dashboards of the environment, from the same metrics as the alarms."""

    layer: ClassVar[str] = "observability"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: ObservabilitySettings,
        state: StateStack,
        notifications: NotificationsStack | None,
        network: NetworkStack,
        data: DataStack | None,
        service: ServiceStack,
        edge: EdgeStack | None,
    ) -> None:
        """Compose the layer.

        Args:
            config: The environment.
            settings: What it shows and promises.
            state: Its log bucket receives the access logs of the bucket of canaries.
            notifications: Has the topics of its alarms.
            network: Has the NAT gateways.
            data: Has the databases; None if the environment has no layer `data`.
            service: Has the load balancer and the services.
            edge: Has CloudFront; None if users connect to the load balancer directly.
        """
        super().__init__(scope, config=config, state=state)
        self._topics = topics_for(self, notifications)
        self._service = service
        # In the order of their zones, so that the order in the settings changes no dashboard.
        nat_gateways = dict(sorted(network.vpc.nat_gateways.items(), key=lambda item: zone_number(item[0])))
        web_acl = (edge.web_acl if edge else None) or service.web_acl
        self.objectives = dict(self._objectives(settings.objectives)) if settings.objectives else {}
        self.canaries: dict[str, Canary] = {}
        if settings.canaries and config.domain:
            self.canaries = self._canaries(settings, host=config.domain.name, state=state)
        self.service_dashboard = ServiceDashboard(
            self,
            "service",
            label=self.label,
            deployment=config.deployment,
            services=service.services,
            load_balancer=service.load_balancer,
            distribution=edge.distribution.metrics if edge else None,
            firewall=web_acl.metrics if web_acl else None,
            nat_gateways=nat_gateways,
            targets=settings.objectives,
            objectives=self.objectives,
            canaries=self.canaries,
            releases=ReleaseMetrics.of(self.label, max_age_days=config.delivery.updates.max_age_days)
            if config.delivery
            else None,
            serving=self._serving(service),
        )
        self.data_dashboard: DataDashboard | None = None
        if data and data.databases:
            self.data_dashboard = DataDashboard(
                self,
                "data",
                label=self.label,
                postgres=data.postgres,
                documentdb=data.documentdb,
                copies=config.copied_stores,
                copies_region=config.recovery_region,
                drill_days=config.recovery.targets.drill_days if config.recovery and config.recovery.drills else None,
            )
        budget = config.cost.budget if config.cost else None
        self.cost_dashboard = CostDashboard(
            self,
            "cost",
            label=self.label,
            services=service.services,
            load_balancer=service.load_balancer,
            nat_gateways=nat_gateways,
            monthly_usd=budget.monthly_usd if budget and budget.scope == "account" else None,
        )
        if settings.tracing:
            Traces(self, "traces", config=settings.tracing, label=self.label, services=config.services)

    def _serving(self, service: ServiceStack) -> dict[str, Metric] | None:
        """What the second region publishes, and what Route 53 makes of it for the record of this one."""
        region = self.config.switched_region
        if region is None or service.serving_check is None:
            return None
        return {
            f"{region} serves instead of {self.region}: 1 if so": serving_region_metric(self.label, region=region),
            f"Route 53 leads the names to {self.region}: 1 if so": service.serving_check.status,
        }

    def _canaries(self, settings: ObservabilitySettings, *, host: str, state: StateStack) -> dict[str, Canary]:
        config, days = self.config, self.config.logs.canary_retention_days
        key = self.key("canaries-key", name="canaries", protects="Results and logs of canaries")
        results = CanaryResults(
            self,
            "canary-results",
            label=self.label,
            key=key,
            access_logs=state.store.access_logs,
            retention_days=days,
            protect=config.protect_data,
        )
        return {
            name: Canary(
                self,
                f"{name}-canary",
                config=canary,
                label=self.label,
                name=name,
                host=host,
                expected_status=self._expected_status(canary),
                runtime=settings.canary_runtime,
                results=results,
                results_days=days,
                key=key,
                log_retention_days=config.logs.function_retention_days,
                topics=self._topics,
            )
            for name, canary in settings.canaries.items()
        }

    def _expected_status(self, canary: CanarySettings) -> int:
        """During maintenance CloudFront answers all paths but the static ones itself, and that is not a failure."""
        edge = self.config.edge
        if edge and edge.maintenance and not covers(edge.static_path, canary.path):
            return MAINTENANCE_STATUS
        return canary.expected_status

    def _objectives(self, settings: ObjectivesSettings) -> Iterator[tuple[str, Objective]]:
        """Availability of the site, and response time of each service.

        Not the response time of the site: static files would hide a slow API.
        """
        if self._service.load_balancer:
            yield (
                "availability",
                Objective(
                    self,
                    "availability",
                    label=self.label,
                    name="objective-availability",
                    subject="The availability of the site",
                    objective_percent=settings.availability_percent,
                    indicator=availability_of(self._service.load_balancer),
                    runbook=Runbook.ERROR_BUDGET,
                    topics=self._topics,
                    fires_asleep=True,  # the load balancer answers with 503 while no task runs
                ),
            )
        for name, service in self._service.services.items():
            if service.target:
                yield (
                    f"{name} latency",
                    Objective(
                        self,
                        f"{name}-latency",
                        label=self.label,
                        name=f"objective-{name}-latency",
                        subject=f"The response time of {name}",
                        objective_percent=settings.latency_percent,
                        indicator=latency_of(service.target, most_ms=settings.latency_ms),
                        runbook=Runbook.ERROR_BUDGET,
                        topics=self._topics,
                    ),
                )
