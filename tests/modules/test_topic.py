"""A topic accepts messages only from alarms of this environment."""

from __future__ import annotations

import pytest

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


def test_messages_are_encrypted_and_signed_with_sha256(topics: Template) -> None:
    for topic in topics.all("aws_sns_topic").values():
        assert topic["kms_master_key_id"] == "${aws_kms_key.topics-key.arn}"
        assert topic["signature_version"] == 2
