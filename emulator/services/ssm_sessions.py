"""Session Manager: moto has no sessions. Here one begins and ends, and forwards nothing: it has no channel."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from moto.ecs.models import ecs_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.store import Kind, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

SESSIONS: Kind[Shape] = Kind("session", missing="DoesNotExistException", message="Session {key} does not exist")

_FORWARD: Final = "AWS-StartPortForwardingSessionToRemoteHost"
_PARAMETERS: Final = {_FORWARD: ({"host", "portNumber"}, {"localPortNumber"})}
"""The documents of AWS that are known here: the parameters that a call must have, and those that it may have.

https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html
"""


@operation("ssm", "StartSession")
def start_session(params: Shape, context: Context) -> Shape:
    """Begin a session with a container whose agent runs.

    Raises:
        AwsError: The target does not run, the document is unknown, or a parameter of it is missing or unknown.
            https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartSession.html
            https://github.com/aws/session-manager-plugin/issues/72
    """
    target, document = params["Target"], params.get("DocumentName") or "SSM-SessionManagerRunShell"
    if document not in _PARAMETERS:
        raise AwsError(code="InvalidDocument", message=f"Document with name {document} does not exist.")
    required, optional = _PARAMETERS[document]
    given = set(params.get("Parameters") or ())
    if not required <= given <= required | optional:
        raise AwsError(code="InvalidParameters", message="Parameters do not match the document.")
    if target not in _connected(context):
        raise AwsError(code="TargetNotConnected", message=f"{target} is not connected.")
    id_ = f"{context.account}-{secrets.token_hex(8)}"
    context.table(SESSIONS)[id_] = {
        "SessionId": id_,
        "Target": target,
        "DocumentName": document,
        "Status": "Connected",
        "StartDate": now(),
        "Reason": params.get("Reason", ""),
    }
    return {
        "SessionId": id_,
        "TokenValue": secrets.token_urlsafe(32),
        "StreamUrl": f"wss://ssmmessages.{context.region}.amazonaws.com/v1/data-channel/{id_}",
    }


@operation("ssm", "TerminateSession")
def terminate_session(params: Shape, context: Context) -> Shape:
    """End a session; it is still known afterwards."""
    context.table(SESSIONS).require(params["SessionId"])["Status"] = "Terminated"
    return {"SessionId": params["SessionId"]}


@operation("ssm", "DescribeSessions")
def describe_sessions(params: Shape, context: Context) -> Shape:
    """List those that are open, or those that are over; the filters are not looked at."""
    is_open = params["State"] == "Active"
    found = [one for one in context.table(SESSIONS).values() if (one["Status"] == "Connected") == is_open]
    return {"Sessions": found}


def _connected(context: Context) -> Iterator[str]:
    """The containers of the caller whose agent runs, as targets: cluster, task and container.

    https://github.com/aws/aws-cli/blob/develop/awscli/customizations/ecs/executecommand.py
    """
    for tasks in context.backend(ecs_backends).tasks.values():
        for task in tasks.values():
            for container in task.containers:
                for agent in getattr(container, "managed_agents", ()):
                    if agent["lastStatus"] == "RUNNING":
                        yield f"ecs:{task.cluster_name}_{task.id}_{container.runtime_id}"
