"""A topic accepts messages only from alarms of this environment."""

from __future__ import annotations

import re

import pytest

from modules.errors import WiringError
from modules.topic import Severity
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

ALARMS = "arn:aws:cloudwatch:us-east-1:444444444444:alarm:user-management-test-*"


@pytest.fixture(scope="module")
def topics() -> Template:
    stack = new_stack()
    topics_in(stack)
    return Template.of(stack)


def test_only_alarms_of_this_environment_publish(topics: Template) -> None:
    allow, deny = statements(topics.named("aws_sns_topic_policy.topics_critical_policy")["policy"])
    assert (allow["Principal"], allow["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    assert allow["Condition"] == {
        "StringEquals": {"aws:SourceAccount": LABEL.account_id},
        "ArnLike": {"aws:SourceArn": ALARMS},
    }
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_alarms_may_use_the_key_only_for_publishing(topics: Template) -> None:
    allow = [s for s in statements(topics.only("aws_kms_key")["policy"]) if s["Sid"] == "AllowAlarms"]
    assert [s["Action"] for s in allow] == [["kms:GenerateDataKey*", "kms:Decrypt"]]  # both topics share it
    assert allow[0]["Condition"]["ArnLike"] == {"aws:SourceArn": ALARMS}


DATABASES = "arn:aws:rds:us-east-1:444444444444:db:user-management-test-*"


def _topic_of(service: str, *, sources: tuple[str, ...]) -> Template:
    stack = new_stack()
    topics = topics_in(stack)
    for severity in (Severity.CRITICAL, Severity.WARNING):
        topics.by_severity[severity].allow_publisher(service, sid="AllowPublisher", source_arns=sources)
    return Template.of(stack)


def test_a_service_publishes_only_for_the_named_resources() -> None:
    topics = _topic_of("events.rds.amazonaws.com", sources=(DATABASES,))
    found = statements(topics.named("aws_sns_topic_policy.topics_warning_policy")["policy"])
    allow = next(one for one in found if one["Sid"] == "AllowPublisher")
    assert (allow["Principal"], allow["Action"]) == ({"Service": "events.rds.amazonaws.com"}, "sns:Publish")
    assert allow["Condition"] == {
        "StringEquals": {"aws:SourceAccount": LABEL.account_id},
        "ArnLike": {"aws:SourceArn": DATABASES},
    }


@pytest.mark.parametrize(
    ("service", "sources"), [("events.rds.amazonaws.com", (DATABASES,)), ("events.amazonaws.com", ())]
)
def test_a_publisher_may_use_the_key_for_these_topics_only(service: str, sources: tuple[str, ...]) -> None:
    topics = _topic_of(service, sources=sources)
    allow = [s for s in statements(topics.only("aws_kms_key")["policy"]) if s["Sid"] == "AllowPublisher"]
    assert [(s["Principal"], s["Action"]) for s in allow] == [
        ({"Service": service}, ["kms:GenerateDataKey*", "kms:Decrypt"])
    ]
    prefix = "arn:aws:sns:us-east-1:444444444444:user-management-test"
    assert allow[0]["Condition"] == {
        "StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": [f"{prefix}-critical", f"{prefix}-warning"]}
    }


def test_the_topic_has_the_arn_that_its_key_names() -> None:
    topics = _topic_of("events.amazonaws.com", sources=())
    assert {one["name"] for one in topics.all("aws_sns_topic").values()} == {
        "user-management-test-critical",
        "user-management-test-warning",
    }


def test_eventbridge_publishes_without_a_condition_because_it_sends_no_source() -> None:
    topics = _topic_of("events.amazonaws.com", sources=())
    found = statements(topics.named("aws_sns_topic_policy.topics_critical_policy")["policy"])
    assert "Condition" not in next(one for one in found if one["Sid"] == "AllowPublisher")


@pytest.mark.parametrize(
    ("service", "sources", "says"),
    [
        ("events.amazonaws.com", (DATABASES,), "source_arns of events.amazonaws.com must be empty: it sends no source"),
        ("budgets.amazonaws.com", (), "source_arns of budgets.amazonaws.com must name at least one resource"),
    ],
)
def test_sources_that_do_not_fit_the_service_are_refused(service: str, sources: tuple[str, ...], says: str) -> None:
    with pytest.raises(WiringError, match=re.escape(says)):
        _topic_of(service, sources=sources)


def test_messages_are_encrypted_and_signed_with_sha256(topics: Template) -> None:
    for topic in topics.all("aws_sns_topic").values():
        assert topic["kms_master_key_id"] == "${aws_kms_key.topics-key.arn}"
        assert topic["signature_version"] == 2
