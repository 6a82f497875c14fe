"""An emulator per file, and an account of its own per test: emulators of one process share what is in an account."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import pytest

from acceptance.account import EmulatedSession
from emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

_ACCOUNTS: Final = itertools.count(910000000000)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A running emulator."""
    with Emulator() as running:
        yield running


@pytest.fixture
def account_id() -> str:
    """An account that no other test uses."""
    return str(next(_ACCOUNTS))


@pytest.fixture
def session(emulator: Emulator, account_id: str) -> EmulatedSession:
    """A session of boto3 in that account."""
    return EmulatedSession(url=emulator.url, account_id=account_id, region="us-east-1")
