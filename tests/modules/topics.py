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


def topics_in(stack: TerraformStack, *, label: Label = LABEL) -> Topics:
    """Both topics, in the stack of the test."""
    key = Key(stack, "topics-key", label=label, name="topics", description="Topics", protect=False)
    return SeverityTopics(stack, "topics", config=RECEIVERS, label=label, key=key).topics
