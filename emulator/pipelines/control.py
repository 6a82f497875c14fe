"""The door for tests and demonstrations: what happens on GitHub and in the console.

`POST /emulator/pushes` with `{"repository": "acme/app", "branch": "main", "commit": "..", "paths": [..],
"files": ".."}`, the zip in base64, or `"tag"` instead of the branch; with `"account"` no other account hears
of it, so that environments of one repository can be rehearsed side by side.
`POST /emulator/connections` with `{"arn": ".."}`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from emulator.arns import parse_arn
from emulator.http import HttpResponse
from emulator.pipelines.repositories import Commit, Push
from emulator.pipelines.triggers import start_pipelines
from emulator.registry import REGISTRY, route
from emulator.services.codeconnections import CONNECTIONS

if TYPE_CHECKING:
    from emulator.http import HttpRequest

PUSHES: Final = "/emulator/pushes"
CONFIRMATIONS: Final = "/emulator/connections"
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_REPOSITORY: Final = re.compile(r"[\w.-]+/[\w.-]+")


class _RequestError(Exception):
    """A request that is not valid."""


@route(PUSHES)
def push(incoming: HttpRequest) -> HttpResponse:
    """Keep a commit, and start the pipelines whose trigger fits."""
    try:
        found = _read(incoming)
    except _RequestError as error:
        return _answer(HTTPStatus.BAD_REQUEST, {"error": str(error)})
    with REGISTRY.lock:
        found.keep()
        started = start_pipelines(found)
    return _answer(
        HTTPStatus.OK,
        {
            "executions": [
                {"account": one.account, "region": one.region, "pipeline": one.pipeline, "id": one.id}
                for one in started
            ]
        },
    )


@route(CONFIRMATIONS)
def confirm(incoming: HttpRequest) -> HttpResponse:
    """Confirm a pending connection, as a person does in the console."""
    arn = str(_json(incoming).get("arn"))
    parsed = parse_arn(arn)
    with REGISTRY.lock:
        table = REGISTRY.store.table(CONNECTIONS, parsed.account, parsed.region) if parsed else {}
        connection = table.get(arn)
        if connection is None:
            return _answer(HTTPStatus.NOT_FOUND, {"error": f"there is no connection {arn}"})
        connection["ConnectionStatus"] = "AVAILABLE"
    return _answer(HTTPStatus.OK, {"status": "AVAILABLE"})


def _read(incoming: HttpRequest) -> Push:
    sent = _json(incoming)
    repository, commit = str(sent.get("repository")), str(sent.get("commit"))
    branch, tag = str(sent.get("branch") or ""), str(sent.get("tag") or "")
    if not _REPOSITORY.fullmatch(repository):
        message = f"repository is {repository!r}; it must be owner/name"
        raise _RequestError(message)
    if not _COMMIT.fullmatch(commit):
        message = f"commit is {commit!r}; it must have 40 hexadecimal digits"
        raise _RequestError(message)
    if bool(branch) == bool(tag):
        message = "a push must have either branch or tag"
        raise _RequestError(message)
    try:
        content = base64.b64decode(str(sent.get("files") or ""), validate=True)
    except binascii.Error as error:
        message = f"files must be a zip in base64: {error}"
        raise _RequestError(message) from error
    kept = Commit(commit, str(sent.get("message") or ""), str(sent.get("author") or "someone"), content)
    return Push(repository, kept, branch, tag, tuple(sent.get("paths") or ()), str(sent.get("account") or ""))


def _json(incoming: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(incoming.body or b"{}")
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _answer(status: HTTPStatus, told: dict[str, Any]) -> HttpResponse:
    return HttpResponse(status, [("Content-Type", "application/json")], json.dumps(told).encode())
