"""A rule publishes to a topic as EventBridge does, and loses what topic or key do not allow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from emulator.services.events_delivery import message

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "123456789012"
PUBLISH: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sns:Publish",
}
USE: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
    "Resource": "*",
}
OWNER = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
FROM_HERE = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
FROM_RULE = {"ArnLike": {"aws:SourceArn": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/*"}}


def context(name: str) -> dict[str, Any]:
    return {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:{name}"}}


@dataclass
class Path:
    """A rule, a topic with a key, and a queue that receives what arrives."""

    client: Client
    name: str

    def make(self, publish: dict[str, Any], use: dict[str, Any] | None, **target: Any) -> None:
        sqs, sns, events = self.client("sqs"), self.client("sns"), self.client("events")
        attributes = {}
        if use is not None:
            policy = json.dumps({"Version": "2012-10-17", "Statement": [OWNER, use]})
            attributes["KmsMasterKeyId"] = self.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
        topic = sns.create_topic(Name=self.name, Attributes=attributes)["TopicArn"]
        document = {"Version": "2012-10-17", "Statement": [{**publish, "Resource": topic}]}
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(document))
        sqs.create_queue(QueueName=self.name)
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:{self.name}")
        pattern = {"source": [self.name], "detail": {"state": ["failed"]}}
        events.put_rule(Name=self.name, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=self.name, Targets=[{"Id": "topic", "Arn": topic, **target}])

    def send(self, **detail: Any) -> list[str]:
        entry = {"Source": self.name, "DetailType": "Job", "Detail": json.dumps({"state": "failed", **detail})}
        self.client("events").put_events(Entries=[{**entry, "Resources": ["arn:aws:batch:::job/1"]}])
        url = self.client("sqs").get_queue_url(QueueName=self.name)["QueueUrl"]
        found = self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(one["Body"])["Message"] for one in found]

    def failures(self) -> float:
        now = datetime.now(UTC)
        points = self.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Events",
            MetricName="FailedInvocations",
            Dimensions=[{"Name": "RuleName", "Value": self.name}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=3600,
            Statistics=["Sum"],
        )["Datapoints"]
        return float(sum(point["Sum"] for point in points))


TRANSFORMER = {
    "InputPathsMap": {"job": "$.resources[0]", "code": "$.detail.code", "missing": "$.detail.other.name"},
    "InputTemplate": '"<job> ended with <code>"\n"by <aws.events.rule-name><missing>"',
}


def test_a_message_reaches_the_subscribers(client: Client) -> None:
    path = Path(client, "delivered")
    path.make(PUBLISH, {**USE, "Condition": context("delivered")}, InputTransformer=TRANSFORMER)
    assert path.send(code=1) == ['"arn:aws:batch:::job/1 ended with 1"\n"by delivered"']
    assert path.send(state="other") == []
    assert path.failures() == 0


def test_an_array_matches_by_one_of_its_objects(client: Client) -> None:
    path = Path(client, "arrays")
    path.make(PUBLISH, None)
    pattern = {"source": ["arrays"], "detail": {"jobs": {"name": ["a"], "code": [1]}}}
    client("events").put_rule(Name="arrays", EventPattern=json.dumps(pattern))
    assert len(path.send(jobs=[{"name": "b", "code": 2}, {"name": "a", "code": 1}])) == 1
    assert path.send(jobs=[{"name": "b", "code": 1}, {"name": "a", "code": 2}]) == []
    assert path.send(jobs=[]) == []


def test_without_a_transformer_the_topic_gets_the_event(client: Client) -> None:
    path = Path(client, "whole")
    path.make(PUBLISH, None)
    (found,) = path.send(code=1)
    assert json.loads(found)["detail"] == {"state": "failed", "code": 1}
    assert datetime.fromisoformat(json.loads(found)["time"]).tzinfo


def test_a_rule_that_is_disabled_sends_nothing(client: Client) -> None:
    path = Path(client, "disabled")
    path.make(PUBLISH, None)
    client("events").disable_rule(Name="disabled")
    assert path.send() == []
    assert path.failures() == 0


@pytest.mark.parametrize(
    ("name", "publish", "use"),
    [
        ("lost-closed-topic", {**PUBLISH, "Principal": {"Service": "cloudwatch.amazonaws.com"}}, USE),
        ("lost-topic-account", {**PUBLISH, "Condition": FROM_HERE}, USE),
        ("lost-topic-rule", {**PUBLISH, "Condition": FROM_RULE}, USE),
        ("lost-closed-key", PUBLISH, {**USE, "Principal": {"Service": "cloudwatch.amazonaws.com"}}),
        ("lost-half-open-key", PUBLISH, {**USE, "Action": ["kms:GenerateDataKey*"]}),
        ("lost-key-account", PUBLISH, {**USE, "Condition": FROM_HERE}),
        ("lost-key-rule", PUBLISH, {**USE, "Condition": FROM_RULE}),
        ("lost-key-context", PUBLISH, {**USE, "Condition": context("another")}),
        ("lost-key-operator", PUBLISH, {**USE, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
    ],
)
def test_a_message_that_topic_or_key_do_not_allow_is_lost_and_counted(
    client: Client, name: str, publish: dict[str, Any], use: dict[str, Any]
) -> None:
    path = Path(client, name)
    path.make(publish, use)
    assert path.send() == []
    assert path.failures() == 1


def test_a_topic_that_is_gone_loses_the_message(client: Client) -> None:
    path = Path(client, "gone")
    path.make(PUBLISH, None)
    client("sns").delete_topic(TopicArn=f"arn:aws:sns:us-east-1:{ACCOUNT}:gone")
    assert path.send() == []
    assert path.failures() == 1


class Rule:
    """What a template can say of its rule."""

    arn, name = "arn:aws:events:us-east-1:123456789012:rule/jobs", "jobs"


EVENT = {"time": "2026-11-26T09:00:00Z", "detail": {"n": 1, "word": "a", "list": ["x", {"y": None}], "quoted": 'a "b"'}}


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ({"Input": '{"a":1}'}, '{"a":1}'),
        ({"InputPath": "$.detail.word"}, '"a"'),
        ({"InputPath": "$.detail.list[1]"}, '{"y":null}'),
        ({"InputTransformer": {"InputPathsMap": {"v": "$.detail.n"}, "InputTemplate": '{"n": <v>}'}}, '{"n": 1}'),
        (
            {"InputTransformer": {"InputPathsMap": {"v": "$.detail.list"}, "InputTemplate": '"<v>"'}},
            '"["x",{"y":null}]"',
        ),
        ({"InputTransformer": {"InputPathsMap": {"v": "$.detail.word"}, "InputTemplate": '{"n": <v>}'}}, '{"n": "a"}'),
        ({"InputTransformer": {"InputPathsMap": {"v": "$.detail.list[7]"}, "InputTemplate": '{"n": <v>}'}}, None),
        ({"InputTransformer": {"InputPathsMap": {"v": "$.detail.word"}, "InputTemplate": "<v> without quotes"}}, None),
        ({"InputTransformer": {"InputPathsMap": {}, "InputTemplate": '"first"\nsecond'}}, None),
        ({"InputTransformer": {"InputPathsMap": {"q": "$.detail.quoted"}, "InputTemplate": '"is <q>"'}}, '"is a "b""'),
    ],
)
def test_a_target_receives_its_input(target: dict[str, Any], text: str | None) -> None:
    assert message(target, EVENT, Rule()) == text
