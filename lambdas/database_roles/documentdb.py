"""The roles of DocumentDB: its users, their rights, and the passwords that they sign in with.

The users of DocumentDB are in its database `admin`; one that signs in by IAM is in `$external`, and its name is the ARN
of its role: https://docs.aws.amazon.com/documentdb/latest/developerguide/iam-identity-auth.html

What this function notes for itself is in the database
`database-roles`, to which no login has a right, because no role can have that name: which users it made, and which run
is at work.

DocumentDB gets the text of a password, over TLS: AWS documents no way to send a verifier instead.
https://docs.aws.amazon.com/documentdb/latest/developerguide/security.managing-users.html
"""

from __future__ import annotations

import logging
import secrets
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError, OperationFailure, PyMongoError

from .database import BusyError, ConflictError, RolesError, UnreachableError
from .settings import Access
from .tls import bundle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from .database import Server
    from .settings import Role

    Client = MongoClient[dict[str, Any]]
    Grants = frozenset[tuple[str, str]]

LOGGER = logging.getLogger(__name__)

NOTES: Final = "database-roles"
"""The database of this function; the name of a role has no hyphen."""
LEASE: Final = timedelta(seconds=45)
"""How long a run that was killed keeps others out. Each change of a run extends it, if no other one has begun."""

_ADMIN: Final = "admin"
_EXTERNAL: Final = "$external"
_BY_IAM: Final = "MONGODB-AWS"
_LOCK: Final = "run"
_TIMEOUT_MILLISECONDS: Final = 5_000
_PASSWORD_BYTES: Final = 32

# https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
_USER_NOT_FOUND: Final = 11
_AUTHENTICATION_FAILED: Final = 18


class _CredentialsError(RolesError):
    """The server refuses a user with this password."""


