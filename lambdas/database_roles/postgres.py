"""PostgreSQL, signed in to as the master user of RDS: it may create roles, and is no superuser."""

from __future__ import annotations

import logging
import struct
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from .database import BusyError, ConflictError, RolesError, UnreachableError
from .postgres_roles import PostgresRoles
from .postgres_sql import literal, quoted
from .scram import verifier
from .tls import trusting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .database import Server
    from .settings import Role

LOGGER = logging.getLogger()

_SECONDS: Final = 15
"""For a connection, and for one answer."""
_LOCK: Final = 6_027_111_841
"""The key of the advisory lock; any constant would do."""
_LOCK_ATTEMPTS: Final = 3
# The upper and the lower half of the key are in columns of their own.
# https://www.postgresql.org/docs/current/view-pg-locks.html
_LOCK_SESSIONS: Final = (
    "SELECT pid, usename, granted FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' "
    "AND database = datid AND datname = current_database() AND objsubid = 1 "
    "AND (classid::bigint << 32) + objid::bigint = CAST(:key AS bigint)"
)
_SESSION: Final = {
    # Give up instead of keeping clients waiting behind this.
    "lock_timeout": "5s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
    # A run that was killed may leave its connection open, with the lock: the server finds out in 25 seconds.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    # By default the first schema is that of the user's own name, and `owner` may create it: an operator or a function
    # there would run with the rights of the master user.
    # https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATTERNS
    "search_path": "pg_catalog",
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_REFUSED: Final = "28"  # the class of invalid authorization
_UNDEFINED_OBJECT: Final = "42704"
_UNAVAILABLE: Final = ("08", "53", "57")  # connection, resources, intervention by an operator
_NOT_ALLOWED: Final = "42501"
_LOCKED: Final = "55P03"
_CONFLICTING: Final = ("40P01", "40001")  # a deadlock, a failed serialization
_INTERNAL: Final = "XX000"
_CONCURRENTLY: Final = "tuple concurrently"
"""How the server says that another session changed a row of a catalog: a migration of tables whose rights are set."""
_LOST: Final = (InterfaceError, OSError, struct.error)
"""What the driver raises if a connection fails or ends; the last one if that happens within a message."""


class Postgres:
    """One database; see `Database`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tls = trusting(server.authorities)
        self._master: Connection | None = None
        self._is_locked = False

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other runs out until the end of the block, or of the connection."""
        self._take_lock()
        self._is_locked = True
        try:
            yield
        finally:
            self._is_locked = False
            # The lock ends with the connection.
            self.close()

    def ensure_roles(self, roles: Sequence[Role]) -> None:
        """Make the roles, their logins and their rights, in one transaction."""
        with self._transaction():
            removed = self._roles().ensure(roles)
        if removed:
            self._run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usesysid = ANY(:ids)", ids=removed)

    def ensure_settings(self, role: Role, roles: Sequence[Role]) -> None:
        """Take away what the logins of a role have set for their sessions."""
        with self._transaction():
            self._roles().ensure_settings(role, roles)

    def set_password(self, login: str, password: str) -> None:
        """Give a login this password."""
        self._run(f"ALTER ROLE {quoted(login)} PASSWORD {literal(verifier(password))}")

    def signs_in(self, login: str, password: str, *, host: str | None = None) -> bool:
        """Whether the login may sign in and gets an answer."""
        where = host or self._server.host
        try:
            connection = self._connect(login, password, host=where)
            try:
                # A proxy compares the password with its secret only, and signs in with the first query.
                connection.run("SELECT 1")
            finally:
                _close(connection)
        except DatabaseError as error:
            if _code(error).startswith(_REFUSED):
                return False
            message = f"{where} answers {login}: {_message(error)}"
            raise UnreachableError(message) from error
        except _LOST as error:
            message = f"{where} let {login} in, and then did not answer: {error}"
            raise UnreachableError(message) from error
        return True

    def close(self) -> None:
        """Close the master's connection."""
        if self._master:
            _close(self._master)
            self._master = None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._run("BEGIN")
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            # The end of the connection rolls back, whatever state it is in.
            self.close()
            raise

    def _roles(self) -> PostgresRoles:
        return PostgresRoles(run=self._run, database=self._server.database, master=self._server.user)

    def _take_lock(self) -> None:
        """Take the lock, from any other user than the master too: PostgreSQL lets everybody take it, and keep it."""
        sessions: list[list[Any]] = []
        for _ in range(_LOCK_ATTEMPTS):
            (answer,) = self._run("SELECT pg_try_advisory_lock(:key)", key=_LOCK)
            if answer[0]:
                return
            sessions = self._run(_LOCK_SESSIONS, key=_LOCK)
            if any(user == self._server.user for _, user, _ in sessions):
                break
            LOGGER.warning("sessions that hold the lock of this function are ended: %s", _named(sessions))
            self._run(
                "SELECT pg_terminate_backend(pid) FROM unnest(:pids::int[]) AS pid", pids=[pid for pid, *_ in sessions]
            )
            # Until those have ended, this session waits before any that asks later.
            with suppress(UnreachableError):
                self._run("SELECT pg_advisory_lock(:key)", key=_LOCK)
                return
        holders = _named([session for session in sessions if session[2]]) or "a session that has just ended"
        message = (
            f"another run is changing the roles of {self._server.host}: {holders} holds the lock; "
            "repeat this one in a minute"
        )
        raise BusyError(message)

    def _connect(self, user: str, password: str, *, host: str, session: dict[str, str] | None = None) -> Connection:
        server = self._server
        try:
            return Connection(
                user,
                host=host,
                port=server.port,
                database=server.database,
                password=password,
                ssl_context=self._tls,
                timeout=_SECONDS,
                application_name="database_roles",
                startup_params=session,
            )
        except _LOST as error:
            reason = error.__cause__ or error
            message = f"{host} does not answer at port {server.port}: {reason}"
            raise UnreachableError(message) from error

    def _connect_master(self) -> Connection:
        server = self._server
        try:
            return self._connect(server.user, server.password, host=server.host, session=_SESSION)
        except DatabaseError as error:
            message = (
                f"{server.host} does not let the master user {server.user} in: {_message(error)}. RDS may be replacing "
                "the password that it manages: repeat this in a minute. With replicas, increase password_version of "
                "[postgres] by one and apply, which sets the password and its secret"
            )
            raise UnreachableError(message) from error

    def _run(self, statement: str, **values: object) -> list[list[Any]]:
        if self._master is None:
            if self._is_locked:
                message = f"the connection to {self._server.host} was lost, and with it the lock: repeat this"
                raise UnreachableError(message)
            self._master = self._connect_master()
        try:
            rows: list[list[Any]] | None = self._master.run(statement, **values)
        except DatabaseError as error:
            raise _explained(error, statement) from error
        except _LOST as error:
            self.close()
            message = f"{self._server.host} does not answer any more: {error}"
            raise UnreachableError(message) from error
        return rows or []


def _explained(error: DatabaseError, statement: str) -> RolesError:
    code, message = _code(error), _message(error)
    if code == _UNDEFINED_OBJECT and statement.startswith("ALTER ROLE"):
        # The statement itself is not shown: it has what the database stores of the password.
        return RolesError(f'{message}: invoke the function with {{"action": "apply"}}, which makes the roles')
    is_concurrent = code == _INTERNAL and message.startswith(_CONCURRENTLY)
    if is_concurrent or code in (*_CONFLICTING, _LOCKED) or code.startswith(_UNAVAILABLE):
        return UnreachableError(f"the database cannot do that now: {message}")
    if code == _NOT_ALLOWED:
        hint = "the object belongs to a role that this function did not make; give it to the role `owner`"
        return ConflictError(f"the database refuses the master user: {message} ({hint})")
    return RolesError(f"the database refuses a statement of this function: {message} (SQLSTATE {code})")


def _named(sessions: list[list[Any]]) -> str:
    return ", ".join(f"the session {pid} of {user}" for pid, user, _ in sessions)


def _close(connection: Connection) -> None:
    try:
        connection.close()
    except _LOST:
        return


def _code(error: DatabaseError) -> str:
    return str(error.args[0].get("C", "")) if error.args and isinstance(error.args[0], dict) else ""


def _message(error: DatabaseError) -> str:
    return str(error.args[0].get("M", error)) if error.args and isinstance(error.args[0], dict) else str(error)
