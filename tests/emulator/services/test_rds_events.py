from __future__ import annotations

import itertools
import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.exceptions import ClientError

from emulator.services.rds_events import CATEGORIES
from modules.data import database_events
from modules.data.database_events import EventSource

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


_ACCOUNTS: Final = itertools.count(930000000000)


@pytest.fixture(name="client")
def client_of_one_test(client: Client) -> Client:
    """In an account that no other test uses: how many subscriptions there are matters."""
    return partial(client, account=str(next(_ACCOUNTS)))


@pytest.fixture
def topic(client: Client) -> str:
    return str(client("sns").create_topic(Name="database-events")["TopicArn"])


@pytest.fixture
def source(client: Client) -> str:
    rds = client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="eventful",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="app",
        MasterUserPassword="not-a-secret",
    )
    return "eventful"


def subscribe(client: Client, topic: str, name: str = "events", **changes: Any) -> None:
    client("rds").create_event_subscription(
        **{
            "SubscriptionName": name,
            "SnsTopicArn": topic,
            "SourceType": "db-instance",
            "SourceIds": ["eventful"],
            "EventCategories": ["failure"],
            **changes,
        }
    )


@pytest.mark.usefixtures("source")
def test_a_subscription_is_created_and_changed(client: Client, topic: str) -> None:
    subscribe(client, topic)
    rds = client("rds")
    rds.modify_event_subscription(
        SubscriptionName="events", SourceType="db-instance", EventCategories=["failure", "low storage"]
    )
    (found,) = rds.describe_event_subscriptions(SubscriptionName="events")["EventSubscriptionsList"]
    assert found["EventCategoriesList"] == ["failure", "low storage"]
    with pytest.raises(ClientError, match="SubscriptionCategoryNotFound"):
        rds.modify_event_subscription(
            SubscriptionName="events", SourceType="db-instance", EventCategories=["global failover"]
        )


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"EventCategories": ["outage"]}, "SubscriptionCategoryNotFound"),
        ({"SourceIds": ["absent"]}, "SourceNotFound.*Could not find source: absent"),
        ({"SourceType": "db-cluster", "EventCategories": ["failover"]}, "SourceNotFound"),
    ],
)
def test_what_does_not_exist_is_refused(client: Client, topic: str, changes: dict[str, Any], error: str) -> None:
    with pytest.raises(ClientError, match=error):
        subscribe(client, topic, **changes)


@pytest.mark.usefixtures("source")
def test_a_topic_that_does_not_exist_is_refused(client: Client, topic: str) -> None:
    with pytest.raises(ClientError, match="SNSTopicArnNotFound"):
        subscribe(client, f"{topic}-absent")


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    ("principal", "is_accepted"),
    [
        ({"Service": "cloudwatch.amazonaws.com"}, False),
        ({"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]}, False),
        ({"AWS": "arn:aws:iam::123456789012:root"}, False),
        ({"Service": "events.rds.amazonaws.com"}, True),
        ({"Service": ["budgets.amazonaws.com", "events.rds.amazonaws.com"]}, True),
        ({"AWS": "*"}, True),
        ("*", True),
    ],
)
def test_a_topic_must_let_rds_publish(client: Client, topic: str, principal: object, *, is_accepted: bool) -> None:
    statement = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic, "Principal": principal}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    if is_accepted:
        subscribe(client, topic)
        return
    with pytest.raises(ClientError, match="SNSNoAuthorization"):
        subscribe(client, topic)


@pytest.mark.usefixtures("source")
def test_a_region_has_twenty_subscriptions(client: Client, topic: str) -> None:
    names = [f"events-{number}" for number in range(20)]
    for name in names:
        subscribe(client, topic, name)
    with pytest.raises(ClientError, match="EventSubscriptionQuotaExceeded"):
        subscribe(client, topic)


def test_the_platform_subscribes_to_categories_that_exist() -> None:
    sources = [one for one in vars(database_events).values() if isinstance(one, EventSource)]
    assert len(sources) == 4
    for one in sources:
        assert {category for group in one.categories.values() for category in group} <= CATEGORIES[one.type]
