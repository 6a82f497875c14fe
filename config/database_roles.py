"""The roles of the databases: who signs in, with which rights, and the names of their logins.

A service signs in as a role of its own, never as the master. A role is a group without a login, and has two logins,
`_a` and `_b`, whose passwords are replaced in turn: what has the url from before still signs in with the other one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from config.errors import Problem
from config.model import Check, Model
from config.reserved_users import is_reserved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from config.services import ServiceSettings

DatabaseName = Literal["postgres", "documentdb"]
Access = Literal["read_write", "read_only"]
AuditRight = Literal["insert", "read"]

DEFAULT_ROTATION_DAYS: Final = 30
MAX_ROTATION_DAYS: Final = 365
"""The longest that any standard allows for a password that machines use is a year."""

OWNER: Final = "owner"
"""The role of migrations, which exists in each database without a table; no service signs in as it."""

AUDIT: Final = "audit"
"""The schema of the audit log in PostgreSQL."""

AUDIT_OWNER: Final = "audit_owner"
"""The role that owns it, of which nobody but the master is a member."""

RESTORE_CHECK: Final = "restore_check"
"""The role of restore drills: it reads what the others write, by IAM, in a restored copy in the second region."""

PLATFORM_ROLES: Final = (OWNER, AUDIT, AUDIT_OWNER, RESTORE_CHECK)
"""Names that the platform itself uses."""

LOGINS: Final = ("a", "b")
"""The two logins of a role, which have the stored password in turn."""

IAM_LOGIN: Final = "iam"
"""The login of a role that signs in by IAM token and directly: it has no password."""

_MAX_NAME_LENGTH: Final = 40
"""PostgreSQL cuts names at 63 bytes; this leaves room for the ending of a login.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
"""

_NAME: Final = r"[a-z][a-z0-9_]*"
_LOGIN_ENDINGS: Final = tuple(f"_{end}" for end in (*LOGINS, IAM_LOGIN))

_SCHEMAS: Final = ("information_schema",)
"""https://www.postgresql.org/docs/current/information-schema.html"""

_MONGODB_DATABASES: Final = ("admin", "config", "local")
"""https://www.mongodb.com/docs/manual/reference/glossary/ (admin, config and local database)"""


def login_names(role: str) -> tuple[str, ...]:
    """The names of every login that a role can have: `backend_a`, `backend_b`, `backend_iam`."""
    return tuple(f"{role}{ending}" for ending in _LOGIN_ENDINGS)


def validate_role_name(value: str) -> str:
    """Return the name if it is a valid name of a role, of its schema and of its database in DocumentDB."""
    if not re.fullmatch(_NAME, value):
        message = (
            "is not a valid role name; SQL has it without quotes, so use lowercase letters, digits and _, and "
            'start with a letter, like "backend"'
        )
        raise ValueError(message)
    if len(value) > _MAX_NAME_LENGTH:
        message = (
            f"is not a valid role name; it must have {_MAX_NAME_LENGTH} characters or fewer, and has {len(value)}, "
            "because PostgreSQL cuts the names of its logins at 63"
        )
        raise ValueError(message)
    if value.endswith(_LOGIN_ENDINGS):
        message = (
            f"is not a valid role name: {', '.join(_LOGIN_ENDINGS)} are the endings of the logins that each role has; "
            "use a name with another ending"
        )
        raise ValueError(message)
    if value in PLATFORM_ROLES:
        message = f"is not a valid role name: the platform makes {', '.join(PLATFORM_ROLES)} itself; use another name"
        raise ValueError(message)
    if is_reserved(value) or value in {*_SCHEMAS, *_MONGODB_DATABASES}:
        message = "is not a valid role name: PostgreSQL, DocumentDB or AWS reserves it; use another name"
        raise ValueError(message)
    return value


def role_name_for(service: str) -> str:
    """A valid name for the role of a service, for messages."""
    name = service.replace("-", "_")
    try:
        return validate_role_name(name)
    except ValueError:
        return f"{name}_service"


_ROLE_SCHEMA: Final = WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$", "maxLength": _MAX_NAME_LENGTH})

RoleName = Annotated[str, AfterValidator(validate_role_name), _ROLE_SCHEMA]
"""The name of a role, and of its schema in PostgreSQL or its database in DocumentDB."""

NamedRole = Annotated[str, _ROLE_SCHEMA]
"""The role that a service names; the checks of the environment look for it."""


def _check_unique_rights(audit: Sequence[AuditRight]) -> Iterator[Problem]:
    for index, right in enumerate(audit):
        if right in audit[:index]:
            yield Problem(key=f"audit[{index}]", value=right, allowed="is listed twice; remove one")


def _check_reader_writes_nothing(access: Access, audit: Sequence[AuditRight]) -> Iterator[Problem]:
    if access == "read_only" and "insert" in audit:
        yield Problem(
            key="audit",
            value=tuple(audit),
            allowed='must not have "insert" with access = "read_only", which writes nothing; remove it, '
            'or use access = "read_write"',
        )


