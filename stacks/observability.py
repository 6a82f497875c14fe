"""Layer `observability`: dashboards and objectives, over the metrics of the layers before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modules.observability.service_dashboard import ServiceDashboard
from stacks.base import LayerStack, topics_for

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from config.observability import ObservabilitySettings
    from stacks.data import DataStack
    from stacks.domain import DomainStack
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
        domain: DomainStack | None,
        service: ServiceStack,
        edge: EdgeStack | None,
    ) -> None:
        """Compose the layer.

        Args:
            config: The environment.
            settings: What it shows and promises.
            state: Stores its state.
            notifications: Has the topics of its alarms.
            network: Has the VPC, whose metrics it shows.
            data: Has the databases; None if the environment has no layer `data`.
            domain: Has the site's name; None without a domain.
            service: Has the load balancer and the services.
            edge: Has CloudFront; None if users connect to the load balancer directly.
        """
        super().__init__(scope, config=config, state=state)
        self.settings = settings
        self.topics = topics_for(self, notifications)
        self.network, self.data, self.domain, self.service, self.edge = network, data, domain, service, edge
        self.service_dashboard = ServiceDashboard(
            self, "service-dashboard", label=self.label, services=service.services
        )
