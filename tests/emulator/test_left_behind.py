from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import pytest

from tests.emulator.functions import make_function, zip_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT = "900000000206"
SLEEPS = "import time\ndef handler(event, context): time.sleep(600)"


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-m", "emulator"], stdout=subprocess.PIPE, text=True) as started:
        yield started
        started.kill()


def make_client(url: str) -> Callable[..., Any]:
    def client(service: str, *, account: str = ACCOUNT) -> Any:
        keys = {"aws_access_key_id": account, "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=url, region_name="us-east-1", **keys)

    return client


def start_all(url: str) -> None:
    """Start a database and a call of a function that takes ten minutes."""
    client = make_client(url)
    client("rds").create_db_instance(
        DBInstanceIdentifier="main",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="chief",
        MasterUserPassword="first-password",
    )
    host = client("rds").describe_db_instances()["DBInstances"][0]["Endpoint"]["Address"]
    make_function(client, "sleeps", zip_code(SLEEPS), account=ACCOUNT, Timeout=600)
    client("lambda").invoke(FunctionName="sleeps", InvocationType="Event")["Payload"].read()
    request(url, "GET", f"/emulator/databases?account={ACCOUNT}&endpoint={host}")


def request(url: str, method: str, path: str) -> Any:
    connection = HTTPConnection(urlsplit(url).netloc)
    connection.request(method, path)
    with connection.getresponse() as answer:
        told = answer.read()
    connection.close()
    return json.loads(told or b"null")


def list_processes() -> dict[int, tuple[int, str]]:
    """The parent and the command of each process that has not ended."""
    command = ["ps", "-axo", "pid=,ppid=,stat=,comm="]  # in another folder on each system
    shown = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    fields = [line.split(maxsplit=3) for line in shown.splitlines()]
    return {int(pid): (int(parent), command) for pid, parent, state, command in fields if not state.startswith("Z")}


def descendants(pid: int) -> dict[int, str]:
    """The commands of all processes that a process has started, and of those that they have."""
    processes = list_processes()
    found: dict[int, str] = {}
    parents = {pid}
    while parents:
        children = {child: command for child, (parent, command) in processes.items() if parent in parents}
        parents = children.keys() - found.keys()
        found |= children
    return found


def wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.seconds(15)
@pytest.mark.parametrize("way", ["SIGKILL", "SIGTERM", "reset"])
def test_no_process_is_left_behind(process: subprocess.Popen[str], way: str) -> None:
    url = (process.stdout.readline() if process.stdout else "").split()[-1]
    start_all(url)
    # PostgreSQL with its own processes, and the function.
    assert wait_for(lambda: {"postgres", "python"} <= {kind(name) for name in descendants(process.pid).values()})
    started = descendants(process.pid)
    if way == "reset":
        # The shell that will remove the data which new servers are copied from waits for the end of the emulator.
        started = {pid: name for pid, name in started.items() if kind(name) != "sh"}
        request(url, "POST", "/moto-api/reset")
    else:
        process.send_signal(getattr(signal, way))
        process.wait(60)

    assert wait_for(lambda: not started.keys() & list_processes().keys()), started


def kind(command: str) -> str:
    """The name of a program without its version."""
    return Path(command).name.rstrip("0123456789.")
