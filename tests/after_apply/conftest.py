"""Each committed environment applied as a whole, once, for all tests that ask the running APIs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import pytest

from runner.__main__ import main as runner
from tests.conftest import ENVIRONMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.environment import Environment


@dataclass(frozen=True, kw_only=True)
class Applied:
    """An environment as Terraform made it."""

    config: Environment
    session: boto3.Session
    """Of the environment's account and region."""
    output: Path

    def run(self, action: str, *options: str) -> int:
        """The exit code of `python -m runner <action>`."""
        return runner([action, "--env", self.config.name, "--out", str(self.output), *options])


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def applied(
    request: pytest.FixtureRequest,
    output: Path,
    environments: dict[str, Environment],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Applied]:
    """One environment after the other, each in an empty account of an emulator of its own."""
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import

    config = environments[request.param]
    with Emulator() as running, pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp(config.name))
        for name, value in running.environment(account=config.account_id).items():
            patch.setenv(name, value)
        patch.setenv("NO_PROXY", "127.0.0.1")  # the proxy is for S3 Control only
        made = Applied(config=config, session=boto3.Session(region_name=config.region), output=output)
        assert made.run("bootstrap", "--yes") == 0
        assert made.run("apply", "--yes") == 0
        yield made
