"""Answers the processes of a build when they want to connect to something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator import ways
from emulator.builds.run import RUNS
from emulator.builds.variables import QUESTIONS, place_of
from emulator.registry import route

if TYPE_CHECKING:
    from emulator.http import HttpRequest, HttpResponse


@route(QUESTIONS)
def answer(incoming: HttpRequest) -> HttpResponse:
    """Return the port of this machine that a name leads to, or the reason why it leads nowhere."""
    build = RUNS.find(incoming.path.removeprefix(QUESTIONS))
    caller = ways.Caller("build", build.account, build.region, place_of(build)) if build else None
    return ways.answer(incoming, caller, ended="the build has ended")
