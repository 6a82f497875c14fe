from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import boto3
import pytest
from aws_xray_sdk.core import xray_recorder
from botocore.config import Config

from emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator


# moto imports the X-Ray SDK, which opens a socket at import and never closes it.
xray_recorder.emitter._socket.close()  # noqa: SLF001


class Client(Protocol):
    """Creates a boto3 client of the emulator."""

    def __call__(self, service: str, *, account: str = ..., region: str = ..., checked: bool = ...) -> Any: ...


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(scope="session")
def client(emulator: Emulator) -> Client:
    made: dict[tuple[str, str, str, bool], Any] = {}

    def make(service: str, *, account: str = "123456789012", region: str = "us-east-1", checked: bool = True) -> Any:
        key = (service, account, region, checked)
        if key not in made:
            made[key] = boto3.client(
                service,
                endpoint_url=emulator.url,
                region_name=region,
                aws_access_key_id=account,
                aws_secret_access_key="test",
                config=Config(
                    parameter_validation=checked, retries={"max_attempts": 0}, s3={"addressing_style": "path"}
                ),
            )
        return made[key]

    return make
