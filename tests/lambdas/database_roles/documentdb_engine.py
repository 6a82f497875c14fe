"""The engine of DocumentDB with the double: roles as the settings have them, and commands that never arrive."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from lambdas.database_roles.database import Server
from lambdas.database_roles.documentdb import Documentdb
from lambdas.database_roles.settings import Access, Place, Role, Url
from tests.emulator.databases.documentdb import MASTER, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from pathlib import Path

    from emulator.databases.documentdb_server import DocumentdbServer


@contextmanager
def engine(
    server: DocumentdbServer,
    folder: Path,
    *,
    password: str = PASSWORD,
    ca_pem: str | None = None,
    host: str = "localhost",
    lease: timedelta | None = None,
) -> Iterator[Documentdb]:
    """The function's view of the double."""
    authorities = folder / "authorities.pem"
    authorities.write_text(ca_pem or server.ca_pem, encoding="utf-8")
    location = Server(host=host, port=server.port, database="", user=MASTER, password=password, authorities=authorities)
    made = Documentdb(location) if lease is None else Documentdb(location, lease=lease)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(authorities))  # of a small system, which is read faster
        try:
            yield made
        finally:
            made.close()


def role(name: str, access: Access = Access.READ_WRITE, *, services: tuple[str, ...] = ()) -> Role:
    """A role with two logins."""
    return Role(
        name=name,
        access=access,
        audit=(),
        iam=False,
        proxied=False,
        services=services,
        stores={slot: Place(service="parameter", name=f"/users/dev/documentdb/{name}/{slot}") for slot in "ab"},
        url=Url(
            place=Place(service="parameter", name=f"/users/dev/documentdb/{name}/url"),
            template="mongodb://{credentials}@{host}/?tls=true&retryWrites=false",
        ),
    )


OWNER = role("owner", Access.OWNER)
BACKEND, WORKER = role("backend"), role("worker")
REPORTS = role("reports", Access.READ_ONLY)


CHANGES = frozenset({"createUser", "delete", "dropUser", "findAndModify", "insert", "update", "updateUser"})
"""The commands that leave something behind, if the function is killed after them."""


@dataclass
class Wire:
    """What arrives at the double of the primary user's commands; `before` of the double."""

    commands: list[str] = field(default_factory=list)
    remaining: int | None = None
    """How many more changes arrive; None for all. After the last one the function is killed: nothing more arrives."""

    def __call__(self, user: str, command: str) -> bool:
        """Note a command."""
        if user != MASTER or command == "endSessions":
            return True
        if self.remaining == 0:
            return False
        if self.remaining is not None and command in CHANGES:
            self.remaining -= 1
        self.commands.append(command)
        return True

    @property
    def changes(self) -> list[str]:
        """The commands that changed something."""
        return [command for command in self.commands if command in CHANGES]
