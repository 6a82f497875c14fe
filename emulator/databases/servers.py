"""One server for each database of the emulator's RDS and DocumentDB, from its first connection on."""

from __future__ import annotations

import functools
import json
import threading
from typing import TYPE_CHECKING, Any, Final, Protocol

from moto.rds.models import rds_backends

from emulator.databases.authority import Authority
from emulator.databases.content import DocumentContent, PostgresContent
from emulator.databases.documentdb_server import DocumentdbServer
from emulator.databases.documentdb_session import MECHANISMS
from emulator.databases.endpoints import DOCUMENTDB, instances_at, members, names
from emulator.databases.iam_tokens import Door, host_of, require_token
from emulator.databases.postgres_server import PostgresServer
from emulator.registry import REGISTRY
from emulator.signatures import SignatureError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.databases.content import Content

_NEWEST: Final = "5.0.0"


class Server(Protocol):
    """What both kinds of servers have."""

    @property
    def port(self) -> int:
        """Its port on 127.0.0.1."""

    def set_master_password(self, password: str) -> None:
        """Replace the master's password."""

    def add_hosts(self, hosts: Iterable[str]) -> None:
        """Let its certificate be valid for other names too."""

    def content(self) -> Content:
        """Return what it has."""

    def close(self) -> None:
        """End it."""


@functools.cache
def authority() -> Authority:
    """What signs the certificates of all servers of this process."""
    return Authority()


class _Running:
    """The server of one database."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.lock = threading.Lock()
        self.server: Server | None = None
        self.content: Content | None = None
        """What the server begins with."""
        self.password: str | None = None
        self.hosts: set[str] = set()


class Servers:
    """The servers that run, by the database's own id, which a new database of the same name does not have."""

    def __init__(self) -> None:
        """Run none."""
        self._running: dict[str, _Running] = {}

    def port(self, database: Any, host: str) -> int:
        """Return the port of the server of an instance or cluster for that name, and start it if it does not run.

        The caller must not have the emulator's lock: a server takes seconds to start.
        """
        with REGISTRY.lock:
            running = self._running.setdefault(_id(database), _Running(database))
            known = {host, *names(database)}
            takes_tokens = any(one.enable_iam_database_authentication for one in instances_at(database, host))
            password = master_password(database)
        # Never the emulator's lock within this one: `synchronize` takes them in the other order.
        with running.lock:
            if running.server is None:
                running.server = _start(database, password, sorted(known), running.content)
                running.content = None
                running.hosts, running.password = known, password
            if known - running.hosts:
                running.server.add_hosts(sorted(known - running.hosts))
                running.hosts |= known
            port = running.server.port
            if takes_tokens and isinstance(running.server, PostgresServer):
                port = running.server.front_port(functools.partial(_require_token, database))
        with REGISTRY.lock:
            self.synchronize()  # with what has changed while it started
        return port

    def content(self, database: Any) -> Content | None:
        """Return what an instance or cluster has; None if nobody has ever connected to it. The caller has the lock."""
        running = self._running.get(_id(database))
        if running is None:
            return None
        with running.lock:
            return running.server.content() if running.server else running.content

    def begin_with(self, database: Any, content: Content | None) -> None:
        """Let a new instance or cluster begin with a content; it starts with its first connection, as all do."""
        if content is not None:
            self._running.setdefault(_id(database), _Running(database)).content = content

    def forget(self, database: Any) -> None:
        """End the server of an instance or cluster with all that it has. The caller has the lock."""
        running = self._running.pop(_id(database), None)
        if running is not None:
            with running.lock:
                if running.server is not None:
                    running.server.close()

    def suspend(self, region: str) -> None:
        """End the servers of a region; each begins again with what it had. The caller has the lock."""
        for running in list(self._running.values()):
            with running.lock:
                if running.server is not None and running.database.region == region:
                    running.content = running.server.content()
                    running.server.close()
                    running.server = None

    def synchronize(self) -> None:
        """End the servers of databases that are gone, and give the others their masters' new passwords.

        The caller has the emulator's lock.
        """
        for key, running in list(self._running.items()):
            with running.lock:
                if not _exists(running.database):
                    if running.server is not None:
                        running.server.close()
                    del self._running[key]
                elif running.server is None:
                    continue
                elif (password := master_password(running.database)) != running.password:
                    running.server.set_master_password(password)
                    running.password = password

    def close(self) -> None:
        """End all of them."""
        for key, running in list(self._running.items()):
            with running.lock:
                if running.server is not None:
                    running.server.close()
                self._running.pop(key, None)


SERVERS: Final = Servers()


def master_password(database: Any) -> str:
    """The master's password, as RDS was given it or keeps it in its own secret."""
    if database.manage_master_user_password:
        secret = database.master_user_secret.secret
        return str(json.loads(secret.versions[secret.default_version_id]["secret_string"])["password"])
    return str(database._master_user_password)  # noqa: SLF001  moto lets nobody read it


def _start(database: Any, password: str, hosts: list[str], content: Content | None) -> Server:
    if database.engine == DOCUMENTDB:
        version = database.engine_version
        return DocumentdbServer(
            master=database.master_username,
            password=password,
            hosts=hosts,
            members=[f"{instance.address}:{database.port}" for instance in members(database)],
            engine_version=version if version in MECHANISMS else _NEWEST,
            region=database.region,
            authority=authority(),
            content=content if isinstance(content, DocumentContent) else None,
        )
    return PostgresServer(
        master=database.master_username,
        password=password,
        database=database.db_name or "postgres",
        hosts=hosts,
        authority=authority(),
        content=content if isinstance(content, PostgresContent) else None,
        read_only=database.is_replica,
    )


def _require_token(database: Any, user: str, token: str) -> None:
    """Require that a token lets a user in at the instance, or its replica, that the token names."""
    with REGISTRY.lock:
        host = host_of(token)
        for instance in instances_at(database, host):
            if instance.enable_iam_database_authentication:
                port, id_ = int(instance.port), instance.dbi_resource_id
                return require_token(token, user, Door(host, port, instance.account_id, instance.region, id_))
    message = f"no instance with IAM sign-in is at {host!r}"
    raise SignatureError(message)


def _id(database: Any) -> str:
    return str(getattr(database, "dbi_resource_id", None) or database.db_cluster_resource_id)


def _exists(database: Any) -> bool:
    backend = rds_backends[database.account_id][database.region]
    return any(database is each for each in (*backend.databases.values(), *backend.clusters.values()))
