"""Layer `cost`: what the environment may cost, and who learns that it costs more."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modules.cost.allocation_tags import AllocationTags
from modules.cost.anomaly_detection import AnomalyDetection
from modules.cost.budget import Budget
from stacks.base import LayerStack, topics_for

if TYPE_CHECKING:
    from constructs import Construct

    from config.cost import CostSettings
    from config.environment import Environment
    from stacks.notifications import NotificationsStack
    from stacks.state import StateStack


class CostStack(LayerStack):
    """The budget of the environment, reports of unusual costs, and the tags that divide the bill.

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
