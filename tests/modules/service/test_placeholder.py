"""The placeholder answers the health check of the load balancer."""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from modules.service import placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(port: int, protocol: str, folder: Path, code: int = 200) -> Iterator[subprocess.Popen[bytes]]:
    _, *arguments = placeholder.command(port=port, protocol=protocol, status=code)
    with subprocess.Popen([sys.executable, *arguments], cwd=folder) as process:
        try:
            yield process
        finally:
            process.kill()


def status(port: int, protocol: str, path: str, method: str = "GET") -> int:
    # The load balancer does not validate the certificate either.
    context = ssl._create_unverified_context()  # noqa: S323, SLF001
    connection: http.client.HTTPConnection = (
        http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
        if protocol == "HTTPS"
        else http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    )
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(("protocol", "code"), [("HTTP", 200), ("HTTPS", 200), ("HTTP", 204), ("HTTP", 301)])
def test_it_answers_the_health_check_on_any_path(protocol: str, code: int, tmp_path: Path) -> None:
    port = free_port()
    with running(port, protocol, tmp_path, code) as process:
        deadline = time.monotonic() + 30
        while True:
            try:
                assert status(port, protocol, "/api/health") == code
                break
            except ConnectionRefusedError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        assert status(port, protocol, "/") == code
        assert status(port, protocol, "/health", method="HEAD") == code
    assert list(tmp_path.iterdir()) == []


def test_it_is_one_command_without_a_shell() -> None:
    program, option, source = placeholder.command(port=3000, protocol="HTTP")
    assert (program, option) == ("python3", "-c")
    assert "${" not in source  # Terraform would interpolate it
    assert "%{" not in source
    compile(source, "placeholder", "exec")