class Documentdb:
    """A cluster, signed in to as its primary user."""

    def __init__(self, server: Server, *, lease: timedelta = LEASE) -> None:
        """Connect to nothing yet.

        Args:
            server: Where it is.
            lease: How long a run that was killed keeps others out.
        """
        self._server = server
        self._lease = lease
        self._authorities: Path | None = None
        self._client: Client | None = None
        self._run: str | None = None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other runs out until the end of the block, by a document that says when it ends."""
        run = secrets.token_hex(16)
        now = datetime.now(tz=UTC)
        with self._master() as client:
            try:
                # A document that has ended is replaced. If there is one that has not, the new one has its _id.
                client[NOTES].locks.find_one_and_update(
                    {"_id": _LOCK, "until": {"$lt": now}},
                    {"$set": {"run": run, "until": now + self._lease}},
                    upsert=True,
                )
            except DuplicateKeyError:
                raise self._busy() from None
        self._run = run
        try:
            yield
        finally:
            self._run = None
            self._unlock(run)

    def ensure_roles(self, roles: Sequence[Role]) -> None:
        """Make the logins with exactly their rights, and drop the logins of roles that are gone."""
        wanted = {login: _grants(role, roles) for role in roles for login in role.logins}
        with self._master() as client:
            noted = {str(note["_id"]) for note in client[NOTES].logins.find()}
            users = self._users(client, {_home(login) for login in (*wanted, *noted)})
            _refuse_foreign(users.keys() & wanted.keys() - noted)
            for login, grants in wanted.items():
                if login not in noted:
                    self._extend(client)
                    client[NOTES].logins.insert_one({"_id": login, "since": datetime.now(tz=UTC)})
                self._ensure_login(client, login, grants=grants, granted=users.get(login))
            for login in sorted(noted - wanted.keys()):
                self._drop(client, login)

    def ensure_settings(self, role: Role, roles: Sequence[Role]) -> None:
        """Do nothing: a user of DocumentDB has no settings."""

    def set_password(self, login: str, password: str) -> None:
        """Give a login this password."""
        with self._master() as client:
            self._extend(client)
            client[_ADMIN].command("updateUser", login, pwd=password)

    def signs_in(self, login: str, password: str, *, host: str | None = None) -> bool:
        """Whether the login may sign in with the password and gets an answer."""
        where = host or self._server.host
        try:
            with self._reporting(login, host=where), self._connect(login, password, host=where) as client:
                client[_ADMIN].command("connectionStatus")
        except _CredentialsError:
            return False
        except UnreachableError:
            raise
        except RolesError as error:
            raise UnreachableError(str(error)) from error
        return True

    def close(self) -> None:
        """Close the primary user's connection and remove the file of authorities."""
        self._disconnect()
        if self._authorities:
            self._authorities.unlink(missing_ok=True)
            self._authorities = None

    def _ensure_login(self, client: Client, login: str, *, grants: Grants, granted: Grants | None) -> None:
        if granted == grants:
            return
        self._extend(client)
        roles = [{"db": database, "role": role} for database, role in sorted(grants)]
        home = _home(login)
        if granted is None:
            # Nobody keeps this password. DocumentDB has no user of its own without one.
            way = {"mechanisms": [_BY_IAM]} if home == _EXTERNAL else {"pwd": secrets.token_urlsafe(_PASSWORD_BYTES)}
            client[home].command("createUser", login, **way, roles=roles)
            LOGGER.info("DocumentDB: user %s was created", login)
        else:
            client[home].command("updateUser", login, roles=roles)
            LOGGER.info("DocumentDB: the rights of user %s were changed", login)

    @staticmethod
    def _users(client: Client, homes: set[str]) -> dict[str, Grants]:
        """The users there are, with their rights; an earlier version than 5.0 is never asked for those of IAM."""
        found = [user for home in sorted(homes | {_ADMIN}) for user in client[home].command("usersInfo", 1)["users"]]
        return {user["user"]: _granted(user) for user in found}

    def _drop(self, client: Client, login: str) -> None:
        self._extend(client)
        try:
            client[_home(login)].command("dropUser", login)
            LOGGER.info("DocumentDB: user %s was dropped", login)
        except OperationFailure as error:
            if error.code != _USER_NOT_FOUND:
                raise
        client[NOTES].logins.delete_one({"_id": login})

    def _extend(self, client: Client) -> None:
        """Hold the lock for longer; a run that was so slow that it lost it changes nothing more."""
        if self._run is None:
            return
        until = datetime.now(tz=UTC) + self._lease
        held = client[NOTES].locks.update_one({"_id": _LOCK, "run": self._run}, {"$set": {"until": until}})
        if not held.matched_count:
            raise self._busy()

    def _unlock(self, run: str) -> None:
        try:
            with self._master() as client:
                client[NOTES].locks.delete_one({"_id": _LOCK, "run": run})
        except RolesError as error:
            # What was done is done, and the lock ends by itself.
            LOGGER.warning("DocumentDB: the lock was not released and ends in %s: %s", self._lease, error)

    def _busy(self) -> BusyError:
        message = (
            f"another run is changing the roles of DocumentDB at {self._server.host}: repeat this one when that one "
            f"has ended. If it was killed, its lock ends after {self._lease.total_seconds():.0f} seconds"
        )
        return BusyError(message)

    @contextmanager
    def _master(self) -> Iterator[Client]:
        server = self._server
        if self._client is None:
            self._client = self._connect(server.user, server.password, host=server.host)
        try:
            with self._reporting(server.user, host=server.host):
                yield self._client
        except UnreachableError:
            self._disconnect()  # so that the next use does not wait for this client to see the server again
            raise
        except _CredentialsError:
            message = (
                f"DocumentDB at {server.host} refuses its primary user {server.user} with the password of the master's "
                "secret: increase password_version of [documentdb] by one and apply, which sets both"
            )
            raise RolesError(message) from None

    def _disconnect(self) -> None:
        if self._client:
            self._client.close()
            self._client = None

    def _connect(self, user: str, password: str, *, host: str) -> Client:
        """Return a client, which connects when it is used."""
        if self._authorities is None:
            self._authorities = bundle(self._server.authorities)
        return MongoClient(
            host,
            self._server.port,
            username=user,
            password=password,
            authSource=_ADMIN,
            tls=True,
            tlsCAFile=str(self._authorities),
            directConnection=True,
            # https://docs.aws.amazon.com/documentdb/latest/developerguide/functional-differences.html
            retryWrites=False,
            maxPoolSize=1,
            connectTimeoutMS=_TIMEOUT_MILLISECONDS,
            serverSelectionTimeoutMS=_TIMEOUT_MILLISECONDS,
            socketTimeoutMS=_TIMEOUT_MILLISECONDS,
        )

    @contextmanager
    def _reporting(self, user: str, *, host: str) -> Iterator[None]:
        """Turn errors of the driver into those that people can act on."""
        try:
            yield
        except OperationFailure as error:
            if error.code == _AUTHENTICATION_FAILED:
                message = f"DocumentDB at {host} refuses {user} with this password"
                raise _CredentialsError(message) from None
            message = f"DocumentDB at {host} refuses what {user} asked for: {(error.details or {}).get('errmsg')}"
            raise RolesError(message) from error
        except PyMongoError as error:
            # The first part says why; what follows describes the client's view of the cluster.
            why = str(error).partition(", Timeout:")[0]
            message = f"DocumentDB at {host}:{self._server.port} does not answer: {why}"
            raise UnreachableError(message) from error


def _grants(role: Role, roles: Sequence[Role]) -> Grants:
    """Return the rights of a role, each on a database of a role that reads and writes."""
    databases = [each.name for each in roles if each.access is Access.READ_WRITE]
    match role.access:
        case Access.OWNER:
            return frozenset((database, right) for database in databases for right in ("dbAdmin", "readWrite"))
        case Access.READ_WRITE:
            return frozenset({(role.name, "readWrite")})
        case Access.READ_ONLY:
            return frozenset((database, "read") for database in databases)


def _home(login: str) -> str:
    """The database that a login is in."""
    return _EXTERNAL if login.startswith("arn:") else _ADMIN


def _granted(user: Mapping[str, Any]) -> Grants:
    return frozenset((grant["db"], grant["role"]) for grant in user["roles"])


def _refuse_foreign(logins: set[str]) -> None:
    for login in sorted(logins):
        message = (
            f"DocumentDB has a user {login} that this function did not make: drop the user, or give the role another "
            f'name in [documentdb.roles]. If this function made it and its database "{NOTES}" was lost, sign in as the '
            f'primary user and enter: db.getSiblingDB("{NOTES}").logins.insertOne({{_id: "{login}"}})'
        )
        raise ConflictError(message)
