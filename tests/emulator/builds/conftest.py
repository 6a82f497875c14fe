from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.emulator.builds.projects import Projects

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


@pytest.fixture
def projects(client: Client) -> Projects:
    return Projects(client)
