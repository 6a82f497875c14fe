"""Layer `notifications`: the topics that alarms notify, and who may write logs; one stack per region."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from modules.event_messages import EventMessages
from modules.notifications import account_messages, severity_topics
from modules.notifications.asleep_alarm import AsleepAlarm
from modules.notifications.log_delivery import LogDelivery, firewall_groups
from modules.notifications.severity_topics import SeverityTopics
from stacks.base import LayerStack

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from config.notifications import NotificationsSettings
    from modules.topic import Topics
    from stacks.state import StateStack


class NotificationsStack(LayerStack):
    """One encrypted topic per severity, in one region: an alarm can only notify a topic of its own region.

    Also messages on what AWS announces for the account in that region, and the policy by which AWS WAF writes its log,
    if its web ACL is there.
    """

    layer: ClassVar[str] = "notifications"
    survives_home: ClassVar[bool] = True

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: NotificationsSettings,
        state: StateStack,
        region: str,
    ) -> None:
        name = self.layer if region == config.region else f"{self.layer}-{region}"
        super().__init__(scope, config=config, state=state, region=region, name=name)
        key = self.key("key", name=severity_topics.KEY, protects="Messages of alarms")
        self._topics = SeverityTopics(self, "topics", config=settings, label=self.label, key=key).topics
        if config.cost and config.cost.sleep:
            self._topics = replace(self._topics, suppressor=AsleepAlarm(self, "asleep", label=self.label).suppressor)
        if region in config.firewall_regions:
            LogDelivery(self, "log-delivery", label=self.label, groups=[firewall_groups(self.label)])
        messages = list(account_messages.health_messages())
        if region == config.region:
            messages.append(
                account_messages.image_message(
                    self.label,
                    repository_prefix=config.repository_prefix,
                    enhanced=config.registry.scanning == "enhanced",
                )
            )
        EventMessages(
            self, "events", label=self.label, name=account_messages.NAME, messages=messages, topics=self.topics
        )
        for severity, topic in self.topics.by_severity.items():
            self.output(f"{severity.value}_topic_arn", topic.arn)

    @property
    def topics(self) -> Topics:
        """The topics by severity, for alarms of the same region."""
        return self._topics
