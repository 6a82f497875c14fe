"""The users of the double of DocumentDB, and the commands that manage them.

Those with a password are in `admin`, whatever database a command names, and those of IAM in `$external`:
https://docs.aws.amazon.com/documentdb/latest/developerguide/iam-identity-auth.html

AWS documents the form of names and passwords only for the primary user. It is required here of every user, which is
stricter than a cluster may be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from emulator.databases.documentdb_errors import Code, CommandError, refuse_unsupported, unauthorized
from emulator.databases.documentdb_iam import EXTERNAL, MECHANISM, NAME
from emulator.databases.documentdb_roles import ADMIN, ROOT, Grant, read_grants
from emulator.databases.documentdb_scram import SHA_1, SHA_256, Verifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SERVICE_ADMIN: Final = "serviceadmin"
"""The user of AWS: https://docs.aws.amazon.com/documentdb/latest/developerguide/security.managing-users.html ."""

MAX_USERS: Final = 1000
MAX_ROLES: Final = 1000
"""https://docs.aws.amazon.com/documentdb/latest/developerguide/role_based_access_control.html ."""

# https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html (MasterUsername: letters and
# digits; others may have more than those: https://github.com/Kaginari/terraform-provider-mongodb/issues/34)
_NAME: Final = re.compile(r"[^\s/\"]{1,63}")
# The same page (MasterUserPassword): printable ASCII without slash, quotation mark and @.
_PASSWORD: Final = re.compile(r"[!#-.0-?A-~]{8,100}")

# AWS's pages name no other field, and a cluster refuses those that it does not know:
# https://github.com/ansible-collections/community.mongodb/issues/575
_FIELDS: Final = frozenset({"pwd", "roles", "mechanisms"})


@dataclass(frozen=True, kw_only=True)
class User:
    """One user."""

    name: str
    grants: tuple[Grant, ...]
    verifiers: dict[str, Verifier] = field(default_factory=dict)
    """By mechanism. `serviceadmin` has none, so that nobody signs in as it."""
    database: str = ADMIN

    @property
    def mechanisms(self) -> list[str]:
        """With what it signs in."""
        return [MECHANISM] if self.database == EXTERNAL else list(self.verifiers)

    @property
    def document(self) -> dict[str, Any]:
        """As `usersInfo` shows it."""
        roles = [grant.document for grant in self.grants]
        return {"_id": self.name, "user": self.name, "db": self.database, "roles": roles}


