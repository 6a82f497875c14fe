"""Topics for constructs under test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.notifications import NotificationsSettings, Receivers
from modules.key import Key
from modules.notifications.severity_topics import SeverityTopics
from tests.template import LABEL

if TYPE_CHECKING:
    from cdktf import TerraformStack

    from modules.label import Label
    from modules.topic import Topics

RECEIVERS = NotificationsSettings(
    critical=Receivers(emails=("on-call@example.com",), https=("https://events.example.com/sns",)),
    warning=Receivers(emails=("platform@example.com",)),
)


ALL_RECEIVERS = RECEIVERS.model_copy(update={"info": Receivers(emails=("everyone@example.com",))})


def topics_in(stack: TerraformStack, *, label: Label = LABEL, receivers: NotificationsSettings = RECEIVERS) -> Topics:
    """The topics, in the stack of the test: without ALL_RECEIVERS none for information."""
    key = Key(stack, "topics-key", label=label, name="topics", description="Topics", protect=False)
    return SeverityTopics(stack, "topics", config=receivers, label=label, key=key).topics
