"""The emulator's RDS Proxies: each listens on a port of its own from the first connection on."""

from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import rds_backends
from moto.secretsmanager.models import secretsmanager_backends

from emulator.arns import parse_arn
from emulator.databases.endpoints import endpoint_of_instance, endpoint_of_proxy
from emulator.databases.iam_tokens import Door, require_token
from emulator.databases.listener import Listener
from emulator.databases.proxy_messages import FatalError
from emulator.databases.proxy_session import Credential, Target, serve
from emulator.databases.servers import SERVERS, authority
from emulator.permissions import role_actions
from emulator.reachability import refusal
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    import socket
    import ssl

    from emulator.databases.endpoints import Endpoint

LOG = logging.getLogger(__name__)

_READ_SECRET: Final = "secretsmanager:GetSecretValue"  # noqa: S105  the name of a permission
_CANNOT_CONNECT: Final = "08006"


class ProxyServer:
    """Listens for the clients of one proxy, until `close()`."""

    def __init__(self, proxy: Any) -> None:
        """Start to listen."""
        self.proxy = proxy
        self._listener = Listener("proxy", self._serve)
        self.close = self._listener.close
        self._listener.start(authority().issue([proxy.endpoint, "localhost", "127.0.0.1"]))

    @property
    def port(self) -> int:
        """Its port on 127.0.0.1."""
        return self._listener.port

    def _serve(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        serve(
            connection,
            context,
            require_tls=bool(self.proxy.require_tls),
            find_credential=self._credential,
            find_target=self._target,
            require_token=self._require_token,
        )

    def _require_token(self, user: str, token: str) -> None:
        with REGISTRY.lock:
            proxy = endpoint_of_proxy(self.proxy)
            door = Door(proxy.host, proxy.port, self.proxy.account_id, self.proxy.region, self.proxy.unique_id)
            require_token(token, user, door)

    def _credential(self, user: str) -> Credential | None:
        with REGISTRY.lock:
            if _READ_SECRET not in role_actions(self.proxy.role_arn, [_READ_SECRET]):
                return None
            for auth in self.proxy.auth:
                told = _secret(auth["SecretArn"])
                if told.get("username") == user:
                    return Credential(user, str(told.get("password")), iam=auth.get("IAMAuth") == "REQUIRED")
        return None

    def _target(self) -> Target:
        with REGISTRY.lock:
            proxy = endpoint_of_proxy(self.proxy)
            database = endpoint_of_instance(proxy.database) if proxy.database else proxy
            reason = proxy.stopped or refusal(proxy.place, database.place, database.port)
        if reason:
            LOG.debug("the proxy %s does not reach its database: %s", self.proxy.db_proxy_name, reason)
            raise FatalError(_CANNOT_CONNECT, "Timed-out waiting to acquire database connection")
        return Target(SERVERS.port(proxy.database, database.host), authority().pem)


class Proxies:
    """The proxies that listen."""

    def __init__(self) -> None:
        """Have none."""
        self._lock = threading.Lock()
        self._running: dict[str, ProxyServer] = {}

    def port(self, endpoint: Endpoint) -> int:
        """Return the port of a proxy, and let it listen if it does not."""
        with self._lock:
            key = endpoint.proxy.unique_id
            if key not in self._running:
                self._running[key] = ProxyServer(endpoint.proxy)
            return self._running[key].port

    def synchronize(self) -> None:
        """End those that were deleted."""
        for key, server in list(self._running.items()):
            proxy = server.proxy
            if rds_backends[proxy.account_id][proxy.region].db_proxies.get(proxy.db_proxy_name) is not proxy:
                server.close()
                self._running.pop(key, None)

    def suspend(self, region: str) -> None:
        """End those of a region; each listens again when it is asked for its port."""
        for key, server in list(self._running.items()):
            if server.proxy.region == region:
                server.close()
                self._running.pop(key, None)

    def close(self) -> None:
        """End all of them."""
        for key, server in list(self._running.items()):
            server.close()
            self._running.pop(key, None)


PROXIES: Final = Proxies()


def _secret(arn: str) -> dict[str, Any]:
    """Return the JSON of a secret, or nothing if it has no value."""
    parsed = parse_arn(arn)
    secret = secretsmanager_backends[parsed.account][parsed.region].secrets.get(arn) if parsed else None
    if secret is None or secret.is_deleted() or not secret.default_version_id:
        return {}
    text = secret.versions[secret.default_version_id].get("secret_string")
    try:
        told = json.loads(text or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
