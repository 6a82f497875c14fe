"""DocumentDB's built-in roles and what each allows.

https://docs.aws.amazon.com/documentdb/latest/developerguide/role_based_access_control.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.databases.documentdb_errors import Code, CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

ADMIN: Final = "admin"
"""The database in which all users are, and for which roles over all databases are granted."""

_READ: Final = frozenset(
    {"changeStreams", "collStats", "dbStats", "find", "killCursors", "listIndexes", "listCollections"}
)
_READ_WRITE: Final = _READ | {
    "createCollection",
    "createIndex",
    "dropCollection",
    "dropIndex",
    "insert",
    "remove",
    "update",
}
_DB_ADMIN: Final = frozenset(
    {
        "bypassDocumentValidation",
        "collMod",
        "collStats",
        "createCollection",
        "createIndex",
        "dbStats",
        "dropCollection",
        "dropDatabase",
        "dropIndex",
        "find",
        "killCursors",
        "listCollections",
        "listIndexes",
        "modifyChangeStreams",
    }
)
_USER_ADMIN: Final = frozenset(
    {
        "changePassword",
        "createUser",
        "dropRole",
        "dropUser",
        "grantRole",
        "listDatabases",
        "revokeRole",
        "viewRole",
        "viewUser",
    }
)
_MONITOR: Final = frozenset(
    {"collStats", "dbStats", "find", "killCursors", "listCollections", "listDatabases", "listIndexes"}
)
_BACKUP: Final = frozenset({"find", "insert", "listCollections", "listDatabases", "listIndexes", "update"})
_RESTORE: Final = frozenset({"changePassword", "createCollection", "createIndex", "createUser", "dropUser"})

_OF_A_DATABASE: Final = {
    "read": _READ,
    "readWrite": _READ_WRITE,
    "dbAdmin": _DB_ADMIN,
    "dbOwner": _DB_ADMIN | _READ_WRITE,
}
_OF_ALL: Final = {
    "readAnyDatabase": _READ | {"listDatabases"},
    "readWriteAnyDatabase": _READ_WRITE | {"listDatabases"},
    "dbAdminAnyDatabase": _DB_ADMIN | {"listDatabases"},
    "userAdminAnyDatabase": _USER_ADMIN,
    "clusterAdmin": _MONITOR | {"dropDatabase"},
    "clusterManager": frozenset[str](),
    "clusterMonitor": _MONITOR,
    "hostManager": frozenset({"killCursors"}),
    "backup": _BACKUP,
    "restore": _RESTORE,
    "root": _READ_WRITE | _DB_ADMIN | _USER_ADMIN | _MONITOR | _BACKUP | _RESTORE,
}


@dataclass(frozen=True, kw_only=True, order=True)
class Grant:
    """A role on a database."""

    db: str
    role: str

    @property
    def document(self) -> dict[str, str]:
        """As `usersInfo` shows it."""
        return {"db": self.db, "role": self.role}


ROOT: Final = Grant(db=ADMIN, role="root")


def read_grants(roles: object, *, database: str) -> tuple[Grant, ...]:
    """Read the roles of a command; one without a database is on that of the command."""
    if not isinstance(roles, list):
        raise CommandError(Code.BAD_VALUE, '"roles" must be an array')
    return tuple(_read_grant(role, database=database) for role in roles)


def allows(grants: Iterable[Grant], action: str, database: str) -> bool:
    """Whether one of the roles allows the action on the database; on `admin`: on the cluster and its users."""
    return any(
        action in (_OF_ALL.get(grant.role) or (_OF_A_DATABASE[grant.role] if grant.db == database else ()))
        for grant in grants
    )


def _read_grant(role: object, *, database: str) -> Grant:
    match role:
        case str():
            grant = Grant(db=database, role=role)
        case {"role": str(name), "db": str(db)}:
            grant = Grant(db=db, role=name)
        case _:
            raise CommandError(Code.BAD_VALUE, f"{role!r} is not a role: a name, or a document with role and db")
    # Roles over all databases are known only in `admin`.
    if grant.role in _OF_A_DATABASE or (grant.role in _OF_ALL and grant.db == ADMIN):
        return grant
    raise CommandError(Code.ROLE_NOT_FOUND, f"Could not find role: {grant.role}@{grant.db}")
