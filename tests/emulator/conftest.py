from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import boto3
import pytest
from aws_xray_sdk.core import xray_recorder
from botocore.config import Config
from moto.core.base_backend import BackendDict

from emulator import Emulator
from emulator.outages import state
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator


# moto imports the X-Ray SDK, which opens a socket at import and never closes it.
xray_recorder.emitter._socket.close()  # noqa: SLF001


PER_TEST: Final = "7"
"""The accounts of one test each start with it; moto keeps about 20 MB for each."""


_SHARED: Final = "123456789012"
"""The account of the other tests of a file."""


class Client(Protocol):
    """Creates a boto3 client of the emulator."""

    def __call__(self, service: str, *, account: str = ..., region: str = ..., checked: bool = ...) -> Any: ...


class Clients:
    """Creates each client once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: dict[tuple[str, str, str, bool], Any] = {}

    def __call__(self, service: str, *, account: str = _SHARED, region: str = "us-east-1", checked: bool = True) -> Any:
        key = (service, account, region, checked)
        if key not in self._made:
            self._made[key] = boto3.client(
                service,
                endpoint_url=self._url,
                region_name=region,
                aws_access_key_id=account,
                aws_secret_access_key="test",
                config=Config(
                    parameter_validation=checked, retries={"max_attempts": 0}, s3={"addressing_style": "path"}
                ),
            )
        return self._made[key]

    def forget(self) -> None:
        """Let go of all accounts, with the clients of them."""
        self._made.clear()
        with REGISTRY.lock:
            for accounts in BackendDict._instances:  # type: ignore[misc]  # noqa: SLF001  moto has no public way
                accounts.clear()


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(scope="session")
def clients(emulator: Emulator) -> Clients:
    return Clients(emulator.url)


@pytest.fixture(scope="session")
def client(clients: Clients) -> Client:
    return clients


@pytest.fixture(scope="module", autouse=True)
def _forgets(clients: Clients) -> Iterator[None]:
    """A file can be run in two parts by one process: the second finds nothing of the first one's."""
    yield
    clients.forget()


@pytest.fixture
def _all_regions_answer() -> Iterator[None]:
    """After the test no region is lost any more."""
    yield
    for region in state.lost_regions():
        state.give_back(region)
