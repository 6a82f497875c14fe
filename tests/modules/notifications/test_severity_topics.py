"""Each severity has a topic with the subscriptions of its own receivers."""

from __future__ import annotations

from modules.topic import Severity
from tests.modules.topics import ALL_RECEIVERS, topics_in
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


def test_without_receivers_for_information_there_is_no_topic_for_it() -> None:
    assert set(topics_in(new_stack()).by_severity) == {Severity.CRITICAL, Severity.WARNING}


def test_with_receivers_for_information_there_is_a_topic_for_it() -> None:
    stack = new_stack()
    assert set(topics_in(stack, receivers=ALL_RECEIVERS).by_severity) == set(Severity)
    found = Template.of(stack).only("aws_sns_topic_subscription", endpoint="everyone@example.com")
    assert found["topic_arn"].startswith("${aws_sns_topic.topics_info")
