"""What is stored for a role: the logins of its two slots, and the url that names one of them."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .database import RolesError
from .stores import Login

if TYPE_CHECKING:
    from datetime import datetime

    from .settings import Role, Settings, Url
    from .stores import Stores

# 64 letters and digits are 381 bits; none of them has a meaning in a url or in SQL.
_ALPHABET: Final = string.ascii_letters + string.digits
_LENGTH: Final = 64


@dataclass(frozen=True, kw_only=True)
class Urls:
    """The stored logins and urls of all roles."""

    settings: Settings
    stores: Stores
    host: str
    """The endpoint of the database itself."""
    now: datetime

    def status(self) -> dict[str, Any]:
        """Which login each role's url names, since when its password is, and until when; changes nothing."""
        return {role.name: self._shown(role) for role in self.settings.roles if role.url}

    def active(self, role: Role) -> str | None:
        """The slot of the login that the url names."""
        url = self.stores.read(_url(role).place)
        name = urlsplit(url).username if url else None
        return next((slot for slot in role.stores if role.login(slot) == name), None)

    def login(self, role: Role, slot: str) -> Login | None:
        """The login that is stored."""
        place = role.stores[slot]
        text = self.stores.read(place)
        return Login.parse(text, place=place, username=role.login(slot)) if text else None

    def store_new(self, role: Role, slot: str) -> Login:
        """Store a new password for a login."""
        password = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        login = Login(username=role.login(slot), password=password, set_at=self.now)
        self.stores.write(role.stores[slot], login.text())
        return login

    def store_from_url(self, role: Role, slot: str) -> Login | None:
        """Store the login that the url names, whose place is empty: it has moved between the two services.

        So tasks that have this url stay. None if the url names another login or has no password.
        """
        url = self.stores.read(_url(role).place)
        parts = urlsplit(url) if url else None
        if parts is None or parts.username != role.login(slot) or not parts.password:
            return None
        login = Login(username=parts.username, password=parts.password, set_at=self.switched_at(role))
        self.stores.write(role.stores[slot], login.text())
        return login

    def switched_at(self, role: Role) -> datetime:
        """When the url was last written."""
        return self.stores.written_at(_url(role).place)

    def ensure(self, role: Role, login: Login | None) -> bool:
        """Write the url with this login, unless it is what is there; returns whether it was written."""
        text = self._text(role, login)
        if self.stores.read(_url(role).place) == text:
            return False
        self.stores.write(_url(role).place, text)
        return True

    def is_current(self, role: Role, login: Login | None) -> bool:
        """Whether the url is already the one with this login."""
        return self.stores.read(_url(role).place) == self._text(role, login)

    def proxy_host(self) -> str:
        """The host of the proxy.

        Raises:
            RolesError: Terraform has not written it yet.
        """
        name = self.settings.proxy_host
        host = self.stores.parameter(name) if name else None
        if host is None:
            message = f"the parameter {name} does not hold the host of the proxy: apply the layer data, which writes it"
            raise RolesError(message)
        return host

    def _text(self, role: Role, login: Login | None) -> str:
        name = login.username if login else role.logins[0]
        # An IAM token takes the place of the password, and the client asks for one each time that it connects.
        credentials = f"{name}:{login.password}" if login and not role.iam else name
        host = self.proxy_host() if role.proxied else self.host
        return _url(role).template.format(credentials=credentials, host=host)

    def _shown(self, role: Role) -> dict[str, str | None]:
        active = self.active(role)
        if active is None:
            has_url = not role.has_passwords and self.stores.read(_url(role).place) is not None
            return {"login": role.logins[0] if has_url else None, "set_at": None, "due": None}
        login = self.login(role, active)
        shown = {"login": role.login(active), "set_at": None, "due": None}
        if login:
            shown["set_at"] = login.set_at.isoformat(timespec="seconds")
            shown["due"] = (login.set_at + self.settings.rotation).isoformat(timespec="seconds")
        return shown


def _url(role: Role) -> Url:
    """The url of a role.

    Raises:
        RolesError: It has none.
    """
    if role.url is None:
        message = f"role {role.name} has no url: it signs in to restored copies only"
        raise RolesError(message)
    return role.url
