"""The schema of audit events: services may add and read, and nobody but the master user may change or delete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .database import ConflictError
from .postgres_sql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .postgres_sql import Run
    from .settings import Role

_SCHEMA: Final = "audit"
_TABLE: Final = "audit.events"
_WRITTEN: Final = ("actor", "action", "subject", "details")
"""What a service says. The server says the other columns, and no role has a right to insert those."""
_FILLED: Final = ("id", "occurred_at", "role")

_CREATE: Final = (
    r"""
    CREATE TABLE audit.events (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        role text NOT NULL DEFAULT regexp_replace(session_user::text, '_(a|b|iam)$', ''),
        actor text NOT NULL,
        action text NOT NULL,
        subject text,
        details jsonb NOT NULL DEFAULT '{}'
    )
    """,
    "CREATE INDEX ON audit.events (occurred_at)",
)


@dataclass(frozen=True, kw_only=True)
class PostgresAudit:
    """One pass over the schema and its rights, in a transaction of the caller."""

    run: Run
    owner: str
    """The role that owns it. Nobody but the master user is a member, not even the role for migrations."""

    def ensure(self, roles: Iterable[Role]) -> None:
        """Make the schema and its table, and give each role its rights."""
        self._ensure_schema()
        self._ensure_table()
        for role in roles:
            group = quoted(role.name)
            self.run(f"REVOKE ALL ON {_TABLE} FROM {group}")
            self.run(f"REVOKE ALL ON SCHEMA {_SCHEMA} FROM {group}")
            if role.audit:
                self.run(f"GRANT USAGE ON SCHEMA {_SCHEMA} TO {group}")
            if "insert" in role.audit:
                self.run(f"GRANT INSERT ({', '.join(_WRITTEN)}) ON {_TABLE} TO {group}")
            if "read" in role.audit:
                self.run(f"GRANT SELECT ON {_TABLE} TO {group}")

    def _ensure_schema(self) -> None:
        rows = self.run(
            "SELECT rolname FROM pg_namespace JOIN pg_roles AS owner ON owner.oid = nspowner WHERE nspname = :name",
            name=_SCHEMA,
        )
        if not rows:
            self.run(f"CREATE SCHEMA {_SCHEMA} AUTHORIZATION {quoted(self.owner)}")
        elif rows[0][0] != self.owner:
            message = (
                f"the schema {_SCHEMA} belongs to {rows[0][0]}, and this function keeps its own under that name: "
                f"rename it (ALTER SCHEMA {_SCHEMA} RENAME TO ..)"
            )
            raise ConflictError(message)

    def _ensure_table(self) -> None:
        rows = self.run(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped",
            name=_TABLE,
        )
        columns = {row[0] for row in rows}
        if missing := [name for name in (*_WRITTEN, *_FILLED) if name not in columns] if columns else []:
            message = (
                f"the table {_TABLE} lacks the columns {', '.join(missing)}: rename it as the master user "
                f"(ALTER TABLE {_TABLE} RENAME TO ..), and this function makes a new one"
            )
            raise ConflictError(message)
        if columns:
            return
        self.run(f"SET LOCAL ROLE {quoted(self.owner)}")
        for statement in _CREATE:
            self.run(statement)
        self.run("RESET ROLE")
