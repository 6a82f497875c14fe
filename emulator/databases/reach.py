"""The way to a database: whether packets arrive, and the port of this machine at which it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.databases.endpoints import find_endpoint
from emulator.databases.proxies import PROXIES
from emulator.databases.servers import SERVERS
from emulator.reachability import refusal
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from emulator.databases.endpoints import Endpoint
    from emulator.reachability import Place


class UnreachableError(Exception):
    """Packets do not arrive, or nothing answers them."""


def find(account: str, host: str, port: int | None = None) -> Endpoint:
    """Return the endpoint of that name in an account; the caller has the lock.

    Raises:
        UnreachableError: The account has none, or it does not answer.
    """
    endpoint = find_endpoint(account, host)
    if endpoint is None:
        message = f"account {account} has no database at it; a function here reaches AWS and databases, nothing else"
        raise UnreachableError(message)
    if port not in {None, endpoint.port}:
        message = f"it listens on port {endpoint.port}"
        raise UnreachableError(message)
    # A proxy says itself that it does not reach its database.
    if reason := endpoint.lost if endpoint.proxy is not None else endpoint.stopped:
        raise UnreachableError(reason)
    return endpoint


def require_way(place: Place | None, endpoint: Endpoint) -> None:
    """Require that something at a place reaches an endpoint; the caller has the lock.

    Raises:
        UnreachableError: It does not.
    """
    reason = (
        "it is in a VPC, and the function is not" if place is None else refusal(place, endpoint.place, endpoint.port)
    )
    if reason:
        raise UnreachableError(reason)


def port(endpoint: Endpoint) -> int:
    """Return the port of 127.0.0.1 at which it answers, and start what answers; the caller must not have the lock."""
    if endpoint.proxy is not None:
        return PROXIES.port(endpoint)
    return SERVERS.port(endpoint.database, endpoint.host)


def connect(account: str, host: str) -> int:
    """Return the port of this machine at which an endpoint of an account answers, and start what answers.

    Raises:
        UnreachableError: The account has no such endpoint, or it is stopped.
    """
    with REGISTRY.lock:
        endpoint = find(account, host)
    return port(endpoint)
