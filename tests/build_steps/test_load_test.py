"""A load test against a server of this machine."""

from __future__ import annotations

import math
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build_steps import load_test
from build_steps.load_test import Answer, Targets, judge, percentile
from templates import buildspecs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emulator.builds.machine import Outcome
    from tests.build_steps.account import Account

GROUP: Final = "arn:aws:codebuild:us-east-1:333333333333:report-group/tests"


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status = self.path.removeprefix("/app/status/")
        code = int(status) if status.isdecimal() else 200
        self.send_response(code)
        if code != HTTPStatus.NOT_MODIFIED:  # which has no body
            self.send_header("Content-Length", "2")
        self.end_headers()
        if code != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/app"
    server.shutdown()
    thread.join()
    server.server_close()


def load(account: Account, site: str, folder: Path, **more: str) -> Outcome:
    variables = {
        "BASE_URL": site,
        "LOAD_PER_SECOND": "50",
        "LOAD_SECONDS": "1",
        "LOAD_WARM_UP_SECONDS": "0.2",
        "MAX_P95_MS": "5000",
        **more,
    }
    folder.mkdir(exist_ok=True)
    return account.run(buildspecs.load_test(report_group=GROUP), folder, variables)


def test_answers_within_the_targets_pass(account: Account, site: str, tmp_path: Path) -> None:
    done = load(account, site, tmp_path / "x", LOAD_PATHS="/ /health")
    assert done.succeeded, done.output
    suite = ET.fromstring(done.reports[GROUP]["load-test.xml"])  # noqa: S314 (written by the step)
    assert suite.attrib == {"name": "load-test", "tests": "2", "failures": "0"}
    assert "errors at most 0.1 %: 0 of 50 requests" in done.output


def test_errors_above_the_target_fail_and_are_in_the_report(account: Account, site: str, tmp_path: Path) -> None:
    done = load(account, site, tmp_path / "x", LOAD_PATHS="/ /status/503", MAX_ERROR_PERCENT="1")
    assert not done.succeeded
    (error,) = done.errors
    assert error.startswith("error: the targets are not met; errors at most 1 %: 50.00 %, mostly status 503")
    suite = ET.fromstring(done.reports[GROUP]["load-test.xml"])  # noqa: S314 (written by the step)
    assert suite.attrib["failures"] == "1"


def test_slow_answers_fail(account: Account, site: str, tmp_path: Path) -> None:
    done = load(account, site, tmp_path / "x", MAX_P95_MS="0.001")
    (error,) = done.errors
    assert error.startswith("error: the targets are not met; 95 % of the answers within 0.001 ms: ")


def test_an_address_that_is_not_valid_is_reported(account: Account, site: str, tmp_path: Path) -> None:
    done = load(account, site, tmp_path / "x", BASE_URL="users.example.com")
    assert done.errors == ["error: BASE_URL is 'users.example.com'; it must be like https://users.example.com"]


@pytest.mark.parametrize(("status", "is_error"), [(200, 0), (304, 0), (301, 0), (401, 1), (403, 1), (404, 1), (429, 1)])
def test_only_the_statuses_of_success_and_redirection_are_good(site: str, status: int, is_error: int) -> None:
    path = f"/status/{status}"
    asked = load_test.Load(base_url=site, paths=(path,), per_second=100, seconds=0.02, warm_up_seconds=0)
    assert [answer.error for answer in asked.run()] == [f"status {status}" if is_error else ""] * 2


@given(st.lists(st.floats(min_value=0, max_value=100), min_size=1), st.integers(min_value=1, max_value=100))
def test_a_percentile_is_a_value_that_enough_do_not_exceed(values: list[float], percent: int) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= math.floor(len(values) * percent / 100)
    assert sum(value < found for value in values) < math.ceil(len(values) * percent / 100) or found == min(values)


def test_targets_are_judged_by_the_95th_percentile_and_the_share_of_errors() -> None:
    targets = Targets(p95_ms=200, error_percent=1)
    fast = [Answer(0.1)] * 95
    assert not [case for case in judge([*fast, *[Answer(9)] * 5], targets) if case.failure]
    slow, _ = judge([*fast, *[Answer(9)] * 6], targets)
    assert slow.failure == "9000 ms"
    _, wrong = judge([*fast, Answer(0.1, "status 502"), Answer(0.1, "status 502"), Answer(9, "TimeoutError")], targets)
    assert wrong.failure == "3.06 %, mostly status 502"


def test_without_an_answer_there_is_no_time() -> None:
    slow, wrong = judge([Answer(10, "TimeoutError")], Targets(p95_ms=200, error_percent=1))
    assert slow.failure
    assert wrong.failure == "100.00 %, mostly TimeoutError"


def test_a_request_that_fails_is_an_error_and_not_the_end() -> None:
    load = load_test.Load(base_url="http://127.0.0.1:9", paths=("/",), per_second=50, seconds=0.1, warm_up_seconds=0)
    assert {answer.error for answer in load.run()} == {"ConnectionRefusedError"}
