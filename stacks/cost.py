"""Layer `cost`: the monthly budget, reports of unusual costs, tags for the bill, the sleep schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modules.cost.allocation_tags import AllocationTags
from modules.cost.anomaly_detection import AnomalyDetection
from modules.cost.budget import Budget
from modules.cost.sleep_schedule import SleepSchedule
from pricing.sleep_saving import describe_saving
from stacks.base import LayerStack, topics_for
from synthesis.manifest import METADATA

if TYPE_CHECKING:
    from constructs import Construct

    from config.cost import CostSettings
    from config.environment import Environment
    from config.sleep import SleepSettings
    from modules.topic import Topics
    from stacks.data import DataStack
    from stacks.notifications import NotificationsStack
    from stacks.service import ServiceStack
    from stacks.state import StateStack


class CostStack(LayerStack):
    """The budget of the environment, reports of unusual costs, the tags that divide the bill, and the sleep schedule.

    AWS Budgets and Cost Explorer have one endpoint for all regions, which the provider knows; the topics that they
    notify are those of the environment's own region.
    """

    layer: ClassVar[str] = "cost"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: CostSettings,
        state: StateStack,
        notifications: NotificationsStack | None,
        data: DataStack | None,
        service: ServiceStack | None,
    ) -> None:
        super().__init__(scope, config=config, state=state)
        if settings.budget:
            topics = topics_for(self, notifications)
            Budget(self, "budget", config=settings.budget, label=self.label, topics=topics)
        if settings.anomaly_detection:
            topics = topics_for(self, notifications)
            AnomalyDetection(self, "anomalies", config=settings.anomaly_detection, label=self.label, topics=topics)
        if settings.allocation_tags:
            AllocationTags(self, "tags", tags=settings.allocation_tags)
        if settings.sleep:
            self._add_sleep_schedule(settings.sleep, topics_for(self, notifications), data, service)

    def _add_sleep_schedule(
        self, settings: SleepSettings, topics: Topics, data: DataStack | None, service: ServiceStack | None
    ) -> None:
        schedule = SleepSchedule(
            self,
            "sleep",
            config=settings,
            label=self.label,
            key=self.key("sleep-key", name="sleep", protects="The sleep schedule"),
            log_retention_days=self.config.logs.function_retention_days,
            topics=topics,
            regions=self.config.regions,
            cluster=service.cluster if service else None,
            services=list(service.services.values()) if service else [],
            postgres=data.postgres if data else None,
            documentdb=data.documentdb if data else None,
        )
        self.add_override(f"{METADATA}.sleep_function", schedule.function_name)
        self.add_override(f"{METADATA}.sleep_saving", describe_saving(self.config, settings))
        self.add_override(f"{METADATA}.awake_share", round(settings.awake_share, 4))
