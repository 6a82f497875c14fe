"""The topics of one region, with their subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.topic import Severity, Topic, Topics

KEY: Final = "notifications"
"""Component of the alias of the key of the topics."""

if TYPE_CHECKING:
    from config.notifications import NotificationsSettings
    from modules.key import Key
    from modules.label import Label


class SeverityTopics(Construct):
    """A topic for each severity that has receivers, encrypted with one key, with its subscriptions."""

    def __init__(self, scope: Construct, id_: str, *, config: NotificationsSettings, label: Label, key: Key) -> None:
        super().__init__(scope, id_)
        by_severity = {Severity.CRITICAL: config.critical, Severity.WARNING: config.warning}
        if config.info:
            by_severity[Severity.INFO] = config.info
        topics = {}
        for severity, receivers in by_severity.items():
            topic = topics[severity] = Topic(self, severity.value, label=label, name=severity.value, key=key)
            for address in receivers.emails:
                topic.subscribe_email(address)
            for url in receivers.https:
                topic.subscribe_https(url)
        self.topics = Topics(region=label.region, by_severity=topics)
