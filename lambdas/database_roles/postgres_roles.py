"""The roles in PostgreSQL and who is a member of which. Works on PostgreSQL 13 to 17.

A group role, which cannot sign in, has the rights; its logins are members and have none of their own, so that what one
of them may do does not depend on which is in use. Roles that this function made have a comment that says so. Another
role of the same name is left as it is and reported: it may be a person's, who signs in with it and owns data, and
taking it over would end both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .database import ConflictError
from .postgres_audit import PostgresAudit
from .postgres_rights import PostgresRights
from .postgres_sql import joined, literal, quoted
from .settings import OWNER, Access

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .postgres_sql import Run
    from .settings import Role

AUDIT_OWNER: Final = "audit_owner"
MARK: Final = "Made by database_roles, which overwrites changes of it"
"""The comment on a role. Without the environment's name: a copy of a database also works in another environment."""

_INHERITING: Final = 16
"""The version from which a membership has options, and who creates a role gets no more than the right to grant it.

https://www.postgresql.org/docs/release/16.0/
"""
_IAM: Final = "rds_iam"
"""The role of RDS whose members sign in by tokens, and cannot sign in by passwords.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
"""


@dataclass(frozen=True, kw_only=True)
class _Found:
    oid: int
    can_login: bool
    is_ours: bool


@dataclass(frozen=True, kw_only=True)
class PostgresRoles:
    """One pass over all roles, in a transaction of the caller."""

    run: Run
    database: str
    master: str

    def ensure(self, roles: Sequence[Role]) -> list[int]:
        """Make what is missing and remove logins that are not wanted any more; returns the numbers of those."""
        found = self._find()
        groups = [role.name for role in roles]
        for name in (*groups, AUDIT_OWNER):
            self._ensure_role(name, found.get(name), login=False)
        self._ensure_logins(roles, found)
        for name in (OWNER, AUDIT_OWNER):
            self._grant_membership(name, self.master, may_set=True)
        former = [name for name, each in found.items() if each.is_ours and not each.can_login]
        former = [name for name in former if name not in {*groups, AUDIT_OWNER}]
        PostgresRights(run=self.run, database=self.database, master=self.master).ensure(roles, former=former)
        PostgresAudit(run=self.run, owner=AUDIT_OWNER).ensure(roles)
        wanted = {login for role in roles for login in role.logins}
        return [
            self._remove(name, each)
            for name, each in found.items()
            if each.is_ours and each.can_login and name not in wanted
        ]

    def ensure_settings(self, role: Role, roles: Sequence[Role]) -> None:
        """Replace what the logins of a role, which `ensure` made, may have set for their own sessions."""
        writers = [each.name for each in roles if each.access is Access.READ_WRITE]
        for login in role.logins:
            self._ensure_settings(role, login, _search_path(role, writers))

    def _find(self) -> dict[str, _Found]:
        rows = self.run(
            "SELECT rolname, oid, rolcanlogin, coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles"
        )
        return {
            name: _Found(oid=int(oid), can_login=can_login, is_ours=comment == MARK)
            for name, oid, can_login, comment in rows
        }

    def _ensure_role(self, name: str, found: _Found | None, *, login: bool) -> None:
        kind = "LOGIN" if login else "NOLOGIN"
        if found is None:
            self.run(f"CREATE ROLE {quoted(name)} {kind}")
            self.run(f"COMMENT ON ROLE {quoted(name)} IS {literal(MARK)}")
        elif found.is_ours:
            self.run(f"ALTER ROLE {quoted(name)} {kind} INHERIT NOCREATEDB NOCREATEROLE CONNECTION LIMIT -1")
        else:
            message = (
                f"the database has a role {name} that this function did not make. Rename it "
                f"(ALTER ROLE {quoted(name)} RENAME TO ..), or choose another name in the settings. If nobody signs in "
                f"with it, you can hand it over: COMMENT ON ROLE {quoted(name)} IS {literal(MARK)}"
            )
            raise ConflictError(message)

    def _ensure_logins(self, roles: Iterable[Role], found: dict[str, _Found]) -> None:
        roles = list(roles)
        writers = [role.name for role in roles if role.access is Access.READ_WRITE]
        iam_members = self._members(_IAM)
        for role in roles:
            path = _search_path(role, writers)
            for login in role.logins:
                self._ensure_role(login, found.get(login), login=True)
                self._grant_membership(role.name, login, may_set=role.access is Access.OWNER)
                if not role.has_passwords:
                    self.run(f"ALTER ROLE {quoted(login)} PASSWORD NULL")
                    self.run(f"GRANT {quoted(_IAM)} TO {quoted(login)}")
                elif login in iam_members:
                    self.run(f"REVOKE {quoted(_IAM)} FROM {quoted(login)}")
                self._ensure_settings(role, login, path)

    def _ensure_settings(self, role: Role, login: str, path: str) -> None:
        """Replace the settings of a login, which it may change itself; its password, too, is only set again."""
        name = quoted(login)
        self.run(f"ALTER ROLE {name} RESET ALL")
        rows = self.run(
            "SELECT datname FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase "
            "JOIN pg_roles ON pg_roles.oid = setrole WHERE rolname = :login",
            login=login,
        )
        for (database,) in rows:
            self.run(f"ALTER ROLE {name} IN DATABASE {quoted(database)} RESET ALL")
        self.run(f"ALTER ROLE {name} SET search_path = {path}")
        if role.access is Access.OWNER:
            # What it creates belongs to the group, whichever login was in use.
            self.run(f"ALTER ROLE {name} SET role = {literal(role.name)}")

    def _grant_membership(self, group: str, member: str, *, may_set: bool) -> None:
        options = f" WITH INHERIT TRUE, SET {may_set}" if self._version() >= _INHERITING else ""
        self.run(f"GRANT {quoted(group)} TO {quoted(member)}{options}")

    def _members(self, group: str) -> set[str]:
        rows = self.run(
            "SELECT member.rolname FROM pg_auth_members JOIN pg_roles AS member ON member.oid = pg_auth_members.member "
            "JOIN pg_roles AS one ON one.oid = roleid WHERE one.rolname = :name",
            name=group,
        )
        return {row[0] for row in rows}

    def _remove(self, name: str, found: _Found) -> int:
        """Remove a login; one to which a person gave something stays, and cannot sign in any more.

        Rights, objects, or a policy for rows: PostgreSQL drops no role while anything but its memberships names it.
        https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
        """
        rows = self.run(
            "SELECT 1 FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = :id "
            "AND classid <> 'pg_auth_members'::regclass LIMIT 1",
            id=found.oid,
        )
        if not rows:
            self.run(f"DROP ROLE {quoted(name)}")
            return found.oid
        self.run(f"ALTER ROLE {quoted(name)} NOLOGIN PASSWORD NULL")
        groups = self.run(
            "SELECT one.rolname FROM pg_auth_members JOIN pg_roles AS one ON one.oid = roleid WHERE member = :id",
            id=found.oid,
        )
        for (group,) in groups:
            self.run(f"REVOKE {quoted(group)} FROM {quoted(name)}")
        return found.oid

    def _version(self) -> int:
        return int(self.run("SELECT current_setting('server_version_num')::int / 10000")[0][0])


def _search_path(role: Role, writers: Sequence[str]) -> str:
    """Its own schema; `public`, in which nobody may create anything, has the functions of extensions."""
    if role.access is Access.READ_WRITE:
        return joined([role.name, "public"])
    if role.access is Access.READ_ONLY or len(writers) == 1:
        return joined([*writers, "public"])
    # With several, a table without a schema's name would be created in any one of them.
    return "''"
