"""What services wrote, in the order of time, of all pages, and what they write while somebody looks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from operations.logs import show_logs
from runner.errors import INTERRUPTED, OK, RunnerError
from tests.operations.conftest import LOGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.operations.conftest import Small

NOW = datetime.now(UTC)


def write(small: Small, service: str, *events: tuple[float, str]) -> None:
    """Write lines of a service, each so many seconds ago."""
    logs, group = small.client("logs"), LOGS[service]
    stream = f"task-{len(events)}-{events[0][0]:g}"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    lines = [
        {"timestamp": int((NOW - timedelta(seconds=ago)).timestamp() * 1000), "message": text}
        for ago, text in sorted(events, reverse=True)
    ]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=lines)


def show(small: Small, service: str | None = None, since: str | None = None, **options: Any) -> int:
    options = {"follow": False, "pause": lambda _: None, **options}
    return show_logs(
        small.stacks(), service, since, None, account_of=small.account_of, say=small.say, now=lambda: NOW, **options
    )


def messages(small: Small) -> list[str]:
    return [re.sub(r"^\S+ \S+Z  ", "", line) for line in small.said]


def test_lines_of_all_services_are_in_the_order_of_time(applied: Small) -> None:
    write(applied, "api", (60, "second"), (20, "fourth"))
    write(applied, "web", (90, "first"), (30, "third"))
    assert show(applied) == OK
    assert messages(applied) == ["web  first", "api  second", "web  third", "api  fourth"]
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z  web  first$", applied.said[0])


def test_one_service_and_a_time_select(applied: Small) -> None:
    write(applied, "api", (7000, "old"), (60, "new"))
    write(applied, "web", (60, "other"))
    show(applied, "api")
    assert messages(applied) == ["api  new"]
    applied.said.clear()
    show(applied, "api", "2h")
    assert messages(applied) == ["api  old", "api  new"]


def test_every_page_is_shown(applied: Small) -> None:
    """CloudWatch Logs returns at most 10,000 events at a time; the emulator's limit is the same."""
    numbers = [f"line {number:05}" for number in range(10_050)]
    for start in range(0, len(numbers), 5_000):
        part = numbers[start : start + 5_000]
        write(applied, "api", *((800 - (start + index) / 100, text) for index, text in enumerate(part)))
    show(applied, "api")
    assert [line.removeprefix("api  ") for line in messages(applied)] == numbers


def test_nothing_is_hidden_and_nothing_moves_the_cursor(applied: Small) -> None:
    write(applied, "api", (30, "password=hunter2 \x1b[2J\u202e end"), (20, "Error\n  at one\n\tat two\n"))
    show(applied, "api")
    assert messages(applied)[0] == r"api  password=hunter2 \u001b[2J\u202e end"
    assert messages(applied)[1] == "api  Error"
    assert [line.strip() for line in applied.said[2:]] == ["at one", "at two"]
    assert len({len(line) - len(line.lstrip()) for line in applied.said[2:]}) == 2


def test_nothing_written_says_how_to_look_further_back(applied: Small) -> None:
    assert show(applied, "api") == OK
    (line,) = applied.said
    assert line.startswith("api of test wrote nothing since ")
    assert line.endswith("Further back: make logs ENV=test SINCE=1d")


def test_it_follows_without_showing_a_line_twice(applied: Small) -> None:
    write(applied, "api", (30, "before"))
    rounds = iter([[(29, "late"), (10, "new")], [], None])

    def pause(_: float) -> None:
        more = next(rounds)
        if more is None:
            raise KeyboardInterrupt
        if more:
            write(applied, "api", *more)

    assert show(applied, "api", follow=True, pause=pause) == OK
    assert messages(applied) == ["api  before", "api  late", "api  new"]


def test_ctrl_c_without_following_is_an_interrupt(applied: Small) -> None:
    write(applied, "api", (30, "one"))

    def say(_: str) -> None:
        raise KeyboardInterrupt

    assert (
        show_logs(applied.stacks(), None, None, None, follow=False, account_of=applied.account_of, say=say)
        == INTERRUPTED
    )


def test_an_unknown_service_or_time_is_one_clear_line(small: Small) -> None:
    with pytest.raises(
        RunnerError, match=r"SERVICE=apy is not a service of test; did you mean api\? Allowed: api, web"
    ):
        show(small, "apy")
    with pytest.raises(RunnerError, match=r"SINCE=yesterday is not a valid time\."):
        show(small, since="yesterday")
    with pytest.raises(RunnerError, match="REGION=eu-west-1: test has no services there"):
        show_logs(small.stacks(), None, None, "eu-west-1", follow=False, account_of=small.account_of)
    assert small.called == set()


def test_what_is_not_applied_yet_says_what_to_apply(small: Small) -> None:
    with pytest.raises(RunnerError, match="The log of api is not there: test is not applied yet") as error:
        show(small, "api")
    assert error.value.remedy == "Apply it first: make apply ENV=test LAYER=service"


def test_a_permission_that_is_missing_is_named(applied: Small, deny: Callable[..., None]) -> None:
    deny("logs:FilterLogEvents")
    with pytest.raises(RunnerError, match="Cannot use the logs: logs:FilterLogEvents is denied"):
        show(applied)
