"""The settings of the function, which synthesis adds to its package: the roles, and where what is stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

OWNER: Final = "owner"
"""The role for migrations, which owns the data of all others."""
SLOTS: Final = ("a", "b")


class Engine(StrEnum):
    """Which database it is."""

    POSTGRES = "postgres"
    DOCUMENTDB = "documentdb"


class Access(StrEnum):
    """What a role may do."""

    OWNER = "owner"
    """Change the structure of all data, and the data."""
    READ_WRITE = "read_write"
    """Read and write its own data."""
    READ_ONLY = "read_only"
    """Read the data of all roles that read and write."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a value is stored: a secret of Secrets Manager or a parameter of Parameter Store."""

    service: str
    """`secret` or `parameter`."""
    name: str

    def __str__(self) -> str:
        """How messages call it."""
        return f"the {self.service} {self.name}"


@dataclass(frozen=True, kw_only=True)
class Url:
    """The url that a role's clients get."""

    place: Place
    template: str
    """With `{credentials}` and `{host}`."""


@dataclass(frozen=True, kw_only=True)
class Role:
    """One that signs in."""

    name: str
    access: Access
    audit: tuple[str, ...]
    """Rights on the schema of audit events: `insert`, `read`."""
    iam: bool
    """Whether its clients sign in by IAM tokens."""
    proxied: bool
    """Whether its clients sign in at the proxy."""
    services: tuple[str, ...]
    """The services of ECS whose tasks get the url when they start."""
    stores: Mapping[str, Place]
    """Where the login of each slot is stored; empty if it has no password."""
    url: Url | None
    """None if nobody gets one: restored copies have other hosts."""
    role_arn: str | None = None
    """The role of IAM that DocumentDB lets in as it."""

    @property
    def has_passwords(self) -> bool:
        """Whether it has two logins with passwords, not one that signs in by IAM."""
        return bool(self.stores)

    @property
    def logins(self) -> tuple[str, ...]:
        """The names of its logins."""
        if self.role_arn:
            return (self.role_arn,)
        return tuple(self.login(slot) for slot in SLOTS) if self.has_passwords else (f"{self.name}_iam",)

    def login(self, slot: str) -> str:
        """The name of the login of a slot."""
        return f"{self.name}_{slot}"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What synthesis decides."""

    engine: Engine
    prefix: str
    database: str
    """The database that clients of PostgreSQL connect to."""
    rotation: timedelta
    """How old a password may become."""
    cluster: str
    """The cluster of ECS in which the services run."""
    proxy_host: str | None
    """The parameter with the host of the proxy."""
    stops: str | None
    """The identifier of a database that a sleep schedule stops."""
    authorities: str
    """The file of the package with the certificates of RDS's authorities in this region."""
    roles: tuple[Role, ...]

    @staticmethod
    def parse(text: str) -> Settings:
        """Read `settings.json`."""
        read: dict[str, Any] = json.loads(text)
        return Settings(
            engine=Engine(read["engine"]),
            prefix=read["prefix"],
            database=read["database"],
            rotation=timedelta(days=read["rotation_days"]),
            cluster=read["cluster"],
            proxy_host=read["proxy_host"],
            stops=read["stops"],
            authorities=read["authorities"],
            roles=tuple(_role(each) for each in read["roles"]),
        )


def _role(read: dict[str, Any]) -> Role:
    return Role(
        name=read["name"],
        access=Access(read["access"]),
        audit=tuple(read["audit"]),
        iam=read["iam"],
        proxied=read["proxied"],
        services=tuple(read["services"]),
        stores={slot: _place(place) for slot, place in read["stores"].items()},
        url=Url(place=_place(read["url"]), template=read["url"]["template"]) if read["url"] else None,
        role_arn=read.get("role_arn"),
    )


def _place(read: Mapping[str, Any]) -> Place:
    service = "secret" if "secret" in read else "parameter"
    return Place(service=service, name=read[service])
