from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import EndpointConnectionError

from preflight.account import WriteRefusedError
from preflight.check import Check, run_all, run_one
from preflight.line import Line, Status, ok

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.preflight.conftest import Place


def failing(error: Exception) -> Iterator[Line]:
    yield ok("a", "before")
    raise error


def test_a_failure_keeps_what_was_found_before_it(place: Place) -> None:
    error = EndpointConnectionError(endpoint_url="https://x")

    lines = run_one(Check("a", lambda: failing(error)), place.account)

    assert [line.status for line in lines] == [Status.OK, Status.UNREADABLE]


def test_a_failure_does_not_stop_the_other_checks(place: Place) -> None:
    checks = [Check("a", lambda: failing(KeyError("Quota"))), Check("b", lambda: [ok("b", "fine")])]

    lines = run_all(checks, place.account)

    assert [(line.subject, line.status) for line in lines] == [
        ("a", Status.OK),
        ("a", Status.UNREADABLE),
        ("b", Status.OK),
    ]
    assert "KeyError('Quota')" in lines[1].found


def test_lines_are_in_the_order_of_the_checks(place: Place) -> None:
    checks = [Check(str(number), lambda number=number: [ok(str(number), "")]) for number in range(30)]  # type: ignore[misc]

    assert [line.subject for line in run_all(checks, place.account)] == [str(number) for number in range(30)]


def test_a_check_that_would_write_is_an_error(place: Place) -> None:
    with pytest.raises(WriteRefusedError):
        run_one(Check("a", lambda: place.account.client("sqs", "us-east-1").create_queue(QueueName="q")), place.account)
