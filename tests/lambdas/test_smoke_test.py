"""The smoke test against a real TLS server, and what it reports to CodeDeploy in each case."""

from __future__ import annotations

import json
import logging
import ssl
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lambdas.smoke_test import handler as function
from lambdas.smoke_test.handler import FailedError, SmokeTest, handler
from lambdas.smoke_test.listener import Listener, addresses_of, private_addresses_of
from tests.tls_server import ADDRESS, HostAuthority, TlsServer, tls_server

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

HOST = "users.example.com"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\n\r\n"
APPLICATION = "user-management-test-api"
EVENT = {"DeploymentId": "d-ONE", "LifecycleEventHookExecutionId": "hook-1"}

Answering = "Callable[[str, threading.Event], bytes | None]"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> HostAuthority:
    return HostAuthority(tmp_path_factory.mktemp("authority"))


def always(answer: bytes | None) -> Callable[[str, threading.Event], bytes | None]:
    return lambda _path, _ended: answer


def smoke_test(server: TlsServer, authority: HostAuthority, *paths: str, **changes: Any) -> SmokeTest:
    """A test that waits for nothing longer than it must, so that these tests are fast."""
    values: dict[str, Any] = {
        "listener": Listener(
            host_name=HOST,
            port=server.port,
            answer_seconds=0.5,
            context=ssl.create_default_context(cafile=authority.file),
        ),
        "addresses": [ADDRESS],
        "paths": paths or ("/api/health",),
        "deadline": time.monotonic() + 10,
        "first_seconds": 0.3,
        "settle_seconds": 0.0,
        "pause_seconds": 0.05,
    }
    return SmokeTest(**values | changes)


def failure(test: SmokeTest) -> str:
    with pytest.raises(FailedError) as caught:
        test.run()
    return str(caught.value)


def test_a_healthy_version_is_asked_several_times_under_the_name_of_the_certificate(authority: HostAuthority) -> None:
    with tls_server(authority.context(HOST), always(OK)) as server:
        smoke_test(server, authority, "/api/health", "/api/users?limit=1").run()
    paths = [request.split()[1] for request in server.requests]
    assert paths.count("/api/health") == paths.count("/api/users?limit=1") == 4
    assert set(server.names) == {HOST}
    assert all(f"\r\nHost: {HOST}\r\n" in request for request in server.requests)
    assert all("\r\nUser-Agent: " in request for request in server.requests)


@pytest.mark.parametrize("status", ["201 Created", "204 No Content", "299 Fine"])
def test_each_status_of_success_is_one(authority: HostAuthority, status: str) -> None:
    with tls_server(authority.context(HOST), always(f"HTTP/1.1 {status}\r\n\r\n".encode())) as server:
        smoke_test(server, authority).run()


@pytest.mark.parametrize("status", ["301 Moved Permanently", "404 Not Found", "500 Internal Server Error"])
def test_another_status_fails(authority: HostAuthority, status: str) -> None:
    with tls_server(authority.context(HOST), always(f"HTTP/1.1 {status}\r\n\r\n".encode())) as server:
        said = failure(smoke_test(server, authority))
    assert said.startswith(f"GET /api/health at {ADDRESS}:{server.port}: {status[:3]} after 0.")
    assert said.endswith("; it must be 2xx")


def test_a_path_may_fail_at_first_while_the_listener_changes(authority: HostAuthority) -> None:
    said = [BROKEN, None, OK, OK, OK, OK]
    with tls_server(authority.context(HOST), lambda _path, _ended: said.pop(0)) as server:
        smoke_test(server, authority, first_seconds=5.0).run()
    assert said == []


def test_a_version_that_answers_only_now_and_then_fails(authority: HostAuthority) -> None:
    said = [OK, OK, BROKEN, OK, OK, OK]
    with tls_server(authority.context(HOST), lambda _path, _ended: said.pop(0)) as server:
        assert ": 500 after " in failure(smoke_test(server, authority))


def test_a_slow_answer_fails(authority: HostAuthority) -> None:
    def slow(_path: str, ended: threading.Event) -> bytes:
        ended.wait(1.5)
        return OK

    with tls_server(authority.context(HOST), slow) as server:
        said = failure(smoke_test(server, authority))
    assert said == f"GET /api/health at {ADDRESS}:{server.port}: no answer within 0.5 s"


def test_no_answer_ends_in_time(authority: HostAuthority) -> None:
    def never(_path: str, ended: threading.Event) -> None:
        ended.wait()

    with tls_server(authority.context(HOST), never) as server:
        start = time.monotonic()
        assert "no answer within 0.5 s" in failure(smoke_test(server, authority))
    assert time.monotonic() - start < 2


def test_a_closed_connection_and_something_else_than_http_fail(authority: HostAuthority) -> None:
    with tls_server(authority.context(HOST), always(None)) as server:
        assert failure(smoke_test(server, authority)).endswith("the connection was closed without an answer")
    with tls_server(authority.context(HOST), always(b"SSH-2.0-OpenSSH_9.9\r\n")) as server:
        assert failure(smoke_test(server, authority)).endswith("the answer is not HTTP")


def test_the_certificate_of_another_name_or_authority_fails(authority: HostAuthority, tmp_path: Path) -> None:
    with tls_server(authority.context("elsewhere.example.com"), always(OK)) as server:
        said = failure(smoke_test(server, authority))
        assert f"the certificate is not valid for {HOST}: Hostname mismatch" in said
        assert server.requests == []  # nothing is sent to a server that is another one
    with tls_server(HostAuthority(tmp_path).context(HOST), always(OK)) as server:
        assert f"the certificate is not valid for {HOST}: " in failure(smoke_test(server, authority))