def check_rotation_days(rotation_days: int) -> Iterator[Problem]:
    """A check of both databases."""
    if not 1 <= rotation_days <= MAX_ROTATION_DAYS:
        yield Problem(
            key="rotation_days",
            value=rotation_days,
            allowed=f"must be 1 to {MAX_ROTATION_DAYS}: in less than a day a release would not have replaced the tasks "
            "that have the password before, and no password should be valid for more than a year",
        )


def check_readers_have_a_schema(
    roles: Mapping[str, PostgresRoleSettings] | Mapping[str, DocumentdbRoleSettings],
) -> Iterator[Problem]:
    """A check of both databases."""
    if any(role.access == "read_write" for role in roles.values()):
        return
    for name, role in roles.items():
        if not (isinstance(role, PostgresRoleSettings) and "read" in role.audit):
            yield Problem(
                key=f"roles.{name}.access",
                value=role.access,
                allowed='has nothing to read: there is no role with access = "read_write"; add one, or remove this one',
            )


class PostgresRoleSettings(Model):
    """One role of PostgreSQL, with a schema of its name."""

    access: Access = "read_write"
    """read_write: rows of its own schema, and nothing else. read_only: reads the schemas of all read_write roles."""

    audit: tuple[AuditRight, ...] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Rights on the audit log: to insert events, to read them; nobody changes or deletes them."""

    iam: bool = False
    """Whether it signs in by IAM token, which is valid for 15 minutes, instead of a password."""

    checks: ClassVar[tuple[Check, ...]] = (_check_unique_rights, _check_reader_writes_nothing)


class DocumentdbRoleSettings(Model):
    """One role of DocumentDB, with a database of its name."""

    access: Access = "read_write"
    """read_write: its own database, and nothing else. read_only: reads the databases of all read_write roles."""


@dataclass(frozen=True, kw_only=True)
class DatabaseRole:
    """A role with all that follows from the settings of its environment."""

    database: DatabaseName
    name: str

    access: Literal["owner", "read_write", "read_only"]

    audit: tuple[AuditRight, ...] = ()

    iam: bool = False
    """Whether clients sign in by IAM token."""

    is_proxied: bool = False
    """Whether it is known to RDS Proxy, which reads its passwords from Secrets Manager: only a service's role is."""

    service: str | None = None
    """The service that signs in as it; None for a role of people."""

    starts_with_url: bool = False
    """Whether that service's tasks got the url when they started, and keep it until they end."""

    is_for_drills: bool = False
    """Whether it signs in to restored copies only; no service gets its url."""

    role_arn: str | None = None
    """The role of IAM that DocumentDB lets in as it: there, that ARN is the name of the login.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/iam-identity-auth.html
    """

    @property
    def has_passwords(self) -> bool:
        """Whether it has logins with a password: RDS Proxy signs in with one even where clients have a token."""
        return not self.iam or self.is_proxied

    @property
    def logins(self) -> tuple[str, ...]:
        """Its logins in the database."""
        if self.role_arn:
            return (self.role_arn,)
        return tuple(f"{self.name}_{end}" for end in (LOGINS if self.has_passwords else (IAM_LOGIN,)))

    @property
    def stores(self) -> dict[str, str]:
        """Where the password of each login is stored: `a` to `postgres/backend/a`, the end of a path."""
        return {end: f"{self.database}/{self.name}/{end}" for end in LOGINS} if self.has_passwords else {}

    @property
    def url_name(self) -> str:
        """The end of the path of its url: `postgres/backend/url`."""
        return f"{self.database}/{self.name}/url"


def used_databases(postgres_role: str | None, documentdb_role: str | None) -> tuple[DatabaseName, ...]:
    """The databases in which a service has a role."""
    roles: tuple[tuple[DatabaseName, str | None], ...] = (("postgres", postgres_role), ("documentdb", documentdb_role))
    return tuple(database for database, role in roles if role is not None)


def database_roles(
    database: DatabaseName,
    declared: Mapping[str, PostgresRoleSettings] | Mapping[str, DocumentdbRoleSettings],
    services: Mapping[str, ServiceSettings],
    *,
    has_proxy: bool = False,
) -> tuple[DatabaseRole, ...]:
    """Every role of a database: `owner`, then the others in the order of their file."""
    users = {service.role(database): name for name, service in services.items()}
    roles = [DatabaseRole(database=database, name=OWNER, access="owner")]
    for name, role in declared.items():
        user = users.get(name)
        of_postgres = role if isinstance(role, PostgresRoleSettings) else PostgresRoleSettings()
        roles.append(
            DatabaseRole(
                database=database,
                name=name,
                access=role.access,
                audit=of_postgres.audit,
                iam=of_postgres.iam,
                is_proxied=has_proxy and user is not None,
                service=user,
                starts_with_url=user is not None and f"{database}/url" in services[user].secrets.values(),
            )
        )
    return tuple(roles)


def drill_role(database: DatabaseName, *, role_arn: str) -> DatabaseRole:
    """The role of restore drills.

    Args:
        database: Where it is made; its copies have it, too.
        role_arn: The role of IAM of the function that reads the restored copies.
    """
    is_documentdb = database == "documentdb"
    return DatabaseRole(
        database=database,
        name=RESTORE_CHECK,
        access="read_only",
        iam=True,
        is_for_drills=True,
        role_arn=role_arn if is_documentdb else None,
    )
