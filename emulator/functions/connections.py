"""Answers the process of a call when it wants to connect to something."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from emulator import ways
from emulator.databases import reach
from emulator.functions.calls import CALLS, QUESTIONS
from emulator.functions.network import place_of
from emulator.http import HttpResponse
from emulator.registry import REGISTRY, route
from emulator.ways import Caller

if TYPE_CHECKING:
    from emulator.functions.calls import Call
    from emulator.http import HttpRequest

LOG = logging.getLogger(__name__)


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
    with REGISTRY.lock:
        account, region, place = call.function.account_id, call.function.region, place_of(call.function)
    return ways.port(Caller("function", account, region, place), host, port)
