from __future__ import annotations

import io
import json
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.dispatcher import Dispatcher
from emulator.http import HttpResponse
from emulator.registry import Registry
from emulator.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator import Emulator
    from tests.emulator.conftest import Client


def test_ready_answers_200(emulator: Emulator) -> None:
    with urllib.request.urlopen(f"{emulator.url}/emulator/ready") as response:  # noqa: S310  loopback
        assert (response.status, response.read()) == (200, b'{"status": "ready"}')


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("xray", "get_insight", {"InsightId": "11111111-2222-3333-4444-555555555555"}),
        ("cloudfront", "list_streaming_distributions", {}),
        ("ec2", "describe_verified_access_groups", {}),
        ("rds", "describe_certificates", {}),
        ("codepipeline", "list_webhooks", {}),
        # Services that moto lacks, with and without operations registered here.
        ("chatbot", "describe_chime_webhook_configurations", {}),
        ("accessanalyzer", "list_policy_generations", {}),
        ("rum", "list_app_monitors", {}),
        ("oam", "list_links", {}),
        ("health", "describe_events", {}),
        # Services with another or a shared signing name.
        ("amp", "list_scrapers", {}),
        ("chime-sdk-media-pipelines", "list_media_pipelines", {}),
    ],
)
def test_an_unknown_operation_is_a_400_that_names_the_gap(
    client: Client, service: str, operation: str, arguments: dict[str, str]
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(client(service), operation)(**arguments)

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused.value.response["Error"]["Code"] == "EmulatorGap"
    name = "".join(part.title() for part in operation.split("_")).replace("Db", "DB")
    assert f"does not implement {service}:{name}" in refused.value.response["Error"]["Message"]


def test_a_service_that_moto_lacks_prints_nothing(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ClientError, match="EmulatorGap"):
        client("rum").list_app_monitors()

    assert capfd.readouterr().out == ""


def test_missing_members_are_refused_with_awss_message(client: Client) -> None:
    with pytest.raises(ClientError, match="Value null at 'GroupName' failed to satisfy constraint: Member must"):
        client("xray", checked=False).create_group(FilterExpression="x")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "NUMBER_VALUE can not be converted to String"),
        (True, "TRUE_VALUE can not be converted to String"),
        ({"a": "b"}, "Start of structure or map found where not expected"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_awss_message(client: Client, value: Any, message: str) -> None:
    with pytest.raises(ClientError, match=rf"\(SerializationException\).*{message}"):
        client("xray", checked=False).create_group(GroupName=value)


def test_a_value_outside_the_enumeration_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match=r"Value 'AES' at 'Type' failed .* enum value set: \[NONE, KMS\]"):
        client("xray").put_encryption_config(Type="AES")


ANSWER = HttpResponse(200, [], b"first")
REFUSAL = HttpResponse(409, [], b"no")


def test_a_retry_gets_the_first_response() -> None:
    replay = Replay()
    replay.once("a", lambda: ANSWER)

    assert replay.once("a", lambda: HttpResponse(200, [], b"second")) is ANSWER


def test_a_retry_waits_for_the_first_attempt_and_runs_once() -> None:
    replay, calls, started = Replay(), [], threading.Event()

    def slow() -> HttpResponse:
        calls.append(1)
        started.set()
        time.sleep(0.1)
        return ANSWER

    with ThreadPoolExecutor() as pool:
        first = pool.submit(replay.once, "a", slow)
        started.wait()
        retry = pool.submit(replay.once, "a", slow)

    assert (first.result(), retry.result(), len(calls)) == (ANSWER, ANSWER, 1)


def test_a_refused_attempt_is_tried_again() -> None:
    replay = Replay()
    replay.once("a", lambda: REFUSAL)

    assert replay.once("a", lambda: ANSWER) is ANSWER


def test_a_broken_attempt_frees_the_retry() -> None:
    replay = Replay()

    def broken() -> HttpResponse:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        replay.once("a", broken)
    assert replay.once("a", lambda: ANSWER) is ANSWER


def test_replay_stores_a_bounded_number_of_responses() -> None:
    replay, calls = Replay(kept=1), []

    def count() -> HttpResponse:
        calls.append(1)
        return ANSWER

    for name in "aba":
        replay.once(name, count)

    assert len(calls) == 3


def request(method: str) -> dict[str, Any]:
    """An S3 request of boto3, sent twice with the same invocation id."""
    credential = "AWS4-HMAC-SHA256 Credential=900000000088/20260101/us-east-1/s3/aws4_request, Signature=x"
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/retried-bucket",
        "RAW_URI": "/retried-bucket",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "HTTP_AUTHORIZATION": credential,
        "HTTP_AMZ_SDK_INVOCATION_ID": "one",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }


@pytest.mark.parametrize(("method", "kept"), [("PUT", 1), ("GET", 0), ("HEAD", 0)])
def test_the_response_of_a_read_is_not_stored(
    emulator: Emulator, client: Client, monkeypatch: pytest.MonkeyPatch, method: str, kept: int
) -> None:
    client("s3", account="900000000088").create_bucket(Bucket="retried-bucket")
    invocations: list[str] = []

    def once(_: Replay, invocation: str, call: Callable[[], HttpResponse]) -> HttpResponse:
        invocations.append(invocation)
        return call()

    monkeypatch.setattr(Replay, "once", once)
    emulator.dispatcher(request(method), lambda *_: None)

    assert len(invocations) == kept


def test_a_reset_deletes_the_list_of_calls() -> None:
    front = Dispatcher(Registry())
    front.called.add(("123456789012", "us-east-1", "s3"))
    front.reset()

    assert front.called == set()


def test_a_fault_of_the_emulator_is_a_400_that_says_so(client: Client) -> None:
    query = {"Type": "TAG_FILTERS_1_0", "Query": "{}"}

    with pytest.raises(ClientError, match="This is a fault of the emulator, not a refusal by AWS") as failed:
        client("resource-groups").create_group(Name="broken", ResourceQuery=query)
    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert failed.value.response["Error"]["Code"] == "EmulatorFault"


def test_a_request_that_cannot_be_parsed_is_a_400(emulator: Emulator) -> None:
    credential = "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/xray/aws4_request, Signature=x"
    request = urllib.request.Request(  # noqa: S310  loopback
        f"{emulator.url}/CreateGroup",
        data=b'{"GroupName": ["a"], "InsightsConfiguration": "b"}',
        headers={"Authorization": credential, "Content-Type": "application/json"},
    )

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)  # noqa: S310  loopback
    assert refused.value.code == 400
    assert b"SerializationException" in refused.value.read()
    refused.value.close()


def test_a_path_with_an_encoded_slash_is_routed(client: Client) -> None:
    groups = client("resource-groups")
    query = json.dumps({"ResourceTypeFilters": ["AWS::AllSupported"], "TagFilters": [{"Key": "a", "Values": ["1"]}]})
    kind = {"Type": "TAG_FILTERS_1_0", "Query": query}
    arn = groups.create_group(Name="all", ResourceQuery=kind, Tags={"a": "1"})["Group"]["GroupArn"]

    assert groups.get_tags(Arn=arn)["Tags"] == {"a": "1"}
