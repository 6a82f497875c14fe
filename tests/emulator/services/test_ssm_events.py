"""Changes of parameters reach the rules of EventBridge, without their values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.emulator.conftest import Client

ACCOUNT = "900000000231"
VALUE = "a-value-that-is-in-no-event"


@pytest.fixture(scope="module")
def receive(client: Client) -> Callable[[], list[dict[str, Any]]]:
    """The events since the last call, by way of a queue."""
    sqs, events = client("sqs", account=ACCOUNT), client("events", account=ACCOUNT)
    url = sqs.create_queue(QueueName="changes")["QueueUrl"]
    pattern = {"source": ["aws.ssm"], "detail-type": ["Parameter Store Change"], "detail": {"name": ["/app/secret"]}}
    events.put_rule(Name="changes", EventPattern=json.dumps(pattern))
    target = {"Id": "queue", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:changes"}
    events.put_targets(Rule="changes", Targets=[target])

    def receive() -> list[dict[str, Any]]:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for one in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return [json.loads(one["Body"]) for one in found]

    return receive


def test_each_change_is_an_event_without_the_value(client: Client, receive: Callable[[], list[dict[str, Any]]]) -> None:
    ssm = client("ssm", account=ACCOUNT)
    ssm.put_parameter(Name="/app/secret", Value=VALUE, Type="SecureString", Description="A secret")
    ssm.put_parameter(Name="/app/secret", Value=f"{VALUE}-2", Overwrite=True)
    ssm.delete_parameter(Name="/app/secret")
    found = receive()
    described = {"name": "/app/secret", "type": "SecureString", "description": "A secret"}
    assert [one["detail"] for one in found] == [
        {"operation": operation, **described} for operation in ("Create", "Update", "Delete")
    ]
    assert {tuple(one["resources"]) for one in found} == {(f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/app/secret",)}
    assert VALUE not in json.dumps(found)


def test_several_deletions_are_an_event_each_and_what_was_not_there_is_none(
    client: Client, receive: Callable[[], list[dict[str, Any]]]
) -> None:
    ssm = client("ssm", account=ACCOUNT)
    ssm.put_parameter(Name="/app/secret", Value=VALUE, Type="SecureString")
    receive()
    ssm.delete_parameters(Names=["/app/secret", "/app/secret"])
    ssm.delete_parameters(Names=["/app/secret"])
    assert [one["detail"]["operation"] for one in receive()] == ["Delete"]


def test_changes_that_are_refused_or_of_other_parameters_are_no_event(
    client: Client, receive: Callable[[], list[dict[str, Any]]]
) -> None:
    ssm = client("ssm", account=ACCOUNT)
    ssm.put_parameter(Name="/app/other", Value=VALUE, Type="SecureString")
    with pytest.raises(ssm.exceptions.ParameterAlreadyExists):
        ssm.put_parameter(Name="/app/other", Value=VALUE, Type="SecureString")
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.delete_parameter(Name="/app/secret")
    assert receive() == []
