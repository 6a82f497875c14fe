"""The example of a frontend: what users and the load balancer get, and how it ends, under the limits of its task."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import ssl
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.examples.image import EXAMPLES, NODE, make_image
from tests.examples.sandbox import Sandbox, can_isolate
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.examples.image import Image

SETTINGS = fixture_environment("prod").services["frontend"]
LARGE_BYTES = 50_000_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, and a file that takes a while to read."""
    folder = tmp_path_factory.mktemp("site") / "dist"
    subprocess.run([NODE, "build.mjs", "site", folder], cwd=EXAMPLES / "frontend", check=True)
    with (folder / "static" / "large.bin").open("wb") as file:
        file.truncate(LARGE_BYTES)
    return folder


@pytest.fixture
def image(site: Path, tmp_path: Path) -> Image:
    return make_image("frontend", tmp_path / "image", stages={"build": {"/build/dist": site}})


@pytest.fixture
def container(image: Image) -> Iterator[Sandbox]:
    with Sandbox(image, SETTINGS, environment={}, isolated=can_isolate()) as running:
        yield running


def test_the_build_names_each_asset_by_its_content_and_the_page_asks_for_those(site: Path) -> None:
    page = (site / "index.html").read_text(encoding="utf-8")
    asked = re.findall(r'"/(static/[^"]+)"', page)
    assert len(asked) == 2
    assert all(re.fullmatch(r"static/site\.[0-9a-f]{16}\.(css|js)", path) for path in asked)
    assert all((site / path).is_file() for path in asked)


def test_pages_assets_and_health_are_answered(container: Sandbox, site: Path) -> None:
    page = (site / "index.html").read_bytes()
    for path in ("/", "/users/42", "/index.html", "/users/42?tab=roles"):
        status, headers, body = container.get(path)
        assert (path, status, body) == (path, 200, page)
        assert headers["cache-control"] == "no-cache"
    (script,) = (file.name for file in (site / "static").glob("site.*.js"))
    status, headers, _ = container.get(f"/static/{script}")
    assert (status, headers["content-type"]) == (200, "text/javascript")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    for path in ("/static/site.js", "/static/site", "/favicon.ico", "/.well-known/change-password", "/api.json"):
        status, headers, _ = container.get(path)
        # An answer that CloudFront and browsers would keep must not be one that a later release changes.
        assert (path, status, headers.get("cache-control", "")) == (path, 404, "")
    assert container.get("/health")[0] == 200
    assert container.get("/")[1]["server"] == "nginx"


def test_an_idle_connection_is_open_for_longer_than_the_load_balancer_keeps_it() -> None:
    config = (EXAMPLES / "frontend" / "nginx.conf").read_text(encoding="utf-8")
    found = re.search(r"keepalive_timeout (\d+)s;", config)
    assert found
    load_balancer = fixture_environment("prod").load_balancer
    assert load_balancer
    assert int(found[1]) > load_balancer.idle_timeout_seconds


def test_it_ends_requests_before_it_is_killed() -> None:
    config = (EXAMPLES / "frontend" / "nginx.conf").read_text(encoding="utf-8")
    found = re.search(r"worker_shutdown_timeout (\d+)s;", config)
    assert found
    assert int(found[1]) < SETTINGS.drain_seconds


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGQUIT])
def test_a_request_that_runs_when_it_is_stopped_is_answered_whole(
    container: Sandbox, with_signal: signal.Signals
) -> None:
    connection = container.connect()
    connection.request("GET", "/static/large.bin")
    answer = connection.getresponse()
    begun = answer.read(100_000)  # the buffers hold far less than the file: the rest is sent after the signal
    container.process.send_signal(with_signal)
    wait_until_refused(container.port)
    assert container.process.poll() is None
    rest = answer.read()
    assert len(begun) + len(rest) == LARGE_BYTES
    connection.close()
    assert container.process.wait(container.stop_seconds) == 0
    assert "[emerg]" not in container.log


def test_an_idle_connection_does_not_keep_it_from_stopping(container: Sandbox) -> None:
    connection = container.connect()
    connection.request("GET", "/health")
    connection.getresponse().read()
    assert container.stop() == 0
    connection.close()


def test_without_a_port_it_does_not_start_and_says_why(image: Image) -> None:
    container = Sandbox(image, SETTINGS, environment={}, isolated=can_isolate())
    variables = container._definition["environment"]  # noqa: SLF001 - no task is without it
    variables[:] = [entry for entry in variables if entry["name"] != "PORT"]
    container.start()
    assert container.process.wait(30) != 0
    container.kill()
    assert "PORT: is missing: it is the port that nginx listens on" in container.log


def test_it_speaks_tls_only(container: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", container.port), 10) as raw:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with context.wrap_socket(raw) as secure:
            assert secure.version() in {"TLSv1.2", "TLSv1.3"}
    plain = http.client.HTTPConnection("127.0.0.1", container.port, timeout=10)
    plain.request("GET", "/")
    answer = plain.getresponse()
    assert (answer.status, b"plain HTTP request was sent to HTTPS port" in answer.read()) == (400, True)
    plain.close()


def wait_until_refused(port: int) -> None:
    """Return once nothing listens: then the signal has arrived."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        time.sleep(0.005)  # so that what the signal is for gets the processor
        try:
            socket.create_connection(("127.0.0.1", port), 10).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:  # accepted by the kernel, and not any more by the program
            continue
    pytest.fail("it still accepts connections")


def test_it_runs_with_the_limits_of_its_task(container: Sandbox) -> None:
    if can_isolate():  # as root on Linux; elsewhere a program cannot be limited like that
        assert container.uids == {101}
        assert container.capabilities == 0
        assert container.may_gain_privileges is False
        assert "ro" in container.mount_options["/"]
        for path in SETTINGS.writable_paths:
            assert {"rw", "noexec", "nosuid", "nodev"} <= container.mount_options[path]
    assert container.get("/health")[0] == 200


def test_it_writes_only_to_its_writable_folders(image: Image) -> None:
    before = image.files
    with Sandbox(image, SETTINGS, environment={}, isolated=False) as container:
        assert container.get("/")[0] == 200
        written = image.files - before
        assert container.stop() == 0
    assert {"tmp/key.pem", "tmp/certificate.pem", "tmp/nginx.conf"} <= written
    writable = tuple(f"{path}/".lstrip("/") for path in SETTINGS.writable_paths)
    assert {file for file in image.files - before if not file.startswith(writable)} == {"usr/local/bin/node"}
