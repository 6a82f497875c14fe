"""Clients of the databases on the emulator, which connect as an application does: by a url, with TLS verified."""

from __future__ import annotations

import socket
import ssl
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pg8000.native
import pymongo
from pymongo.errors import PyMongoError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Emulator

TIMEOUT_SECONDS: Final = 20
_HOST: Final = "127.0.0.1"

CLIENT_ERRORS: Final = (pg8000.native.Error, pg8000.native.InterfaceError, PyMongoError, OSError)
"""What a client raises if it cannot connect, may not sign in, or may not do what it asks for."""


@contextmanager
def open_postgres(url: str, emulator: Emulator, *, account: str) -> Iterator[pg8000.native.Connection]:
    """Connect to PostgreSQL by the url of a role, until the block ends.

    Raises:
        CLIENT_ERRORS: It is refused.
    """
    parts = urlsplit(url)
    port, authority = emulator.database(str(parts.hostname), account=account)
    with socket.create_connection((_HOST, port), timeout=TIMEOUT_SECONDS) as sock:
        connection = pg8000.native.Connection(
            str(parts.username),
            host=str(parts.hostname),
            password=parts.password,
            database=parts.path.removeprefix("/"),
            ssl_context=ssl.create_default_context(cadata=authority),
            sock=sock,
        )
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def open_documentdb(url: str, emulator: Emulator, *, account: str) -> Iterator[Any]:
    """Connect to DocumentDB by the url of a role, until the block ends; returns the database that the url names.

    Raises:
        CLIENT_ERRORS: It is refused.
    """
    parts = urlsplit(url)
    port, authority = emulator.database(str(parts.hostname), account=account)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        Path(file.name).write_text(authority, encoding="utf-8")
        client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
            host=_HOST,
            port=port,
            username=parts.username,
            password=parts.password,
            authSource="admin",
            tls=True,
            tlsCAFile=file.name,
            tlsAllowInvalidHostnames=True,  # the certificate is for the cluster's own name
            directConnection=True,
            retryWrites=False,
            serverSelectionTimeoutMS=TIMEOUT_SECONDS * 1000,
        )
        with client:
            yield client[parts.path.removeprefix("/") or "admin"]
