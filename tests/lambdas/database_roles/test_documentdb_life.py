"""The life of DocumentDB's credentials: the whole function, the double, and the emulator behind it."""

from __future__ import annotations

import json
import logging
import threading
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import OperationFailure

from lambdas.database_roles.database import OldTasksError
from tests.emulator.databases.documentdb import MAY_LEAVE_A_CONNECTION, connected
from tests.lambdas.database_roles.documentdb_platform import (
    BACKEND,
    OWNER,
    REPORTS,
    WORKER,
    Platform,
    open_platform,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.emulator.databases.documentdb import Client

pytestmark = MAY_LEAVE_A_CONNECTION


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Platform]:
    with open_platform(monkeypatch, tmp_path) as opened:
        opened.change(OWNER, BACKEND, REPORTS)
        yield opened


class Repeated:
    """An action that a thread repeats until it fails or is ended."""

    def __init__(self, action: Callable[[], object]) -> None:
        self._action = action
        self._ended = threading.Event()
        self._error: Exception | None = None
        self._count = 0
        self._thread = threading.Thread(target=self._work)

    def await_more(self) -> None:
        """Wait until it was done twice from now on, so once as a whole."""
        wanted = self._count + 2
        while self._count < wanted and self._thread.is_alive():
            time.sleep(0.001)

    def _work(self) -> None:
        while not self._ended.is_set():
            try:
                self._action()
            except Exception as error:  # noqa: BLE001 (raised again in the test's own thread)
                self._error = error
                return
            self._count += 1

    @contextmanager
    def running(self) -> Iterator[Repeated]:
        """Repeat it until the end of the block.

        Raises:
            Exception: What the action raised.
        """
        self._thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            self._thread.join()
        if self._error:
            raise self._error


def count_visit(client: Client) -> None:
    client.backend.visits.update_one({"_id": 1}, {"$inc": {"n": 1}}, upsert=True)


def connect_and_count(platform: Platform) -> None:
    with platform.client("backend") as client:
        count_visit(client)


def test_three_rotations_fail_no_operation_of_old_and_new_clients(platform: Platform) -> None:
    platform.call("apply")
    logins = [platform.login("backend")]
    with Repeated(partial(connect_and_count, platform)).running() as new:
        for _ in range(3):
            platform.replace_tasks()
            before = platform.url("backend")
            with platform.connect(before) as client, Repeated(partial(count_visit, client)).running() as old:
                old.await_more()
                assert platform.call("rotate")["rotated"] == ["owner", "backend", "reports"]
                old.await_more()
                new.await_more()
            with platform.connect(before) as late:  # a pool that grows after the rotation
                count_visit(late)
            logins.append(platform.login("backend"))
    assert logins == ["backend_a", "backend_b", "backend_a", "backend_b"]


def test_client_that_fails_fails_the_test_above(platform: Platform) -> None:
    platform.call("apply")
    with (
        platform.client("reports") as client,
        pytest.raises(OperationFailure),
        Repeated(partial(count_visit, client)).running() as repeated,
    ):
        repeated.await_more()


def test_old_tasks_are_named_and_keep_their_login(platform: Platform) -> None:
    platform.call("apply")
    platform.replace_tasks()
    platform.call("rotate", role="backend")
    before = platform.url("backend")
    with pytest.raises(OldTasksError, match=r"user-management-test-backend: [0-9a-f-]{32}"):
        platform.call("rotate", role="backend")
    assert platform.url("backend") == before
    platform.call("rotate", role="backend", force=True)
    assert platform.login("backend") == "backend_a"
    platform.replace_tasks()
    platform.call("rotate", role="backend")
    assert platform.login("backend") == "backend_b"


def test_turn_rotates_what_is_due(platform: Platform) -> None:
    platform.call("apply")
    platform.replace_tasks()
    assert platform.call("turn")["outcome"] == "nothing is due"
    assert platform.login("backend") == "backend_a"
    platform.rotation_days = 0
    assert platform.call("turn")["rotated"] == ["owner", "backend", "reports"]
    assert platform.call("status")["roles"]["backend"]["login"] == "backend_b"


def test_role_is_added_and_removed(platform: Platform) -> None:
    platform.call("apply")
    before = platform.url("backend")
    platform.change(OWNER, BACKEND, REPORTS, WORKER)
    platform.call("apply")
    with platform.client("worker") as client:
        client.worker.jobs.insert_one({"_id": 1})
        with pytest.raises(OperationFailure, match="Authorization failure"):
            client.backend.visits.find_one()
    with platform.client("reports") as client:
        assert client.worker.jobs.find_one() == {"_id": 1}
        with pytest.raises(OperationFailure, match="Authorization failure"):
            client.worker.jobs.insert_one({})
    with platform.client("owner") as client:
        client.worker.jobs.create_index("name")
    removed = platform.url("worker")
    platform.change(OWNER, BACKEND, REPORTS)
    platform.call("apply")
    with platform.connect(removed) as client, pytest.raises(OperationFailure, match="Authentication failed"):
        client.worker.jobs.find_one()
    with connected(platform.server) as master:
        assert master.worker.jobs.find_one() == {"_id": 1}
    assert platform.url("backend") == before
    with platform.connect(before) as client:
        count_visit(client)


def test_no_answer_and_no_log_has_a_secret(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    seen: set[str] = set()
    answers: list[dict[str, Any]] = []
    with caplog.at_level(logging.DEBUG, logger="pymongo"):
        for action in ("prepare", "apply", "rotate", "turn", "status"):
            platform.replace_tasks()
            answers.append(platform.call(action))
            seen |= platform.secrets()
    assert len(seen) == 1 + 2 * 3 + 3  # the master's, those of all logins, and those of one rotation
    told = caplog.text + json.dumps(answers)
    assert "the url of role backend now names backend_b" in told
    assert not [secret for secret in seen if secret in told]
