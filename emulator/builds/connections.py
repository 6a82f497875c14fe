"""Answers the processes of a build when they want to connect to something."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from emulator import ways
from emulator.builds.run import RUNS
from emulator.builds.variables import QUESTIONS, place_of
from emulator.databases.reach import UnreachableError
from emulator.http import HttpResponse
from emulator.registry import route
from emulator.ways import Caller

if TYPE_CHECKING:
    from emulator.http import HttpRequest

LOG = logging.getLogger(__name__)


@route(QUESTIONS)
def answer(incoming: HttpRequest) -> HttpResponse:
    """Return the port of this machine that a name leads to, or the reason why it leads nowhere."""
    build = RUNS.find(incoming.path.removeprefix(QUESTIONS))
    told: dict[str, Any] = {"reason": "the build has ended"}
    if build is not None:
        wanted = json.loads(incoming.body)
        caller = Caller("build", build.account, build.region, place_of(build))
        try:
            told = {"port": ways.port(caller, wanted["host"], int(wanted["port"]))}
        except UnreachableError as error:
            told = {"reason": str(error)}
        except Exception as error:
            LOG.exception("failed on a connection to %s", wanted["host"])
            told = {"reason": f"the emulator failed: {error!r}"}
    return HttpResponse(HTTPStatus.OK, [("Content-Type", "application/json")], json.dumps(told).encode())
