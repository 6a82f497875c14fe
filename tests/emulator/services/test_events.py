from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts"
PIPELINE = f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:app"
FINDINGS: dict[str, Any] = {
    "source": ["aws.guardduty"],
    "detail-type": ["GuardDuty Finding"],
    "detail": {"severity": [{"numeric": [">=", 7]}]},
}


def make_rule(client: Client, name: str, pattern: Any = FINDINGS) -> None:
    client("events").put_rule(Name=name, EventPattern=json.dumps(pattern))


def put_target(client: Client, rule: str, **members: Any) -> None:
    client("events").put_targets(Rule=rule, Targets=[{"Id": "sns", "Arn": TOPIC, **members}])


@pytest.mark.parametrize(
    "pattern",
    [
        FINDINGS,
        {"source": [{"prefix": "aws."}, None, True, 1], "detail": {"state": [{"anything-but": ["OK"]}]}},
        {"detail": {"$or": [{"state": ["ALARM"]}, {"value": [{"exists": False}]}]}},
    ],
)
def test_a_pattern_that_can_match_is_stored(client: Client, pattern: Any) -> None:
    make_rule(client, "findings", pattern)

    assert json.loads(client("events").describe_rule(Name="findings")["EventPattern"]) == pattern


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{", "Invalid JSON"),
        ('["aws.guardduty"]', "Filter is not an object"),
        ('"aws.guardduty"', "Filter is not an object"),
        ('{"source": "aws.guardduty"}', "'source' must be an object or an array"),
        ('{"source": []}', "Empty arrays are not allowed"),
        ('{"detail": {"severity": [{"above": 7}]}}', "Unrecognized match type above"),
        ('{"detail": {"$or": [{"severity": [{"above": 7}]}]}}', "Unrecognized match type above"),
        ('{"source": [["aws.guardduty"]]}', "Match value must be String, number, true, false, or null"),
    ],
)
def test_a_pattern_that_cannot_match_is_refused(client: Client, pattern: str, words: str) -> None:
    with pytest.raises(
        ClientError, match=rf"\(InvalidEventPatternException\).*Event pattern is not valid\. Reason: {words}"
    ):
        client("events").put_rule(Name="broken", EventPattern=pattern)
    with pytest.raises(ClientError, match="Rule broken does not exist"):
        client("events").describe_rule(Name="broken")


def test_a_pattern_that_is_too_long_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match=r"Value at 'EventPattern' .* length less than or equal to 4096"):
        client("events").put_rule(Name="long", EventPattern=json.dumps({"source": ["a" * 4096]}))


def test_a_bus_of_another_region_is_refused(client: Client) -> None:
    bus = f"arn:aws:events:us-west-2:{ACCOUNT}:event-bus/default"
    make_rule(client, "here")
    with pytest.raises(ClientError, match=r"\(ValidationException\).*Cross-region API call is not allowed"):
        client("events").put_rule(Name="there", EventBusName=bus, EventPattern=json.dumps(FINDINGS))
    with pytest.raises(ClientError, match="Cross-region API call is not allowed"):
        client("events").put_targets(Rule="here", EventBusName=bus, Targets=[{"Id": "sns", "Arn": TOPIC}])

    here = bus.replace("us-west-2", "us-east-1")
    client("events").put_rule(Name="here", EventBusName=here, EventPattern=json.dumps(FINDINGS))


