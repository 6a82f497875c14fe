"""What both engines do for the function, and the errors that it reports to people.

Each role signs in by one of two logins, `<role>_a` and `<role>_b`, which are in use in turn: one gets a new password
while the other one is used. A role that signs in by IAM, and not through a proxy, has one login, `<role>_iam`.

    RolesError                     every error that a person can act on
    +-- BusyError                  another run holds the lock: repeat
    +-- ConflictError              the database has a role or a schema of that name that this function did not make
    +-- OldTasksError              tasks still hold the login that would lose its password
    +-- ProxyRefusesError          the proxy does not let a new password in yet; the url was not changed
    +-- StoppedError               the sleep schedule has stopped the database
    +-- StoreError                 a stored value is not what this function writes
    +-- UnreachableError           no answer of the database or of the proxy
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from .settings import Role


class RolesError(Exception):
    """What went wrong, where, and what to do; without a secret."""


class BusyError(RolesError):
    """Another run is changing the roles."""


class ConflictError(RolesError):
    """The database has something of that name that this function did not make."""


class OldTasksError(RolesError):
    """Tasks still hold the login that would lose its password."""


class ProxyRefusesError(RolesError):
    """The proxy does not accept a login with the password of its secret."""


class StoppedError(RolesError):
    """The database is stopped."""


class StoreError(RolesError):
    """A stored value is not what this function writes."""


class UnreachableError(RolesError):
    """The database or the proxy does not answer, or answers that it cannot serve now."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where the database is, and how the master user signs in."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    authorities: Path
    """The certificates of RDS's authorities in this region."""


class Database(Protocol):
    """A database, signed in to as its master user; each method may be repeated.

    A method that needs a connection opens it, and raises `UnreachableError` if it cannot. No message of an error and no
    log has a password in it.
    """

    def lock(self) -> AbstractContextManager[None]:
        """Keep other runs out until the end of the block; one that was killed keeps nobody out for long.

        Raises:
            BusyError: Another run is at work.
        """

    def ensure_roles(self, roles: Sequence[Role]) -> None:
        """Make the roles, their logins and their rights; `owner` is one of them.

        A login that is new has no password that anybody knows: `set_password` comes next. The password of a login that
        is there does not change. Logins that this function once made and that `roles` no longer has are removed, data
        is not.

        Raises:
            ConflictError: There is something of that name that this function did not make.
        """

    def ensure_settings(self, role: Role, roles: Sequence[Role]) -> None:
        """Take away what the logins of a role, which `ensure_roles` made, have set for their own sessions.

        Args:
            role: Whose logins.
            roles: All roles that there are.
        """

    def set_password(self, login: str, password: str) -> None:
        """Give a login, which `ensure_roles` made, this password."""

    def signs_in(self, login: str, password: str, *, host: str | None = None) -> bool:
        """Whether the login may sign in with the password and gets an answer to a query.

        Args:
            login: The name of the login.
            password: What is tried.
            host: Where, if not at the database itself: the proxy.

        Returns:
            False if the credentials are refused.

        Raises:
            UnreachableError: No answer, or another one than that.
        """

    def close(self) -> None:
        """Close what is open."""
