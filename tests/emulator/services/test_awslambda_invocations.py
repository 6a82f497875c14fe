from __future__ import annotations

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.functions.asynchronous import BACKGROUND
from tests.emulator.functions import invoke, make_function, zip_code

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "900000000201"

CODE = """
import logging, os, sys, time
import boto3

logging.getLogger().setLevel(logging.INFO)

def handler(event, context):
    logging.info("got %s", event)
    print("printed")
    match event.get("do"):
        case "raise": raise KeyError("nothing")
        case "sleep": time.sleep(60)
        case "exit": os._exit(3)
        case "import": import pymongo
        case "bytes": return b"raw"
    return {
        "caller": boto3.client("sts").get_caller_identity()["Arn"],
        "region": boto3.client("sts").meta.region_name,
        "variable": os.environ.get("COLOR"),
        "path": [name for name in sys.path if "site-packages" in name],
        "milliseconds": context.get_remaining_time_in_millis(),
    }
"""


@pytest.fixture(scope="module", autouse=True)
def function(client: Client) -> None:
    variables = {"Variables": {"COLOR": "blue"}}
    make_function(client, "called", zip_code(CODE), account=ACCOUNT, Timeout=2, Environment=variables)


def call(client: Client, what: str | None = None, *, name: str = "called", **options: Any) -> Any:
    """Call a function; its payload is read, which also gives the connection back."""
    payload = json.dumps({"do": what} if what else {})
    answer = client("lambda", account=ACCOUNT).invoke(FunctionName=name, Payload=payload, **options)
    return {**answer, "Payload": json.loads(answer["Payload"].read() or "null")}