def test_findings_are_sent_to_a_topic_as_text(client: Client) -> None:
    make_rule(client, "sent")
    transformer = {
        "InputPathsMap": {"severity": "$.detail.severity", "type": "$.detail.type"},
        "InputTemplate": '"<type> of severity <severity>, found by <aws.events.rule-name>"',
    }
    put_target(client, "sent", InputTransformer=transformer)

    (target,) = client("events").list_targets_by_rule(Rule="sent")["Targets"]
    assert target["InputTransformer"] == transformer


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:events:us-west-2:{ACCOUNT}:event-bus/security",
        f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/main",
        f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/events/findings",
    ],
)
def test_a_bus_may_be_in_another_region_and_other_targets_in_this_one(client: Client, arn: str) -> None:
    make_rule(client, "elsewhere")

    put_target(client, "elsewhere", Arn=arn)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"Arn": "alerts"}, r"Parameter alerts is not valid\. Reason: Provided Arn is not in correct format"),
        ({"Arn": "arn:aws:s3:::logs"}, "s3 is not a supported service for a target"),
        (
            {"Arn": TOPIC.replace("us-east-1", "us-west-2")},
            "it is in us-west-2 and the rule is in us-east-1; only an event bus can be",
        ),
        ({"Arn": PIPELINE}, f"RoleArn is required for target {PIPELINE}"),
        (
            {"Input": "{}", "InputPath": "$.detail"},
            "Only one of Input, InputPath, or InputTransformer must be provided",
        ),
        ({"Input": "state: ALARM"}, "JSON syntax error in input for target sns: Expecting value"),
        (
            {"InputTransformer": {"InputPathsMap": {"type": "$.detail.type"}, "InputTemplate": '"<typ>"'}},
            "InputTemplate for target sns contains invalid placeholder typ",
        ),
        ({"InputTransformer": {"InputTemplate": '"<type>"'}}, "contains invalid placeholder type"),
        (
            {"InputTransformer": {"InputTemplate": "{}", "InputPathsMap": {f"k{n}": "$.id" for n in range(101)}}},
            "'Targets.1.member.InputTransformer.InputPathsMap' .* length less than or equal to 100",
        ),
    ],
)
def test_a_target_that_cannot_be_called_is_refused(client: Client, members: dict[str, Any], words: str) -> None:
    make_rule(client, "refused")
    with pytest.raises(ClientError, match=rf"\(ValidationException\).*{words}"):
        put_target(client, "refused", **members)

    assert client("events").list_targets_by_rule(Rule="refused")["Targets"] == []


def test_a_pipeline_is_called_with_a_role(client: Client) -> None:
    make_rule(client, "release")

    put_target(client, "release", Arn=PIPELINE, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/release")


def test_a_rule_has_at_most_five_targets(client: Client) -> None:
    events = client("events")
    bus = events.create_event_bus(Name="security")["EventBusArn"]
    events.put_rule(Name="full", EventBusName="security", EventPattern=json.dumps(FINDINGS))
    targets = [{"Id": f"t{number}", "Arn": TOPIC} for number in range(6)]
    events.put_targets(Rule="full", EventBusName="security", Targets=targets[:4])
    events.put_targets(Rule="full", EventBusName=bus, Targets=targets[2:5])

    for name in ("security", bus):
        with pytest.raises(ClientError, match=r"\(LimitExceededException\).*exceeds the maximum number allowed"):
            events.put_targets(Rule="full", EventBusName=name, Targets=targets[5:])
    assert len(events.list_targets_by_rule(Rule="full", EventBusName="security")["Targets"]) == 5
    make_rule(client, "full")
    with pytest.raises(ClientError, match="LimitExceededException"):
        events.put_targets(Rule="full", Targets=targets)


@pytest.mark.parametrize(("rule", "bus"), [("none", "default"), ("none", "none")])
def test_a_target_of_an_unknown_rule_is_refused(client: Client, rule: str, bus: str) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client("events").put_targets(Rule=rule, EventBusName=bus, Targets=[{"Id": "sns", "Arn": TOPIC}])


def test_a_rule_is_deleted_after_its_targets(client: Client) -> None:
    events = client("events")
    make_rule(client, "deleted")
    put_target(client, "deleted")

    with pytest.raises(ClientError, match="Rule can't be deleted since it has targets"):
        events.delete_rule(Name="deleted")
    events.remove_targets(Rule="deleted", Ids=["sns"])
    events.delete_rule(Name="deleted")
    events.delete_rule(Name="deleted")
