"""Clients of the double of DocumentDB."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from pymongo import MongoClient

if TYPE_CHECKING:
    from collections.abc import Iterator

MASTER, PASSWORD = "master", "a-long-password-of-the-master"
OF_USER = "a-password-of-a-user"

Client = MongoClient[dict[str, Any]]


class Server(Protocol):
    """What a client needs of a server."""

    @property
    def port(self) -> int:
        """Its port on 127.0.0.1."""

    @property
    def ca_pem(self) -> str:
        """The certificate of the authority that a client must trust."""


MAY_LEAVE_A_CONNECTION = pytest.mark.filterwarnings(
    r"ignore:Exception ignored in. <ssl\.SSLSocket:pytest.PytestUnraisableExceptionWarning"
)
"""PyMongo's monitor does not close a connection that it opens while its client is closed."""


@contextmanager
def connected(
    server: Server, user: str = MASTER, password: str = PASSWORD, *, ca_pem: str | None = None, **options: Any
) -> Iterator[Client]:
    """A client that signs in as a user, with retries only if `options` say so."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Path(folder, "ca.pem")
        authority.write_text(ca_pem or server.ca_pem, encoding="utf-8")
        given: dict[str, Any] = {
            "host": "localhost",
            "port": server.port,
            "username": user,
            "password": password,
            "tls": True,
            "tlsCAFile": str(authority),
            "directConnection": "replicaSet" not in options,
            "retryWrites": False,
            "retryReads": False,
            "serverSelectionTimeoutMS": 5_000,
        }
        with Client(**given | options) as client:
            yield client


def create_user(client: Client, name: str, *roles: tuple[str, str], password: str = OF_USER) -> None:
    """Create a user with roles, each on a database."""
    client.admin.command(
        "createUser", name, pwd=password, roles=[{"role": role, "db": database} for role, database in roles]
    )
