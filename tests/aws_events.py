"""Sample events in the form of AWS's documentation, and which of them a pattern matches.

The pages: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html,
https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html,
https://docs.aws.amazon.com/autoscaling/application/userguide/automating-with-eventbridge.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.events.models import EventPattern

from emulator.services.events_delivery import message
from main import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.event_messages import EventMessage
    from modules.label import Label

FOLDER = ROOT / "tests" / "events"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def event(name: str, *replaced: tuple[str, str]) -> dict[str, Any]:
    """A sample event, in which each of these texts is replaced."""
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    for old, new in replaced:
        assert old in text, f"{name} does not contain {old}"
        text = text.replace(old, new)
    found: dict[str, Any] = json.loads(text)
    return found


def matches(pattern: Mapping[str, object], sample: Any) -> bool:
    """Whether EventBridge would take the event for a rule with this pattern."""
    return bool(EventPattern.load(json.dumps(pattern)).matches_event(sample))


def text(sent: EventMessage, label: Label, sample: Mapping[str, Any]) -> list[str]:
    """The lines that a receiver of the message gets, without their quotation marks."""
    transformer = {"InputPathsMap": sent.paths, "InputTemplate": sent.template(label)}
    found = message({"InputTransformer": transformer}, dict(sample), _Rule())
    assert found is not None
    return [line.removeprefix('"').removesuffix('"') for line in found.splitlines()]


class _Rule:
    arn = "arn:aws:events:us-east-1:444444444444:rule/test"
    name = "test"
