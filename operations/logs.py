"""`make logs`: what the services have written, in the order of time, and what they write from now on.

Each line is as the application wrote it: nothing is hidden. What would move the cursor or change colours of the
terminal is written out, because users decide about parts of it.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from console.text import plain
from operations.choice import service_stack
from operations.services import choose_services
from operations.since import parse_since
from preflight.account import error_code
from preflight.platform import Platform
from runner.errors import INTERRUPTED, OK, RunnerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from operations.account import Account
    from operations.services import Service
    from synthesis.manifest import Stack

DEFAULT_SINCE: Final = "15m"
_STEP_SECONDS: Final = 2
_LATE_SECONDS: Final = 30
"""An event can arrive later than one that is younger: so much is read again, and what was shown is left out."""

_LONGEST: Final = 1_048_576
"""Characters of an event: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"""


@dataclass(frozen=True, kw_only=True, order=True)
class Event:
    """A line of a log."""

    milliseconds: int
    """Since 1970, as CloudWatch Logs counts."""
    id: str
    service: str = field(compare=False)
    message: str = field(compare=False)

    def lines(self, width: int) -> Iterator[str]:
        """What is printed: time in UTC, service, message; further lines of it are under the first."""
        moment = datetime.fromtimestamp(self.milliseconds / 1000, UTC)
        start = f"{moment:%Y-%m-%d %H:%M:%S}.{self.milliseconds % 1000:03}Z  {self.service.ljust(width)}  "
        for part in self.message.rstrip("\r\n").split("\n"):
            yield start + plain(part.rstrip("\r").replace("\t", "    "), longest=_LONGEST)
            start = " " * len(start)


def show_logs(
    stacks: Mapping[str, Stack],
    service: str | None,
    since: str | None,
    region: str | None,
    *,
    follow: bool,
    account_of: Callable[[str], Account],
    say: Callable[[str], None] = print,
    pause: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Print what services have written since a moment, and with `follow` what they write until Ctrl-C.

    Raises:
        RunnerError: There is no such service, the moment is not valid, nothing is applied, or AWS refused.
    """
    stack = service_stack(stacks, region)
    chosen = choose_services(stack, service)
    start = parse_since(since or DEFAULT_SINCE, now=now())
    account = account_of(stack.region)
    account.require(Platform(stacks).account_id, stack.environment)
    shown = _Shown()
    width = max(len(one.name) for one in chosen)
    try:
        while True:
            with account.using("the logs"):
                for event in _events(account, stack, chosen, start=shown.start(start)):
                    if shown.is_new(event):
                        for line in event.lines(width):
                            say(line)
            if not follow:
                break
            pause(_STEP_SECONDS)
    except KeyboardInterrupt:
        return OK if follow else INTERRUPTED
    if not shown.count:
        say(
            f"{', '.join(one.name for one in chosen)} of {stack.environment} wrote nothing since "
            f"{start.astimezone(UTC):%Y-%m-%d %H:%M} UTC. "
            f"Further back: make logs ENV={stack.environment} SINCE=1d"
        )
    return OK


class _Shown:
    """What was printed, as far as it can be read again."""

    def __init__(self) -> None:
        self.count = 0
        self._ids: dict[str, int] = {}
        self._last = 0

    def start(self, first: datetime) -> datetime:
        """From when to read."""
        if not self._last:
            return first
        again = datetime.fromtimestamp(self._last / 1000, UTC) - timedelta(seconds=_LATE_SECONDS)
        return max(first, again)

    def is_new(self, event: Event) -> bool:
        """Whether it was not printed yet; it counts as printed from now on."""
        if event.id in self._ids:
            return False
        self.count += 1
        self._last = max(self._last, event.milliseconds)
        self._ids[event.id] = event.milliseconds
        horizon = self._last - 2 * _LATE_SECONDS * 1000
        if self.count % 1000 == 0:
            self._ids = {id_: moment for id_, moment in self._ids.items() if moment >= horizon}
        return True


def _events(account: Account, stack: Stack, chosen: Sequence[Service], *, start: datetime) -> Iterator[Event]:
    """The events of all services in the order of time; a page of each is read when it is needed."""
    return heapq.merge(*(_of_service(account, stack, one, start) for one in chosen))


def _of_service(account: Account, stack: Stack, service: Service, start: datetime) -> Iterator[Event]:
    pages = account.client("logs").get_paginator("filter_log_events")
    arguments: dict[str, Any] = {"logGroupName": service.log_group, "startTime": int(start.timestamp() * 1000)}
    try:
        for page in pages.paginate(**arguments):
            for one in sorted(page["events"], key=lambda each: (each["timestamp"], each["eventId"])):
                yield Event(
                    milliseconds=one["timestamp"], id=one["eventId"], service=service.name, message=one["message"]
                )
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        message = f"The log of {service.name} is not there: {stack.environment} is not applied yet."
        raise RunnerError(message, f"Apply it first: make apply ENV={stack.environment} LAYER={stack.name}") from None