def test_the_code_runs_with_its_role_its_variables_and_the_emulator_as_aws(client: Client) -> None:
    answer = call(client)

    told = answer["Payload"]
    assert (answer["StatusCode"], answer["ExecutedVersion"], answer.get("FunctionError")) == (200, "$LATEST", None)
    assert told["caller"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/called-role/called"
    assert (told["region"], told["variable"]) == ("us-east-1", "blue")
    assert 0 < told["milliseconds"] <= 2000


def test_a_package_that_the_zip_lacks_is_not_found_on_this_machine(client: Client) -> None:
    assert call(client, "import")["Payload"]["errorMessage"] == "No module named 'pymongo'"
    assert call(client)["Payload"]["path"] == []


def test_an_exception_is_the_answer_with_its_trace(client: Client) -> None:
    answer = call(client, "raise")

    told = answer["Payload"]
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (told["errorType"], told["errorMessage"]) == ("KeyError", "'nothing'")
    assert 'code.py", line' in told["stackTrace"][0]


@pytest.mark.parametrize(
    ("what", "kind", "message"),
    [
        ("exit", "Runtime.ExitError", "Runtime exited with error: exit status 3"),
        ("sleep", "Sandbox.Timedout", "Task timed out after 2.00 seconds"),
        ("bytes", "Runtime.MarshalError", "Unable to marshal response: Object of type bytes is not JSON serializable"),
    ],
)
def test_a_call_that_does_not_answer_fails(client: Client, what: str, kind: str, message: str) -> None:
    answer = call(client, what)

    told = answer["Payload"]
    assert (answer["FunctionError"], told["errorType"]) == ("Unhandled", kind)
    assert told["errorMessage"].endswith(message)


@pytest.mark.parametrize(
    ("handler", "kind", "message"),
    [
        ("code.missing", "Runtime.HandlerNotFound", "Handler 'missing' missing on module 'code'"),
        ("absent.handler", "Runtime.ImportModuleError", "Unable to import module 'absent': No module named 'absent'"),
    ],
)
def test_a_handler_that_is_not_there_is_an_error(client: Client, handler: str, kind: str, message: str) -> None:
    name = kind.partition(".")[2]
    make_function(client, name, zip_code(CODE), account=ACCOUNT)
    client("lambda", account=ACCOUNT).update_function_configuration(FunctionName=name, Handler=handler)

    told = invoke(client, name, account=ACCOUNT)

    assert (told["errorType"], told["errorMessage"]) == (kind, message)


def test_an_exception_of_the_import_has_only_its_own_trace(client: Client) -> None:
    make_function(client, "broken", zip_code("raise ValueError('early')"), account=ACCOUNT)

    told = invoke(client, "broken", account=ACCOUNT)

    assert (told["errorType"], told["errorMessage"]) == ("ValueError", "early")
    assert len(told["stackTrace"]) == 1


def test_what_it_logs_is_in_its_log_group_and_at_wish_in_the_answer(client: Client) -> None:
    answer = call(client, "raise", LogType="Tail")

    tail = base64.b64decode(answer["LogResult"]).decode()
    logs = client("logs", account=ACCOUNT)
    events = logs.filter_log_events(logGroupName="/aws/lambda/called", limit=1000)["events"]
    for text in ("got {'do': 'raise'}", "printed", "[ERROR] KeyError: 'nothing'", "REPORT RequestId"):
        assert text in tail
        assert any(text in event["message"] for event in events)


def test_json_lines_have_the_members_that_lambda_gives_them(client: Client) -> None:
    client("logs", account=ACCOUNT).create_log_group(logGroupName="/own")
    form = {"LogFormat": "JSON", "LogGroup": "/own"}
    make_function(client, "json", zip_code(CODE), account=ACCOUNT, LoggingConfig=form)

    invoke(client, "json", account=ACCOUNT)

    events = client("logs", account=ACCOUNT).filter_log_events(logGroupName="/own")["events"]
    lines = [json.loads(event["message"]) for event in events if event["message"].startswith("{")]
    assert lines[0]["type"] == "platform.start"
    (logged,) = (line for line in lines if line.get("message") == "got {}")
    assert (logged["level"], logged["logger"]) == ("INFO", "root")


def test_logs_are_written_as_far_as_the_role_allows(client: Client) -> None:
    logs = client("logs", account=ACCOUNT)
    write = ["logs:CreateLogStream", "logs:PutLogEvents"]
    for name, actions in (("silent", ["logs:CreateLogGroup"]), ("groupless", write), ("prepared", write)):
        make_function(client, name, zip_code(CODE), account=ACCOUNT, actions=actions)
    for name in ("silent", "prepared"):
        logs.create_log_group(logGroupName=f"/aws/lambda/{name}")

    for name in ("silent", "groupless", "prepared"):
        invoke(client, name, account=ACCOUNT)

    def written(name: str) -> bool:
        return bool(logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"])

    assert (written("silent"), written("prepared")) == (False, True)
    assert logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/groupless")["logGroups"] == []


def test_an_event_that_fails_is_repeated_twice_and_then_a_dead_letter(client: Client) -> None:
    sqs = client("sqs", account=ACCOUNT)
    queue = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"
    make_function(client, "failing", zip_code(CODE), account=ACCOUNT, DeadLetterConfig={"TargetArn": arn})

    answer = call(client, "raise", name="failing", InvocationType="Event")
    BACKGROUND.wait()

    (message,) = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"])["Messages"]
    events = client("logs", account=ACCOUNT).filter_log_events(logGroupName="/aws/lambda/failing")["events"]
    assert answer["StatusCode"] == 202
    assert json.loads(message["Body"]) == {"do": "raise"}
    assert message["MessageAttributes"]["ErrorMessage"]["StringValue"] == "'nothing'"
    assert sum("[ERROR]" in event["message"] for event in events) == 3


def test_a_dead_letter_can_be_a_message_of_a_topic(client: Client) -> None:
    sns, sqs = client("sns", account=ACCOUNT), client("sqs", account=ACCOUNT)
    topic = sns.create_topic(Name="dead")["TopicArn"]
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:told")
    make_function(client, "telling", zip_code(CODE), account=ACCOUNT, DeadLetterConfig={"TargetArn": topic})

    call(client, "raise", name="telling", InvocationType="Event")
    BACKGROUND.wait()

    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    told = json.loads(message["Body"])
    assert json.loads(told["Message"]) == {"do": "raise"}
    assert told["MessageAttributes"]["ErrorMessage"] == {"Type": "String", "Value": "'nothing'"}


def test_a_function_that_a_topic_calls_runs_afterwards(client: Client) -> None:
    sns = client("sns", account=ACCOUNT)
    topic = sns.create_topic(Name="calls")["TopicArn"]
    make_function(client, "subscribed", zip_code(CODE), account=ACCOUNT)
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:subscribed")

    sns.publish(TopicArn=topic, Message="hello")
    BACKGROUND.wait()

    events = client("logs", account=ACCOUNT).filter_log_events(logGroupName="/aws/lambda/subscribed")["events"]
    assert any("'Message': 'hello'" in event["message"] for event in events)


@pytest.mark.parametrize(
    ("name", "source", "arrives"), [("asked", "rule/asked", True), ("closed", "rule/other", False)]
)
def test_a_rule_calls_a_function_that_lets_it(client: Client, name: str, source: str, *, arrives: bool) -> None:
    events, functions = client("events", account=ACCOUNT), client("lambda", account=ACCOUNT)
    make_function(client, name, zip_code(CODE), account=ACCOUNT)
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [f"test.{name}"]}))
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"}])
    functions.add_permission(
        FunctionName=name,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=f"arn:aws:events:us-east-1:{ACCOUNT}:{source}",
    )

    events.put_events(Entries=[{"Source": f"test.{name}", "DetailType": "test", "Detail": "{}"}])
    BACKGROUND.wait()

    logs = client("logs", account=ACCOUNT)
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
    assert bool(groups) is arrives
    if arrives:
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        assert any("'detail-type': 'test'" in event["message"] for event in found)


