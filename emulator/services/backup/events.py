"""What AWS Backup sends to EventBridge when the state of a job changes.

https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from moto.events.models import events_backends

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.registry import Context
    from emulator.store import Shape


def send(kind: str, shape: Shape, resources: Iterable[str], context: Context) -> None:
    """Send the state that a job has now to the bus of its region.

    Args:
        kind: "Backup", "Copy" or "Restore".
        shape: The job as the API describes it; the event has the same members in other letters, numbers as text.
        resources: The ARNs that the event is about.
        context: Whose job it is.
    """
    if kind == "Restore":
        shape = _restore(shape)
    event = {
        "Source": "aws.backup",
        "DetailType": f"{kind} Job State Change",
        "Detail": json.dumps({_letters(name): _value(value) for name, value in shape.items()}),
        "Resources": list(resources),
    }
    events_backends[context.account][context.region].put_events([event])


def _restore(shape: Shape) -> Shape:
    """Return what the event of a restore has: the plan of a restore test without the structure around it."""
    plan = shape.get("CreatedBy") or {}
    return {name: value for name, value in shape.items() if name != "CreatedBy"} | plan


def _letters(name: str) -> str:
    return name[0].lower() + name[1:]


def _value(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(value, dict):
        return {_letters(name): _value(one) for name, one in value.items()}
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
