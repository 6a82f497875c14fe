"""The server of the emulator: what its threads meet while it stops."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from waitress.channel import HTTPChannel

from emulator.server import _Channel

if TYPE_CHECKING:
    from collections.abc import Callable

_CLOSED = OSError(9, "Bad file descriptor")


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], _Channel]:
    """A channel whose thread has answered, and finds the pipe to the loop closed; of a server that stops, or runs."""

    def service(_: HTTPChannel) -> None:
        raise _CLOSED

    def make(stops: bool) -> _Channel:  # noqa: FBT001
        made = _Channel.__new__(_Channel)
        made.server = SimpleNamespace(stops=stops)
        return made

    monkeypatch.setattr(HTTPChannel, "service", service)
    return make


def test_an_answer_that_is_ready_while_the_server_stops_is_no_error(channel: Callable[[bool], _Channel]) -> None:
    channel(True).service()


def test_while_the_server_runs_it_is_one(channel: Callable[[bool], _Channel]) -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        channel(False).service()
