"""The door for tests and demonstrations: takes a region away, and gives it back.

`POST /emulator/regions` with `{"region": "us-east-1", "lost": true}`, and with `false` everything in it is as before.
`GET` lists those that are lost.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from botocore.session import Session

from emulator.databases.proxies import PROXIES
from emulator.databases.servers import SERVERS
from emulator.http import HttpResponse
from emulator.outages import state
from emulator.registry import REGISTRY, route
from emulator.services.dynamodb.replicas import catch_up
from emulator.services.rds_promotions import join_replicas, separate_replicas
from emulator.services.s3_replication.changes import carry_out_waiting

if TYPE_CHECKING:
    from emulator.http import HttpRequest

PATH: Final = "/emulator/regions"
_MEMBERS: Final = frozenset({"lost", "region"})


@route(PATH)
def change(incoming: HttpRequest) -> HttpResponse:
    """Lose a region or give it back; the answer lists all that are lost."""
    if incoming.method == "POST":
        try:
            wanted = json.loads(incoming.body or b"{}")
        except ValueError:
            wanted = None
        problem = _problem(wanted)
        if problem:
            return _answer(HTTPStatus.BAD_REQUEST, {"error": problem})
        with REGISTRY.lock:
            (lose if wanted["lost"] else give_back)(wanted["region"])
    return _answer(HTTPStatus.OK, {"lost": state.lost_regions()})


def lose(region: str) -> None:
    """Let a region answer nothing; what its databases have is kept. The caller has the lock."""
    separate_replicas(region)
    state.lose(region)
    PROXIES.suspend(region)
    SERVERS.suspend(region)


def give_back(region: str) -> None:
    """Let a region answer again, as before, and get what it missed. The caller has the lock."""
    state.give_back(region)
    join_replicas(region)
    catch_up(region)
    carry_out_waiting()


def _problem(wanted: Any) -> str | None:
    if not isinstance(wanted, dict) or wanted.keys() != _MEMBERS or not isinstance(wanted["lost"], bool):
        return 'the body must be {"region": "<name>", "lost": true or false}'
    if wanted["region"] not in Session().get_available_regions("ec2"):
        return f"{wanted['region']!r} is not a region of AWS"
    return None


def _answer(status: HTTPStatus, result: dict[str, Any]) -> HttpResponse:
    return HttpResponse(status, [("Content-Type", "application/json")], json.dumps(result).encode())
