from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING, Any, Protocol

import boto3
import botocore.session
import pytest
from aws_xray_sdk.core import xray_recorder
from botocore.loaders import create_loader

from emulator import Emulator
from emulator.registry import REGISTRY
from preflight.account import Account
from preflight.check import run_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from preflight.check import Check
    from preflight.line import Line

# moto imports the X-Ray SDK, which opens a socket at import and never closes it.
xray_recorder.emitter._socket.close()  # noqa: SLF001

# Reading a model takes longer than a check: all sessions share them.
_LOADER = create_loader()
_NUMBERS = itertools.count(610_000_000_001)


class Place(Protocol):
    """An account of the emulator that no other test uses."""

    id: str
    account: Account

    def client(self, service: str, *, region: str = ..., of: str = ...) -> Any:
        """A client that can write, of this account or of another one."""

    def run(self, checks: Iterable[Check]) -> list[Line]:
        """The lines of these checks."""


class _Place:
    def __init__(self, url: str) -> None:
        self.id = str(next(_NUMBERS))
        self.account = Account(session_of(self.id), home_region="us-east-1")
        self._url = url

    def client(self, service: str, *, region: str = "us-east-1", of: str = "") -> Any:
        return session_of(of or self.id).client(service, region_name=region, endpoint_url=self._url)

    def run(self, checks: Iterable[Check]) -> list[Line]:
        return run_all(list(checks), self.account)


def session_of(account: str) -> boto3.Session:
    """A session whose access key is the account."""
    session = botocore.session.Session()
    session.register_component("data_loader", _LOADER)
    session.set_credentials(account, "test")
    return boto3.Session(botocore_session=session)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(autouse=True)
def _environ(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller's AWS settings must not reach a test."""
    for name in os.environ:
        if name.upper().startswith(("AWS_", "HTTP_PROXY", "HTTPS_PROXY")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def place(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    return _Place(emulator.url)


@pytest.fixture
def deny() -> Iterator[Callable[..., None]]:
    """Refuse operations to every caller, like `deny("iam:GetRole", "kms:*")`."""

    def refuse(*operations: str) -> None:
        for one in operations:
            service, _, operation = one.partition(":")
            REGISTRY.denied.add((service, operation))

    yield refuse
    REGISTRY.denied.clear()