def test_a_listener_that_does_not_listen_fails(authority: HostAuthority) -> None:
    with tls_server(authority.context(HOST), always(OK)) as server:
        pass
    assert ": no connection: " in failure(smoke_test(server, authority))


def test_each_address_of_the_load_balancer_is_asked(authority: HostAuthority) -> None:
    with tls_server(authority.context(HOST), always(OK)) as server:
        # The second address does not listen, so the first request to it fails.
        said = failure(smoke_test(server, authority, addresses=[ADDRESS, "127.0.0.2"], first_seconds=0.0))
    assert said.startswith(f"GET /api/health at 127.0.0.2:{server.port}: no connection: ")


def test_it_ends_before_the_function_does(authority: HostAuthority) -> None:
    with tls_server(authority.context(HOST), always(OK)) as server:
        test = smoke_test(server, authority, deadline=time.monotonic() + 0.3, pause_seconds=0.2)
        assert failure(test).startswith("the time of the test was over in round ")


class CodeDeploy:
    """CodeDeploy and EC2 as far as the function uses them."""

    def __init__(self) -> None:
        self.results: list[dict[str, str]] = []
        self.described: list[dict[str, Any]] = []

    def get_deployment(self, **asked: str) -> dict[str, Any]:
        assert asked == {"deploymentId": "d-ONE"}
        return {"deploymentInfo": {"applicationName": APPLICATION}}

    def put_lifecycle_event_hook_execution_status(self, **result: str) -> None:
        self.results.append(result)

    def describe_network_interfaces(self, **asked: Any) -> dict[str, Any]:
        self.described.append(asked)
        return {"NetworkInterfaces": [{"PrivateIpAddress": ADDRESS}]}


class Seconds:
    """The time that a call of the function may take."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@pytest.fixture
def codedeploy(authority: HostAuthority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CodeDeploy:
    """CodeDeploy, and the function's environment; the port is that of no server."""
    fake = CodeDeploy()
    monkeypatch.setattr(boto3, "client", lambda *_args, **_named: fake)
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({APPLICATION: ["/api/health"]}), encoding="utf-8")
    monkeypatch.setattr(function, "SETTINGS", settings)
    monkeypatch.setattr(function, "SETTLE_SECONDS", 0.0)
    # What OpenSSL reads instead of the machine's own authorities.
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    for name, value in {"ADDRESS": "localhost", "INTERFACES": "", "HOST_NAME": HOST, "PORT": "1"}.items():
        monkeypatch.setenv(name, value)
    return fake


def reported(status: str) -> list[dict[str, str]]:
    return [{"deploymentId": "d-ONE", "lifecycleEventHookExecutionId": "hook-1", "status": status}]


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function without its pauses."""
    make = function.SmokeTest

    def hurry(**values: Any) -> SmokeTest:
        return make(**values, settle_seconds=0.0, pause_seconds=0.01, first_seconds=0.2)

    monkeypatch.setattr(function, "SmokeTest", hurry)


@pytest.mark.usefixtures("fast")
def test_a_good_version_is_reported(
    codedeploy: CodeDeploy, authority: HostAuthority, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with tls_server(authority.context(HOST), always(OK)) as server:
        monkeypatch.setenv("PORT", str(server.port))
        assert handler(EVENT, Seconds(300)) == {"status": "Succeeded"}
    assert codedeploy.results == reported("Succeeded")
    assert caplog.messages[-1] == "d-ONE: the new version answers as it must"
    assert caplog.messages[0].startswith(f"GET /api/health at {ADDRESS}:{server.port}: 200 after 0.")


@pytest.mark.usefixtures("fast")
def test_a_bad_version_is_reported_with_its_answer(
    codedeploy: CodeDeploy, authority: HostAuthority, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with tls_server(authority.context(HOST), always(BROKEN)) as server:
        monkeypatch.setenv("PORT", str(server.port))
        assert handler(EVENT, Seconds(300)) == {"status": "Failed"}
    assert codedeploy.results == reported("Failed")
    assert caplog.records[-1].levelname == "ERROR"
    assert caplog.messages[-1].startswith("d-ONE: GET /api/health at ")
    assert caplog.messages[-1].endswith("; it must be 2xx")


def test_an_error_of_its_own_is_reported_as_failed(
    codedeploy: CodeDeploy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PORT", "not a port")
    assert handler(EVENT, Seconds(300)) == {"status": "Failed"}
    assert codedeploy.results == reported("Failed")
    assert caplog.messages[-1] == "d-ONE: the smoke test itself failed, so the new version was not tested"
    assert "not a port" in caplog.text


def test_an_application_that_it_does_not_know_is_reported_as_failed(
    codedeploy: CodeDeploy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = tmp_path / "others.json"
    settings.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(function, "SETTINGS", settings)
    assert handler(EVENT, Seconds(300)) == {"status": "Failed"}
    assert codedeploy.results == reported("Failed")
    assert caplog.messages == [f"d-ONE: no paths are known for the application {APPLICATION}; apply the layer service"]


@pytest.mark.usefixtures("fast")
def test_a_public_load_balancer_is_asked_at_its_private_addresses(
    codedeploy: CodeDeploy, authority: HostAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERFACES", "ELB app/web/0123456789abcdef")
    with tls_server(authority.context(HOST), always(OK)) as server:
        monkeypatch.setenv("PORT", str(server.port))
        assert handler(EVENT, Seconds(300)) == {"status": "Succeeded"}
    (asked,) = codedeploy.described
    assert {"Name": "description", "Values": ["ELB app/web/0123456789abcdef"]} in asked["Filters"]


def test_addresses_are_each_listed_once() -> None:
    assert addresses_of("localhost") == [ADDRESS]
    assert private_addresses_of("ELB app/web/1", ec2=CodeDeploy()) == [ADDRESS]
