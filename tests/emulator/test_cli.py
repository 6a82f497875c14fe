from __future__ import annotations

import json
import logging
import re
import signal
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from emulator import Emulator, PortInUseError
from emulator.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client

COMMAND = [sys.executable, "-m", "emulator"]


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        yield running
        running.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_one_line_serves_and_stops_cleanly(process: subprocess.Popen[str], number: signal.Signals) -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    address = re.fullmatch(r"emulator listens on (http://127\.0\.0\.1:\d+)\n", line)
    assert address is not None
    with urllib.request.urlopen(f"{address[1]}/emulator/ready") as response:  # noqa: S310  loopback
        assert json.load(response) == {"status": "ready"}

    process.send_signal(number)
    rest, errors = process.communicate(timeout=30)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_a_trace_has_every_call_and_the_request_of_a_failed_one(
    emulator: Emulator, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert emulator.url
    with caplog.at_level(logging.DEBUG, logger="emulator"), pytest.raises(ClientError):
        client("xray", account="800000000001").get_group(GroupName="unseen")

    assert "800000000001 us-east-1 xray:GetGroup (POST /GetGroup): 400" in caplog.text
    assert '{"GroupName": "unseen"}' in caplog.text


def test_a_port_in_use_is_one_clear_line_and_exit_code_2(emulator: Emulator) -> None:
    finished = subprocess.run(
        [*COMMAND, "--port", str(emulator.port)], capture_output=True, text=True, check=False, timeout=60
    )

    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr == (
        f"emulator: port {emulator.port} on 127.0.0.1 is already in use; stop the other process, or use another port\n"
    )


@pytest.mark.parametrize("value", ["65536", "-1", "abc", ""])
def test_an_invalid_port_is_one_clear_line_and_exit_code_2(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([f"--port={value}"])

    said = capsys.readouterr().err
    assert f"error: argument --port: '{value}' must be an integer from 0 to 65535\n" in said


def test_a_port_in_use_is_an_exception_in_python(emulator: Emulator) -> None:
    with pytest.raises(PortInUseError, match=f"port {emulator.port} on 127.0.0.1 is already in use"):
        Emulator(port=emulator.port).start()


def test_an_emulator_can_be_stopped_twice_and_its_port_is_free_again() -> None:
    with Emulator() as first:
        port = first.port
    first.stop()

    with Emulator(port=port) as second:
        assert second.url == f"http://127.0.0.1:{port}"


def test_an_emulator_that_starts_alone_starts_empty_and_two_at_once_share_their_state() -> None:
    program = (
        "import boto3\n"
        "from emulator import Emulator\n"
        "def topics(running, *, make=False):\n"
        "    sns = boto3.client('sns', endpoint_url=running.url, region_name='us-east-1',\n"
        "        aws_access_key_id='123456789012', aws_secret_access_key='test')\n"
        "    if make: sns.create_topic(Name='one')\n"
        "    return len(sns.list_topics()['Topics'])\n"
        "with Emulator() as first:\n"
        "    seen = [topics(first, make=True)]\n"
        "    with Emulator() as second: seen.append(topics(second))\n"
        "    seen.append(topics(first))\n"
        "with Emulator() as third: seen.append(topics(third))\n"
        "print(seen)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)

    assert done.stdout == "[1, 1, 1, 0]\n"
