"""Which role may do what in a database of PostgreSQL: its schemas, their tables, sequences and functions."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .database import ConflictError
from .postgres_sql import joined, quoted
from .settings import OWNER, Access

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .postgres_sql import Run
    from .settings import Role

LOGGER = logging.getLogger()

_KINDS: Final = ("TABLES", "SEQUENCES", "ROUTINES")
_WRITE: Final = {
    "TABLES": "SELECT, INSERT, UPDATE, DELETE",
    "SEQUENCES": "USAGE, SELECT",
    "ROUTINES": "EXECUTE",
}
# Not EXECUTE: a function may write with the rights of who made it.
_READ: Final = {"TABLES": "SELECT", "SEQUENCES": "SELECT"}

_PROXY_DATABASE: Final = "postgres"
"""The database in which RDS Proxy signs in with a user of its own, which is there only after the proxy is."""


@dataclass(frozen=True, kw_only=True)
class PostgresRights:
    """One pass over all rights, in a transaction of the caller."""

    run: Run
    database: str
    master: str

    def ensure(self, roles: Sequence[Role], *, former: Sequence[str]) -> None:
        """Give each role its rights and take others away.

        Args:
            roles: All roles that there are.
            former: Roles that there were once, whose schemas are still there.
        """
        self._ensure_databases(roles)
        self._close_public()
        writers = [role.name for role in roles if role.access is Access.READ_WRITE]
        owners = self._schema_owners()
        for schema in writers:
            self._ensure_schema(schema, owners.get(schema))
        self.run(f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted(OWNER)} REVOKE EXECUTE ON ROUTINES FROM PUBLIC")
        others = [role for role in roles if role.access is not Access.OWNER]
        for schema in writers:
            for role in others:
                self._ensure_rights(schema, role)
        closed = [*former, *(role.name for role in others if role.name not in writers)]
        for schema in closed:
            if owners.get(schema) == OWNER:
                for role in others:
                    self._take_rights(schema, role.name)

    def _ensure_databases(self, roles: Iterable[Role]) -> None:
        database = quoted(self.database)
        self.run(f"GRANT CONNECT ON DATABASE {database} TO {joined(role.name for role in roles)}")
        self.run(f"GRANT CREATE, TEMPORARY ON DATABASE {database} TO {quoted(OWNER)}")
        rows = self.run(
            "SELECT datname FROM pg_database JOIN pg_roles AS owner ON owner.oid = datdba "
            "WHERE rolname = current_user AND NOT datistemplate"
        )
        for (name,) in rows:
            rights = "TEMPORARY" if name == _PROXY_DATABASE else "CONNECT, TEMPORARY"
            self.run(f"REVOKE {rights} ON DATABASE {quoted(name)} FROM PUBLIC")

    def _close_public(self) -> None:
        rows = self.run(
            "SELECT pg_has_role(nspowner, 'USAGE'), has_schema_privilege('public', oid, 'CREATE') "
            "FROM pg_namespace WHERE nspname = 'public'"
        )
        for is_ours, is_open in rows:
            if is_ours:
                self.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            elif is_open:
                LOGGER.warning("every role may create tables in the schema public, which is not the master user's")

    def _schema_owners(self) -> dict[str, str]:
        rows = self.run("SELECT nspname, rolname FROM pg_namespace JOIN pg_roles AS owner ON owner.oid = nspowner")
        return dict(map(tuple, rows))

    def _ensure_schema(self, name: str, owner: str | None) -> None:
        if owner is None:
            self.run(f"CREATE SCHEMA {quoted(name)} AUTHORIZATION {quoted(OWNER)}")
        elif owner == self.master:
            # The master user keeps all its rights in it, as a member of `owner`.
            self.run(f"ALTER SCHEMA {quoted(name)} OWNER TO {quoted(OWNER)}")
        elif owner != OWNER:
            message = (
                f"the schema {name} belongs to {owner}. Give it to the role for migrations "
                f"(ALTER SCHEMA {quoted(name)} OWNER TO {quoted(OWNER)}), or choose another name of the role in the "
                "settings"
            )
            raise ConflictError(message)

    def _ensure_rights(self, schema: str, role: Role) -> None:
        if role.name == schema:
            rights = _WRITE
        elif role.access is Access.READ_ONLY:
            rights = _READ
        else:
            self._take_rights(schema, role.name)
            return
        group = quoted(role.name)
        self.run(f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {group}")
        self.run(f"REVOKE CREATE ON SCHEMA {quoted(schema)} FROM {group}")
        for kind in _KINDS:
            self._revoke(kind, schema, group)
            if kind in rights:
                on = f"{rights[kind]} ON"
                self.run(f"GRANT {on} ALL {kind} IN SCHEMA {quoted(schema)} TO {group}")
                self._default(schema, f"GRANT {on} {kind} TO {group}")

    def _take_rights(self, schema: str, name: str) -> None:
        group = quoted(name)
        (row,) = self.run("SELECT has_schema_privilege(:role, :schema, 'USAGE, CREATE')", role=name, schema=schema)
        if not row[0]:
            return
        self.run(f"REVOKE ALL ON SCHEMA {quoted(schema)} FROM {group}")
        for kind in _KINDS:
            self._revoke(kind, schema, group)

    def _revoke(self, kind: str, schema: str, group: str) -> None:
        # Of functions that were there before, everybody has EXECUTE.
        whom = f"PUBLIC, {group}" if kind == "ROUTINES" else group
        self.run(f"REVOKE ALL ON ALL {kind} IN SCHEMA {quoted(schema)} FROM {whom}")
        self._default(schema, f"REVOKE ALL ON {kind} FROM {group}")

    def _default(self, schema: str, action: str) -> None:
        """What holds for objects that are made from now on."""
        self.run(f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted(OWNER)} IN SCHEMA {quoted(schema)} {action}")
