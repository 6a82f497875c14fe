"""Amazon RDS and DocumentDB: the servers behind the endpoints of the emulator's databases, and where they are."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from emulator.databases import reach
from emulator.databases.endpoints import endpoints
from emulator.databases.proxies import PROXIES
from emulator.databases.servers import SERVERS, authority
from emulator.http import HttpResponse
from emulator.registry import REGISTRY, Context, after, route

if TYPE_CHECKING:
    from emulator.http import HttpRequest
    from emulator.store import Shape


@after("rds", "DeleteDBInstance", "DeleteDBCluster", "ModifyDBInstance", "ModifyDBCluster", "DeleteDBProxy")
def synchronize_servers(_: Shape, context: Context) -> None:
    """End the servers of what was deleted, and give the others their masters' new passwords."""
    del context
    PROXIES.synchronize()
    SERVERS.synchronize()


@route("/emulator/databases")
def answer(incoming: HttpRequest) -> HttpResponse:
    """Tell clients outside of a function where a database is: `?account=` and, for one of its endpoints, `&endpoint=`.

    Without an endpoint it lists all of the account and starts no server.
    """
    asked = {name: values[0] for name, values in parse_qs(incoming.environ.get("QUERY_STRING", "")).items()}
    account, host = asked.get("account", incoming.account), asked.get("endpoint")
    if host is None:
        with REGISTRY.lock:
            told = [{"endpoint": each.host, "port": each.port, "stopped": each.stopped} for each in endpoints(account)]
        return _json(HTTPStatus.OK, {"databases": told})
    try:
        return _json(HTTPStatus.OK, {"port": reach.connect(account, host), "authority": authority().pem})
    except reach.UnreachableError as error:
        return _json(HTTPStatus.NOT_FOUND, {"reason": str(error)})


def close() -> None:
    """End all servers."""
    PROXIES.close()
    SERVERS.close()


REGISTRY.resets.append(close)


def _json(status: HTTPStatus, told: Any) -> HttpResponse:
    return HttpResponse(status, [("Content-Type", "application/json")], json.dumps(told).encode())
