"""What the function that makes the roles of a database knows of them: its `settings.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from modules.service.cluster import cluster_name, service_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from config.database_roles import DatabaseName, DatabaseRole
    from modules.label import Label

AUTHORITIES: Final = "authorities.pem"
"""The file of its package with the certificates of RDS's authorities."""


@dataclass(frozen=True, kw_only=True)
class RoleSettings:
    """The settings of the function of one database."""

    label: Label
    engine: DatabaseName
    database: str
    """The database that it signs in to."""
    rotation_days: int
    roles: Sequence[DatabaseRole]
    url: Callable[[DatabaseRole], str]
    """The url of a role, with `{credentials}` and `{host}` in it."""
    proxy_host: str | None
    """The parameter with the host of the proxy."""
    stops: str | None
    """The identifier of a database that a sleep schedule stops."""

    def render(self) -> str:
        """The file."""
        settings = {
            "engine": self.engine,
            "prefix": self.label.prefix,
            "database": self.database,
            "rotation_days": self.rotation_days,
            "cluster": cluster_name(self.label),
            "proxy_host": self.proxy_host,
            "stops": self.stops,
            "authorities": AUTHORITIES,
            "roles": [self._role(role) for role in self.roles],
        }
        return json.dumps(settings, indent=1)

    def _role(self, role: DatabaseRole) -> dict[str, Any]:
        label = self.label
        return {
            "name": role.name,
            "access": role.access,
            "audit": role.audit,
            "iam": role.iam,
            "proxied": role.is_proxied,
            "services": [service_name(label, role.service)] if role.service and role.starts_with_url else [],
            "stores": {
                end: {"secret": secret_name(label, name)} if role.is_proxied else {"parameter": label.path(name)}
                for end, name in role.stores.items()
            },
            "url": None if role.is_for_drills else {"parameter": label.path(role.url_name), "template": self.url(role)},
            "role_arn": role.role_arn,
        }


def secret_name(label: Label, name: str) -> str:
    """The name of a secret of Secrets Manager, which starts without a slash: `<project>/<environment>/<name>`."""
    return label.path(name).removeprefix("/")
