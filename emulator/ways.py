"""Where a connection of a function or a build leads: to a database, a listener or the internet's side of a domain."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from emulator.databases import reach
from emulator.functions.network import unreached_host
from emulator.http import HttpResponse
from emulator.outages.state import lost_since
from emulator.reachability import HTTPS, Place, reaches_internet, refusal
from emulator.registry import REGISTRY
from emulator.releases import domains, listeners

if TYPE_CHECKING:
    from emulator.http import HttpRequest

LOG = logging.getLogger(__name__)
_NO_WAY_TO_AWS: Final = (
    "a service of AWS is reached from a VPC through a NAT gateway, to which each subnet of the {what} has a route, "
    "if a group lets port 443 out, or through an endpoint of the service whose group lets the {what} in"
)

_LOST: Final = "the region {} does not answer"


@dataclass(frozen=True)
class Caller:
    """What connects, and where it is."""

    what: str
    """`function` or `build`."""
    account: str
    region: str
    place: Place | None
    """None outside of a VPC."""


def answer(incoming: HttpRequest, caller: Caller | None, *, ended: str) -> HttpResponse:
    """Answer a process that asks for the way to a name and port: the port of this machine, or a reason.

    Args:
        incoming: Its question.
        caller: What it belongs to; None if that has ended.
        ended: The reason then.
    """
    found: dict[str, Any] = {"reason": ended}
    if caller is not None:
        wanted = json.loads(incoming.body)
        try:
            found = {"port": port(caller, wanted["host"], int(wanted["port"]))}
        except reach.UnreachableError as error:
            found = {"reason": str(error)}
        except Exception as error:
            LOG.exception("failed on a connection to %s", wanted["host"])
            found = {"reason": f"the emulator failed: {error!r}"}
    return HttpResponse(HTTPStatus.OK, [("Content-Type", "application/json")], json.dumps(found).encode())


def port(caller: Caller, host: str, number: int) -> int:
    """Return the port of this machine that leads to a name and port; the caller must not have the emulator's lock.

    Raises:
        UnreachableError: Nothing is there, or packets do not arrive.
    """
    if lost_since(caller.region):
        raise reach.UnreachableError(_LOST.format(caller.region))
    if host == unreached_host(caller.region):
        raise reach.UnreachableError(_NO_WAY_TO_AWS.format(what=caller.what))
    with REGISTRY.lock:
        listener = listeners.find(caller.account, host, number)
        domain = None if listener else domains.find(caller.account, host, number)
        if listener and lost_since(listener.place.region):
            raise reach.UnreachableError(_LOST.format(listener.place.region))
        reason = _listener_refusal(caller, listener) if listener else _internet_refusal(caller) if domain else None
        if reason:
            raise reach.UnreachableError(reason)
    if listener:
        return listeners.LISTENERS.port(listener.arn)
    if domain:
        return listeners.LISTENERS.port(domain.listener, name=domain.name)
    with REGISTRY.lock:
        endpoint = reach.find(caller.account, host, number)
        reach.require_way(caller.place, endpoint)
    return reach.port(endpoint)


def _listener_refusal(caller: Caller, listener: listeners.Endpoint) -> str | None:
    """Why packets do not arrive at a listener in a VPC."""
    if caller.place is None:
        return f"it is in a VPC, and the {caller.what} is not"
    return refusal(caller.place, listener.place, listener.port)


def _internet_refusal(caller: Caller) -> str | None:
    """Why packets do not arrive at CloudFront."""
    if caller.place is None or reaches_internet(caller.place):
        return None
    return (
        f"it is on the internet, which is reached from a VPC through a NAT gateway, to which each subnet of the "
        f"{caller.what} has a route, if a group lets port {HTTPS} out to everywhere"
    )
