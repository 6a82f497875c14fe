"""Each severity has a topic with the subscriptions of its own receivers."""

from __future__ import annotations

from tests.modules.topics import topics_in
from tests.template import Template, new_stack


def test_subscriptions_do_not_depend_on_each_other() -> None:
    stack = new_stack()
    topics_in(stack)
    topics = Template.of(stack)
    found = topics.all("aws_sns_topic_subscription")
    assert {(s["protocol"], s["endpoint"]) for s in found.values()} == {
        ("email", "on-call@example.com"),
        ("https", "https://events.example.com/sns"),
        ("email", "platform@example.com"),
    }
    assert topics.only("aws_sns_topic_subscription", protocol="https")["endpoint_auto_confirms"] is True
    assert all(name.startswith("topics_") for name in found)