class Users:
    """The users of one cluster."""

    def __init__(self, *, master: str, password: str, mechanisms: Sequence[str], has_iam: bool = False) -> None:
        self._master = master
        self._has_iam = has_iam
        self._mechanisms = mechanisms
        self._users = {SERVICE_ADMIN: User(name=SERVICE_ADMIN, grants=(ROOT,))}
        self._put(master, grants=(ROOT,), verifiers=self._verifiers(master, password, mechanisms))

    def find(self, name: str) -> User | None:
        """Return a user."""
        return self._users.get(name)

    def all(self) -> dict[str, User]:
        """Return all of them by name."""
        return dict(self._users)

    def restore(self, users: Mapping[str, User]) -> None:
        """Replace all of them by those of a backup, whose master has the same name."""
        self._users = dict(users)

    def set_master_password(self, password: str) -> None:
        """Do what ModifyDBCluster does."""
        verifiers = self._verifiers(self._master, password, self._mechanisms)
        self._users[self._master] = replace(self._users[self._master], verifiers=verifiers)

    def create(self, name: str, arguments: dict[str, Any], *, database: str) -> None:
        """Carry out `createUser`."""
        _check_fields("createUser", arguments)
        external = database == EXTERNAL
        if external and not NAME.fullmatch(name):
            raise CommandError(Code.BAD_VALUE, f"{name!r} is not a valid user name: the ARN of a role or user of IAM")
        if not external and not _NAME.fullmatch(name):
            raise CommandError(Code.BAD_VALUE, f"{name!r} is not a valid user name: 1 to 63 characters")
        if name in self._users:
            # https://github.com/ansible-collections/community.mongodb/pull/215: pymongo's DuplicateKeyError, so this
            # code and not MongoDB's 51003.
            raise CommandError(Code.DUPLICATE_KEY, "User already exists")
        if len(self._users) >= MAX_USERS:
            raise CommandError(Code.BAD_VALUE, f"a cluster has at most {MAX_USERS} users")
        grants = _checked(read_grants(arguments.get("roles"), database=database))
        if external:
            self._check_external(arguments)
            self._users[name] = User(name=name, grants=grants, database=EXTERNAL)
            return
        if "pwd" not in arguments:
            raise CommandError(Code.BAD_VALUE, '"pwd" is missing')
        mechanisms = self._read_mechanisms(arguments.get("mechanisms", self._mechanisms))
        self._put(name, grants=grants, verifiers=self._verifiers(name, arguments["pwd"], mechanisms))

    def update(self, name: str, arguments: dict[str, Any], *, database: str) -> None:
        """Carry out `updateUser`: what is given replaces what was."""
        _check_fields("updateUser", arguments)
        if not arguments:
            raise CommandError(Code.BAD_VALUE, "Must specify at least one field to update in updateUser")
        user = self._changeable(name, database=database, roles="roles" in arguments)
        if user.database == EXTERNAL and arguments.keys() - {"roles"}:
            raise CommandError(Code.BAD_VALUE, "a user of IAM has no password: only its roles can be changed")
        if "roles" in arguments:
            user = replace(user, grants=_checked(read_grants(arguments["roles"], database=database)))
        if "mechanisms" in arguments and "pwd" not in arguments:
            raise CommandError(Code.BAD_VALUE, "mechanisms needs pwd, from which their keys are made")
        if "pwd" in arguments:
            mechanisms = self._read_mechanisms(arguments.get("mechanisms", tuple(user.verifiers)))
            user = replace(user, verifiers=self._verifiers(name, arguments["pwd"], mechanisms))
        self._users[name] = user

    def drop(self, name: str, *, database: str) -> None:
        """Carry out `dropUser`."""
        self._changeable(name, database=database, roles=True)
        del self._users[name]

    def grant(self, name: str, roles: object, *, database: str) -> None:
        """Carry out `grantRolesToUser`."""
        user = self._changeable(name, database=database, roles=True)
        grants = dict.fromkeys((*user.grants, *read_grants(roles, database=database)))
        self._users[name] = replace(user, grants=_checked(tuple(grants)))

    def revoke(self, name: str, roles: object, *, database: str) -> None:
        """Carry out `revokeRolesFromUser`."""
        user = self._changeable(name, database=database, roles=True)
        revoked = read_grants(roles, database=database)
        self._users[name] = replace(user, grants=tuple(grant for grant in user.grants if grant not in revoked))

    def info(self, wanted: object, *, database: str) -> list[dict[str, Any]]:
        """Carry out `usersInfo` for a name, a document, an array of them, or 1 for all users of the database."""
        match wanted:
            case 1 | 1.0:
                return [user.document for user in self._users.values() if user.database == _place(database)]
            case list():
                return [document for one in wanted for document in self.info(one, database=database)]
            case {"user": str(name), "db": str(place)}:
                return self.info(name, database=place)
            case str(name) | {"user": str(name)}:
                found = self._users.get(name)
                return [found.document] if found and found.database == _place(database) else []
            case _:
                raise CommandError(Code.BAD_VALUE, f"usersInfo: {wanted!r} is not a user")

    def _check_external(self, arguments: dict[str, Any]) -> None:
        # https://docs.aws.amazon.com/documentdb/latest/developerguide/iam-identity-auth.html (only in version 5.0)
        if not self._has_iam:
            refuse_unsupported(MECHANISM)
        if "pwd" in arguments or arguments.get("mechanisms") != [MECHANISM]:
            message = f'a user in {EXTERNAL} must have mechanisms: ["{MECHANISM}"], and no password'
            raise CommandError(Code.BAD_VALUE, message)

    def _changeable(self, name: str, *, database: str, roles: bool) -> User:
        # AWS: "Any attempt to do so results in an error", and the primary user cannot lose root. It does not say which.
        if name == SERVICE_ADMIN or (roles and name == self._master):
            raise unauthorized()
        found = self._users.get(name)
        if found is None or found.database != _place(database):
            raise CommandError(Code.USER_NOT_FOUND, f"User {name!r} not found")
        return found

    def _put(self, name: str, *, grants: tuple[Grant, ...], verifiers: dict[str, Verifier]) -> None:
        self._users[name] = User(name=name, grants=grants, verifiers=verifiers)

    def _read_mechanisms(self, wanted: object) -> tuple[str, ...]:
        if not isinstance(wanted, (list, tuple)) or not wanted or not set(wanted) <= {SHA_1, SHA_256}:
            raise CommandError(Code.BAD_VALUE, f"{wanted!r} is not a valid list of mechanisms: {SHA_1}, {SHA_256}")
        for mechanism in wanted:
            if mechanism not in self._mechanisms:
                # https://docs.aws.amazon.com/documentdb/latest/devguide/scram-sha-256-auth.html (5.0.1 and later)
                refuse_unsupported(mechanism)
        return tuple(wanted)

    @staticmethod
    def _verifiers(name: str, password: str, mechanisms: Sequence[str]) -> dict[str, Verifier]:
        if not _PASSWORD.fullmatch(password):
            message = 'the password must have 8 to 100 printable ASCII characters, without /, " and @'
            raise CommandError(Code.BAD_VALUE, message)
        return {mechanism: Verifier.make(mechanism, name, password) for mechanism in mechanisms}


def _place(database: str) -> str:
    """The database in which the users are that a command in a database is about."""
    return EXTERNAL if database == EXTERNAL else ADMIN


def _check_fields(command: str, arguments: dict[str, Any]) -> None:
    for name in arguments:
        if name not in _FIELDS:
            raise CommandError(Code.BAD_VALUE, f'"{name}" is not a valid argument to {command}')


def _checked(grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    if len(grants) > MAX_ROLES:
        raise CommandError(Code.BAD_VALUE, f"a user has at most {MAX_ROLES} roles")
    return grants
