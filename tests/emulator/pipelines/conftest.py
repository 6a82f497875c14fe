from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator.releases.clock import CLOCK
from tests.emulator.pipelines.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Emulator
    from tests.emulator.conftest import Client


@pytest.fixture
def world(emulator: Emulator, client: Client) -> Iterator[World]:
    yield World(emulator, client)
    CLOCK.reset()
