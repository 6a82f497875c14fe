"""Each severity that has a topic gets its categories of events, and may receive them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modules.data.database_events import (
    DOCUMENTDB_CLUSTER,
    DOCUMENTDB_INSTANCE,
    POSTGRES_INSTANCE,
    POSTGRES_PROXY,
    DatabaseEvents,
    allow_database_events,
)
from modules.topic import Severity
from tests.modules.topics import ALL_RECEIVERS, RECEIVERS, topics_in
from tests.template import LABEL, Template, new_stack, statements

if TYPE_CHECKING:
    from config.notifications import NotificationsSettings

SOURCES = (DOCUMENTDB_CLUSTER, DOCUMENTDB_INSTANCE, POSTGRES_INSTANCE, POSTGRES_PROXY)


def template(*, receivers: NotificationsSettings = ALL_RECEIVERS, is_documentdb: bool = False) -> Template:
    stack = new_stack()
    topics = topics_in(stack, receivers=receivers)
    allow_database_events(topics, label=LABEL)
    DatabaseEvents(
        stack,
        "events",
        label=LABEL,
        topics=topics,
        name="db",
        source=POSTGRES_INSTANCE,
        source_ids=["one"],
        is_documentdb=is_documentdb,
    )
    return Template.of(stack)


def by_name(found: Template, kind: str) -> dict[str, dict[str, Any]]:
    return {one["name"].removeprefix("user-management-test-db-"): one for one in found.all(kind).values()}


def test_failures_and_low_storage_are_critical() -> None:
    subscriptions = by_name(template(), "aws_db_event_subscription")
    assert set(subscriptions) == {"critical", "warning", "info"}
    assert subscriptions["critical"]["event_categories"] == ["failure", "low storage"]
    assert "topics_critical" in subscriptions["critical"]["sns_topic"]
    assert "availability" in subscriptions["info"]["event_categories"]
    assert {one["source_type"] for one in subscriptions.values()} == {"db-instance"}


def test_without_receivers_of_information_there_is_no_subscription_for_it() -> None:
    assert set(by_name(template(receivers=RECEIVERS), "aws_db_event_subscription")) == {"critical", "warning"}


def test_documentdb_has_a_type_of_its_own_for_the_same() -> None:
    subscriptions = by_name(template(is_documentdb=True), "aws_docdb_event_subscription")
    assert set(subscriptions) == {"critical", "warning", "info"}
    assert "topics_warning" in subscriptions["warning"]["sns_topic_arn"]


def test_no_category_is_sent_twice_and_what_an_apply_does_is_not_sent() -> None:
    for source in SOURCES:
        categories = [category for group in source.categories.values() for category in group]
        assert len(categories) == len(set(categories))
        assert not {"backup", "configuration change", "creation"} & set(categories)
    assert all("failure" in source.categories[Severity.CRITICAL] for source in SOURCES if source.type != "db-cluster")


def test_rds_may_publish_for_the_databases_of_the_environment_only() -> None:
    found = template()
    for policy in found.all("aws_sns_topic_policy").values():
        (allowed,) = [one for one in statements(policy["policy"]) if one["Sid"] == "AllowDatabaseEvents"]
        assert allowed["Principal"] == {"Service": "events.rds.amazonaws.com"}
        assert (
            "arn:aws:rds:us-east-1:444444444444:db:user-management-test-*"
            in (allowed["Condition"]["ArnLike"]["aws:SourceArn"])
        )
    key = found.named("aws_kms_key.topics-key")["policy"]
    assert "events.rds.amazonaws.com" in key
