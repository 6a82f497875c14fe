"""The script of the canaries, run against a server on this machine, with a stub of the library of Synthetics."""

from __future__ import annotations

import http.server
import importlib
import ipaddress
import socket
import ssl
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the library of Synthetics was given to log, in place of the library."""
    lines: list[str] = []
    common = ModuleType("aws_synthetics.common")
    common.synthetics_logger = SimpleNamespace(info=lines.append)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "aws_synthetics", ModuleType("aws_synthetics"))
    monkeypatch.setitem(sys.modules, "aws_synthetics.common", common)
    monkeypatch.delitem(sys.modules, "canaries.http_check", raising=False)
    return lines


@pytest.fixture
def script(logged: list[str]) -> Any:
    """The script, imported with the stub."""
    assert logged == []
    return importlib.import_module("canaries.http_check")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of `localhost`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.IPv4Address("127.0.0.2"))]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(tz=UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(tz=UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(private + signed.public_bytes(pem))
    return path


@contextmanager
def server(
    certificate: Path,
    *,
    status: int = 200,
    body: bytes = b"<h1>Users</h1>",
    pause_seconds: float = 0,
    missing_bytes: int = 0,
    **headers: str,
) -> Iterator[tuple[str, list[str]]]:
    """A server that gives each request the same answer, in parts after each pause; and the paths it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.send_header("content-length", str(len(body) + missing_bytes))
            for header, value in headers.items():
                self.send_header(header, value)
            self.end_headers()
            for index in range(len(body)):
                time.sleep(pause_seconds)
                try:
                    self.wfile.write(body[index : index + 1])
                    self.wfile.flush()
                except OSError:  # the canary has left
                    return

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        served.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        served.socket = context.wrap_socket(served.socket, server_side=True)
        served.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"https://localhost:{served.server_port}", asked
        served.shutdown()
        thread.join()


def run(
    script: Any, monkeypatch: pytest.MonkeyPatch, url: str, *, status: int = 200, text: str = "", seconds: str = "5"
) -> str:
    """Run it as Synthetics does: by its handler, with the variables of the canary."""
    for name, value in {
        "CANARY_URL": url,
        "EXPECTED_STATUS": str(status),
        "EXPECTED_TEXT": text,
        "TIMEOUT_SECONDS": seconds,
    }.items():
        monkeypatch.setenv(name, value)
    answer: str = script.handler({"canaryName": "test"}, None)
    return answer


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The certificate, as one of an authority that the canary trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


def test_a_healthy_site_passes(script: Any, trusted: Path, logged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with server(trusted) as (url, asked):
        answer = run(script, monkeypatch, f"{url}/api/health?deep=1", text="Users")
    assert f"{url}/api/health?deep=1: answered 200 in " in answer
    assert (logged, asked) == ([answer], ["/api/health?deep=1"])


def test_an_error_is_a_failure_with_its_status(script: Any, trusted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(trusted, status=500) as (url, _), pytest.raises(script.CheckError) as caught:
        run(script, monkeypatch, f"{url}/")
    assert str(caught.value) == f"{url}/: answered 500; expected is 200"


def test_an_expected_error_passes(script: Any, trusted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(trusted, status=503) as (url, _):
        assert "answered 503" in run(script, monkeypatch, f"{url}/", status=503)


def test_an_answer_that_is_late_as_a_whole_is_a_failure(
    script: Any, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part comes in time, so no read alone is too slow."""
    start = time.monotonic()
    with server(trusted, pause_seconds=0.2) as (url, _), pytest.raises(script.CheckError) as caught:
        run(script, monkeypatch, url, seconds="0.5")
    assert str(caught.value) == f"{url}: there is no complete answer after 0.5 seconds"
    assert time.monotonic() - start < 2


def test_no_answer_at_all_is_a_failure(script: Any, trusted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(trusted, pause_seconds=1) as (url, _), pytest.raises(script.CheckError, match=r"after 0\.2 seconds"):
        run(script, monkeypatch, url, seconds="0.2")


def test_an_answer_that_ends_early_is_a_failure(script: Any, trusted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(trusted, missing_bytes=7) as (url, _), pytest.raises(script.CheckError) as caught:
        run(script, monkeypatch, url)
    assert "the connection failed: IncompleteRead(14 bytes read, 7 more expected)" in str(caught.value)


def test_another_text_is_a_failure_that_shows_the_page(
    script: Any, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(trusted, body=b"<h1>Welcome to nginx</h1>") as (url, _), pytest.raises(script.CheckError) as caught:
        run(script, monkeypatch, url, text="Users")
    assert "does not have the text 'Users'; it starts with '<h1>Welcome to nginx</h1>'" in str(caught.value)


def test_a_certificate_of_an_unknown_authority_is_a_failure(
    script: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(certificate) as (url, asked), pytest.raises(script.CheckError) as caught:
        run(script, monkeypatch, url)
    assert f"{url}: its certificate is not valid: self" in str(caught.value)
    assert asked == []


def test_a_certificate_of_another_name_is_a_failure(
    script: Any, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(trusted) as (url, _), pytest.raises(script.CheckError) as caught:
        run(script, monkeypatch, url.replace("localhost", "127.0.0.1"))
    assert "its certificate is not valid: IP address mismatch" in str(caught.value)


def test_a_redirect_is_a_failure_that_says_where_it_leads(
    script: Any, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        server(trusted, status=302, location="https://elsewhere.example.com/") as (url, asked),
        pytest.raises(script.CheckError) as caught,
    ):
        run(script, monkeypatch, url)
    assert str(caught.value).endswith("answered 302, which leads to https://elsewhere.example.com/; expected is 200")
    assert asked == ["/"]


def test_a_name_that_is_not_in_dns_is_a_failure(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(script.CheckError) as caught:
        run(script, monkeypatch, "https://users.example.com/")
    assert str(caught.value) == ("https://users.example.com/: its name was not found in DNS: Name or service not known")


def test_a_refused_connection_is_a_failure(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(script.CheckError, match=r"the connection failed: .*refused"):
        run(script, monkeypatch, f"https://localhost:{port}/")


def test_a_server_without_tls_is_a_failure(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:
        port = plain.getsockname()[1]

        def answer() -> None:
            connection, _ = plain.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(script.CheckError, match="TLS failed: "):
            run(script, monkeypatch, f"https://localhost:{port}/")
        thread.join()
