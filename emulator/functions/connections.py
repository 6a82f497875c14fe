"""Answers the process of a call when it wants to connect to something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator import ways
from emulator.functions.calls import CALLS, QUESTIONS
from emulator.functions.network import place_of
from emulator.registry import REGISTRY, route

if TYPE_CHECKING:
    from emulator.http import HttpRequest, HttpResponse


@route(QUESTIONS)
def answer(incoming: HttpRequest) -> HttpResponse:
    """Return the port of this machine that a name leads to, or the reason why it leads nowhere."""
    call = CALLS.find(incoming.path.removeprefix(QUESTIONS))
    with REGISTRY.lock:
        function = call.function if call else None
        caller = ways.Caller("function", function.account_id, function.region, place_of(function)) if function else None
    return ways.answer(incoming, caller, ended="the call has ended")