def test_changed_code_and_variables_are_those_of_the_next_call(client: Client) -> None:
    functions = client("lambda", account=ACCOUNT)
    make_function(client, "changing", zip_code("def handler(event, context): return 1"), account=ACCOUNT)
    before = invoke(client, "changing", account=ACCOUNT)

    second = "import os\ndef handler(event, context): return os.environ['NUMBER']"
    functions.update_function_code(FunctionName="changing", ZipFile=zip_code(second))
    functions.update_function_configuration(FunctionName="changing", Environment={"Variables": {"NUMBER": "2"}})

    assert (before, invoke(client, "changing", account=ACCOUNT)) == (1, "2")


def test_calls_over_the_limit_of_the_account_are_throttled_and_the_others_can_call_back(client: Client) -> None:
    code = """
import boto3, time
def handler(event, context):
    for _ in range(5):
        boto3.client("sts").get_caller_identity()
        time.sleep(0.3)
    return "done"
"""
    make_function(client, "slow", zip_code(code), account=ACCOUNT, Timeout=60)

    def run(_: int) -> Any:
        try:
            return invoke(client, "slow", account=ACCOUNT)
        except ClientError as error:
            return error.response["Error"]["Code"]

    with ThreadPoolExecutor(14) as pool:
        told = list(pool.map(run, range(14)))

    assert set(told) == {"done", "TooManyRequestsException"}
    assert told.count("done") >= 10


def test_a_function_without_concurrency_or_not_in_python_is_refused(client: Client) -> None:
    functions = client("lambda", account=ACCOUNT)
    make_function(client, "halted", zip_code(CODE), account=ACCOUNT)
    functions.put_function_concurrency(FunctionName="halted", ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError, match="Rate Exceeded"):
        functions.invoke(FunctionName="halted")
    make_function(client, "other", zip_code(CODE), account=ACCOUNT)
    functions.update_function_configuration(FunctionName="other", Runtime="nodejs22.x")
    with pytest.raises(ClientError, match=r"other is of nodejs22\.x") as gap:
        functions.invoke(FunctionName="other")
    assert gap.value.response["Error"]["Code"] == "EmulatorGap"
    with pytest.raises(ClientError, match=f"Function not found: arn:aws:lambda:us-east-1:{ACCOUNT}:function:absent"):
        functions.invoke(FunctionName="absent")


def test_a_dry_run_runs_nothing(client: Client) -> None:
    started = time.monotonic()

    answer = call(client, "sleep", InvocationType="DryRun")

    assert answer["StatusCode"] == 204
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(("kind", "limit"), [("RequestResponse", 6_291_456), ("Event", 1_048_576)])
def test_too_large_an_event_is_refused(client: Client, kind: str, limit: int) -> None:
    with pytest.raises(ClientError, match=f"too large for the {kind} invocation type") as refused:
        client("lambda", account=ACCOUNT).invoke(
            FunctionName="called", InvocationType=kind, Payload=json.dumps("x" * limit)
        )
    assert refused.value.response["Error"]["Code"] == "RequestTooLargeException"
