"""An emulator per file, and an account of its own per test: emulators of one process share what is in an account."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
from typing import TYPE_CHECKING, Final

import pytest

from acceptance.account import Account, EmulatedSession
from emulator import Emulator
from runner.__main__ import main
from tests.acceptance.place import BUCKET, DIGEST, LOCK, TABLE, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


@pytest.fixture(scope="session")
def bootstrapped(output: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Account]]:
    """Dev's state stack, as synthesized, applied once."""
    root: Path = tmp_path_factory.mktemp("checkout")
    with Emulator() as emulator, pytest.MonkeyPatch.context() as patched:
        account = Account("111111111111", "us-east-1", emulator)
        place = Place(root, output, account)
        place.write({})
        for name, value in account.environ().items():
            patched.setenv(name, value)
        assert main(["bootstrap", "--env", "dev", "--output", str(place.out), "--yes"]) == 0
        patched.undo()
        yield root, account


@pytest.fixture
def place(bootstrapped: tuple[Path, Account], output: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The checkout with an empty stack that has no state."""
    root, account = bootstrapped
    for name, value in account.environ().items():
        monkeypatch.setenv(name, value)
    place = Place(root, output, account)
    yield place
    for pid in place.terraform():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    s3, dynamodb = place.client("s3"), place.client("dynamodb")
    listed = s3.list_object_versions(Bucket=BUCKET, Prefix="network/")
    for one in (*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())):
        s3.delete_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])
    for key in (LOCK, DIGEST):
        dynamodb.delete_item(TableName=TABLE, Key=key)
    ec2 = place.client("ec2")
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]:
        ec2.delete_vpc(VpcId=vpc["VpcId"])
