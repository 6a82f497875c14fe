"""The alarms of an environment that are on, each with the section of the runbook that its description names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from operations.account import Account
    from synthesis.manifest import Stack

_KINDS: Final = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
_RUNBOOK: Final = re.compile(r"docs/[\w./-]+\.md#[\w-]+")


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An alarm that is on."""

    name: str
    since: datetime
    runbook: str
    """Page and section; empty if its description names none."""


def names_by_region(stacks: Iterable[Stack]) -> dict[str, set[str]]:
    """The names of all alarms, by their region."""
    found: dict[str, set[str]] = {}
    for stack in stacks:
        for resource in stack.all(*_KINDS):
            found.setdefault(stack.region_of(resource), set()).add(str(resource.get("alarm_name")))
    return found


def read_alarms(account: Account, names: set[str]) -> list[Alarm]:
    """Those that are on, of the region of the account; the oldest first."""
    every = list(_read(account, ("MetricAlarms", "CompositeAlarms")))
    found = [
        Alarm(
            name=one["AlarmName"],
            since=one["StateUpdatedTimestamp"],
            runbook=found[0] if (found := _RUNBOOK.search(one.get("AlarmDescription", ""))) else "",
        )
        for one in every
        if one["AlarmName"] in names
    ]
    return sorted(found, key=lambda alarm: (alarm.since, alarm.name))


def _read(account: Account, members: tuple[str, str]) -> Iterator[Any]:
    pages = account.client("cloudwatch").get_paginator("describe_alarms")
    for page in pages.paginate(StateValue="ALARM", AlarmTypes=["MetricAlarm", "CompositeAlarm"]):
        for member in members:
            yield from page.get(member) or ()
