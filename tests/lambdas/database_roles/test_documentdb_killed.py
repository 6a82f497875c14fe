"""Runs of the function for DocumentDB that are killed after each of their changes, and the one that comes next."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from emulator.databases.documentdb_server import DocumentdbServer
from lambdas.database_roles import documentdb
from lambdas.database_roles.database import UnreachableError
from lambdas.database_roles.patience import Patience
from lambdas.database_roles.rotation import Rotation
from lambdas.database_roles.settings import Engine, Settings
from lambdas.database_roles.stores import Stores
from lambdas.database_roles.tasks import Tasks
from lambdas.database_roles.urls import Urls
from tests.config.examples import present
from tests.emulator.databases.documentdb import MASTER, MAY_LEAVE_A_CONNECTION, PASSWORD, connected
from tests.lambdas.database_roles.documentdb_engine import BACKEND, Wire, engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = MAY_LEAVE_A_CONNECTION

ROLES = (BACKEND,)


class KilledError(BaseException):
    """The function is killed here."""


@dataclass
class Parameters:
    """Parameter Store, from which a function that was killed gets no answer."""

    wire: Wire
    values: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def get_parameter(self, *, Name: str, **_: object) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        """The value; before the first one, that of Terraform."""
        self._arrive("get")
        value, written = self.values.get(Name, ("unset", datetime.now(tz=UTC)))
        return {"Parameter": {"Value": value, "LastModifiedDate": written}}

    def put_parameter(self, *, Name: str, Value: str, **_: object) -> None:  # noqa: N803 (AWS's names)
        """Replace the value."""
        self._arrive("update")
        self.values[Name] = (Value, datetime.now(tz=UTC))

    def _arrive(self, command: str) -> None:
        if not self.wire(MASTER, command):
            raise KilledError


class World:
    """A cluster and its stored credentials."""

    def __init__(self, server: DocumentdbServer, wire: Wire, folder: Path) -> None:
        self.wire = wire
        self._server = server
        self._parameters = Parameters(wire)
        self._folder = folder

    def run(self, action: str, *, after: int | None = None) -> bool:
        """Whether the run ended; it is killed after so many changes."""
        self.wire.commands.clear()
        self.wire.remaining = after
        try:
            self._run(action)
        except (KilledError, UnreachableError):
            assert self.wire.remaining == 0
        ended = self.wire.remaining != 0
        self.wire.remaining = None
        return ended

    def url_works(self) -> bool:
        """Whether the stored url signs in; there may be none yet."""
        value, _ = self._parameters.values.get(present(BACKEND.url).place.name, ("", None))
        if not value:
            return False
        url = urlsplit(value)
        with connected(self._server, str(url.username), str(url.password)) as client:
            client.backend.visits.insert_one({})
        return True

    def _run(self, action: str) -> None:
        settings = Settings(
            engine=Engine.DOCUMENTDB,
            prefix="",
            database="",
            rotation=timedelta(0),
            cluster="",
            proxy_host=None,
            stops=None,
            authorities="",
            roles=ROLES,
        )
        now = datetime.now(tz=UTC)
        stores = Stores(ssm=self._parameters, secrets=None, key_id="key")
        urls = Urls(settings=settings, stores=stores, host="localhost", now=now)
        with engine(self._server, self._folder, lease=timedelta(0)) as database, database.lock():
            rotation = Rotation(
                roles=ROLES,
                period=settings.rotation,
                database=database,
                urls=urls,
                tasks=Tasks(ecs=None, cluster=""),
                now=now,
                patience=Patience(),
            )
            rotation.apply() if action == "apply" else rotation.turn()


@contextmanager
def open_world(folder: Path, *actions: str) -> Iterator[World]:
    """A new cluster, after these runs."""
    wire = Wire()
    with DocumentdbServer(master=MASTER, password=PASSWORD, before=wire) as server:
        world = World(server, wire, folder)
        for action in actions:
            assert world.run(action)
        yield world


@pytest.mark.parametrize(("before", "action", "changes"), [((), "apply", 16), (("apply",), "turn", 5)])
def test_next_run_ends_what_was_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: tuple[str, ...], action: str, changes: int
) -> None:
    monkeypatch.setattr(documentdb, "_TIMEOUT_MILLISECONDS", 300)
    with open_world(tmp_path, *before) as world:
        assert world.run(action)
        whole = len(world.wire.changes)
    assert whole >= changes
    for after in range(whole):
        with open_world(tmp_path, *before) as world:
            assert not world.run(action, after=after)
            assert world.url_works() is bool(before) or after == whole - 1, after
            assert world.run(action)
            assert world.url_works()
