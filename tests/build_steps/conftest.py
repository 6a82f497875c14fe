from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from aws_xray_sdk.core import xray_recorder

from emulator import Emulator
from tests.build_steps.account import Account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# moto imports the X-Ray SDK, which opens a socket at import and never closes it.
xray_recorder.emitter._socket.close()  # noqa: SLF001


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def account(emulator: Emulator, tmp_path: Path, request: pytest.FixtureRequest) -> Account:
    """An account of its own for each test; its folders have a space in their names."""
    number = int(hashlib.sha256(request.node.nodeid.encode()).hexdigest(), 16) % 10**11
    return Account(emulator, tmp_path / "a folder", account=f"3{number:011}")
