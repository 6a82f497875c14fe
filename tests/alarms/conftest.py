from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from synthesis.manifest import read_stacks
from tests.alarms.environment import Environment
from tests.alarms.stage import Stage
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def stages(output: Path) -> dict[str, Stage]:
    """Each of the tests' environments, with its alarms."""
    stacks = read_stacks(output).values()
    return {name: Stage(Environment([stack for stack in stacks if stack.environment == name])) for name in ENVIRONMENTS}
