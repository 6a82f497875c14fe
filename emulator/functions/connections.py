"""Answers the process of a call when it wants to connect to something."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from emulator.databases import reach
from emulator.functions.calls import CALLS, QUESTIONS
from emulator.functions.network import place_of, unreached_host
from emulator.http import HttpResponse
from emulator.reachability import refusal
from emulator.registry import REGISTRY, route
from emulator.releases import listeners

if TYPE_CHECKING:
    from emulator.functions.calls import Call
    from emulator.http import HttpRequest
    from emulator.reachability import Place

LOG = logging.getLogger(__name__)

_NO_WAY_TO_AWS: Final = (
    "a service of AWS is reached from a VPC through a NAT gateway, to which each subnet of the function has a route, "
    "if a group lets port 443 out, or through an endpoint of the service whose group lets the function in"
)


@route(QUESTIONS)
def answer(incoming: HttpRequest) -> HttpResponse:
    """Return the port of this machine that a name leads to, or the reason why it leads nowhere."""
    call = CALLS.find(incoming.path.removeprefix(QUESTIONS))
    told: dict[str, Any] = {"reason": "the call has ended"}
    if call is not None:
        wanted = json.loads(incoming.body)
        try:
            told = {"port": _port(call, wanted["host"], int(wanted["port"]))}
        except reach.UnreachableError as error:
            told = {"reason": str(error)}
        except Exception as error:
            LOG.exception("failed on a connection to %s", wanted["host"])
            told = {"reason": f"the emulator failed: {error!r}"}
    return HttpResponse(HTTPStatus.OK, [("Content-Type", "application/json")], json.dumps(told).encode())


def _port(call: Call, host: str, port: int) -> int:
    if host == unreached_host(call.function.region):
        raise reach.UnreachableError(_NO_WAY_TO_AWS)
    with REGISTRY.lock:
        place = place_of(call.function)
        listener = listeners.find(call.function.account_id, host, port)
        reason = _refusal(place, listener) if listener else None
        if reason:
            raise reach.UnreachableError(reason)
    if listener:
        return listeners.LISTENERS.port(listener.arn)
    with REGISTRY.lock:
        endpoint = reach.find(call.function.account_id, host, port)
        reach.require_way(place, endpoint)
    return reach.port(endpoint)


def _refusal(place: Place | None, listener: listeners.Endpoint) -> str | None:
    """Why packets do not arrive at a listener."""
    if place is None:
        return "it is in a VPC, and the function is not"
    return refusal(place, listener.place, listener.port)
