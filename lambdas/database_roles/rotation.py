"""The order of the steps, for both engines. Any run may be killed after any step, and the next one ends the work.

The stored login comes first and the database follows it, so there is one truth for each login: a password that is
stored and does not sign in is set again. The url comes last: it only ever names a login that was seen to sign in. The
login that the url does not name is in nobody's hands as soon as the tasks from before the last turn have ended.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from .database import OldTasksError, ProxyRefusesError, RolesError, UnreachableError
from .settings import SLOTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .database import Database
    from .patience import Patience
    from .settings import Role
    from .stores import Login
    from .tasks import Tasks
    from .urls import Urls

LOGGER = logging.getLogger()

_RESUMED: Final = timedelta(days=1)
"""For how long a turn that was interrupted goes on with the password that it had stored."""


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """One run, with everything that it works on."""

    roles: Sequence[Role]
    period: timedelta
    """How old a password may become."""
    database: Database
    urls: Urls
    tasks: Tasks
    now: datetime
    patience: Patience
    """For the proxy, which may use a password from before for a while; all roles share it."""

    def prepare(self) -> None:
        """Make the roles and their passwords, but no urls: the proxy, whose host they have, may not be there yet."""
        self.database.ensure_roles(self.roles)
        for role in self.roles:
            self._ensure_passwords(role)

    def apply(self) -> None:
        """The same, then each url that is not what it must be."""
        self.prepare()
        self._for_each(self._published, self._publish)

    def turn(self) -> list[str]:
        """Rotate what is due; returns the names of the roles."""
        # A role without a url is one whose apply has not ended yet.
        roles = [role for role in self._published if self.urls.active(role)]
        return self._rotate_all(roles, lambda role: self._is_due(role) and self._rotate(role, force=False))

    @property
    def _published(self) -> list[Role]:
        """Those of which clients get a url."""
        return [role for role in self.roles if role.url]

    def rotate(self, roles: Iterable[Role], *, force: bool) -> list[str]:
        """Rotate these now, whatever their age; returns their names.

        Args:
            roles: Which have passwords.
            force: Also if tasks hold the login that loses its password.
        """
        return self._rotate_all(roles, lambda role: self._rotate(role, force=force))

    def _rotate_all(self, roles: Iterable[Role], action: Callable[[Role], bool]) -> list[str]:
        def repair_and_rotate(role: Role) -> bool:
            if self.urls.active(role) is None:
                message = f'role {role.name} has no url yet: invoke the function with {{"action": "apply"}}, then again'
                raise RolesError(message)
            self._ensure_passwords(role)
            self._ensure_url(role)
            return action(role)

        return self._for_each(roles, repair_and_rotate)

    def _publish(self, role: Role) -> bool:
        for slot in role.stores:
            self._check_proxy(role, self._stored(role, slot))
        return self._ensure_url(role)

    def _ensure_passwords(self, role: Role) -> None:
        for slot in role.stores:
            login = self._stored(role, slot)
            if not self.database.signs_in(login.username, login.password):
                self._set(login)

    def _ensure_url(self, role: Role) -> bool:
        login = self._stored(role, self.urls.active(role) or SLOTS[0]) if role.has_passwords else None
        if login and not self.urls.is_current(role, login):
            self._check_proxy(role, login)
        return self.urls.ensure(role, login)

    def _rotate(self, role: Role, *, force: bool) -> bool:
        switched = self.urls.switched_at(role)
        if not force:
            self._refuse_old_tasks(role, switched)
        idle = next(slot for slot in SLOTS if slot != self.urls.active(role))
        login = self._next_login(role, idle, switched=switched, force=force)
        self.database.ensure_settings(role, self.roles)
        self._set(login)
        self._check_proxy(role, login)
        self.urls.ensure(role, login)
        LOGGER.info("the url of role %s now names %s", role.name, login.username)
        return True

    def _next_login(self, role: Role, slot: str, *, switched: datetime, force: bool) -> Login:
        login = self._stored(role, slot)
        if not force and switched < login.set_at and self.now - login.set_at < _RESUMED:
            # Of a turn that was interrupted. The proxy may be about to read this one, so another would not help.
            return login
        return self.urls.store_new(role, slot)

    def _stored(self, role: Role, slot: str) -> Login:
        return self.urls.login(role, slot) or self.urls.store_from_url(role, slot) or self.urls.store_new(role, slot)

    def _set(self, login: Login) -> None:
        self.database.set_password(login.username, login.password)
        if not self.database.signs_in(login.username, login.password):
            message = f"{login.username} cannot sign in with the password that was just set; invoke the function again"
            raise RolesError(message)

    def _check_proxy(self, role: Role, login: Login) -> None:
        # The proxy refuses passwords of a role that signs in by IAM.
        if not role.proxied or role.iam:
            return
        host = self.urls.proxy_host()

        def sign_in() -> None:
            if not self.database.signs_in(login.username, login.password, host=host):
                message = (
                    f"the proxy refuses {login.username} with the password of its secret, which the database accepts; "
                    f"the url of role {role.name} was not changed. Check that the proxy's role may read the secret, "
                    "then invoke the function again"
                )
                raise ProxyRefusesError(message)

        self.patience.repeat(sign_in, while_raises=_is_slow_proxy)

    def _refuse_old_tasks(self, role: Role, switched: datetime) -> None:
        old = {service: self.tasks.created_before(switched, service=service) for service in role.services}
        named = [f"{service}: {', '.join(tasks)}" for service, tasks in old.items() if tasks]
        if named:
            message = (
                f"tasks that started before {switched:%Y-%m-%d %H:%M:%S %Z} still hold the login of role {role.name} "
                f"that would get a new password ({'; '.join(named)}). Replace them by a new deployment of the service, "
                'then invoke the function again; {"force": true} cuts them off'
            )
            raise OldTasksError(message)

    def _is_due(self, role: Role) -> bool:
        active = self.urls.active(role)
        return active is not None and self._stored(role, active).set_at + self.period <= self.now

    @staticmethod
    def _for_each(roles: Iterable[Role], action: Callable[[Role], bool]) -> list[str]:
        """Do it for all, though it may fail for one; returns the names of those for which it did something."""
        done: list[str] = []
        errors: list[RolesError] = []
        for role in roles:
            try:
                if action(role):
                    done.append(role.name)
            except RolesError as error:
                errors.append(error)
        if errors:
            kinds = {type(error) for error in errors}
            kind = kinds.pop() if len(kinds) == 1 else RolesError
            raise kind("; ".join(map(str, errors))) from errors[0]
        return done


def _is_slow_proxy(error: Exception) -> bool:
    return isinstance(error, (ProxyRefusesError, UnreachableError))
