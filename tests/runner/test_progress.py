from __future__ import annotations

import io
import os
import re
import time
from typing import TYPE_CHECKING

from console.durations import Durations
from console.forecast import Forecast
from runner.events import Events
from runner.progress import ProgressDisplay

if TYPE_CHECKING:
    from pathlib import Path

APPLY_START = '{"type":"apply_start","hook":{"resource":{"addr":"aws_nat_gateway.a"},"action":"create"}}'


def test_a_heartbeat_names_what_it_waits_for() -> None:
    err = io.StringIO()
    with ProgressDisplay(io.StringIO(), err, live=False, width=12, heartbeat=0.05) as progress:
        progress.start("dev-network", "applying", total=48).feed(APPLY_START)
        time.sleep(0.15)
    assert re.search(
        r"^dev-network   applying  0/48 resources  \d s  waiting for aws_nat_gateway\.a \(\d s\)$",
        err.getvalue(),
        re.MULTILINE,
    )


def test_live_lines_are_removed_at_the_end() -> None:
    err = io.StringIO()
    with ProgressDisplay(io.StringIO(), err, live=True) as progress:
        progress.start("dev-network", "planning")
        progress.warn("something")
    assert err.getvalue().endswith("\x1b[A\x1b[2K\r")


def test_resources_read_by_data_sources_are_not_counted() -> None:
    events = Events()
    for kind, action in (("apply_complete", "read"), ("apply_complete", "create")):
        events.feed(f'{{"type":"{kind}","hook":{{"resource":{{"addr":"x"}},"action":"{action}"}}}}')
    assert events.done == 1
    assert events.longest() is None


def forecast(tmp_path: Path) -> Forecast:
    return Forecast("plan", {"dev-network": (), "dev-data": ("dev-network",)}, Durations(tmp_path), unit="stacks")


def test_a_terminal_shows_the_whole_below_the_stacks(tmp_path: Path) -> None:
    err = io.StringIO()
    with ProgressDisplay(io.StringIO(), err, live=True) as progress, progress.following(forecast(tmp_path)):
        progress.start("dev-network", "planning")
        assert progress.with_position("dev-network  no changes") == "dev-network  no changes"
    assert "\rdev-network  planning  0 s\n0 of 2 stacks, 0 s so far\n" in err.getvalue()
    assert err.getvalue().endswith("\x1b[A\x1b[2K\r" * 2 + "dev-network  planning  0 s\n\x1b[A\x1b[2K\r")


def test_a_log_has_the_whole_in_the_lines_that_are_there_anyway(tmp_path: Path) -> None:
    err = io.StringIO()
    with (
        ProgressDisplay(io.StringIO(), err, live=False, heartbeat=100) as progress,
        progress.following(forecast(tmp_path)),
    ):
        time.sleep(1.2)
        assert progress.with_position("dev-network  no changes") == "dev-network  no changes  (0 of 2 stacks)"
    assert err.getvalue() == "plan: 2 stacks, the first run: how long it takes is not known yet\n"


def test_a_part_of_a_whole_is_not_one_of_its_own(tmp_path: Path) -> None:
    err = io.StringIO()
    outer = Forecast("emulate", {"dev: plan": ()}, Durations(tmp_path))
    with ProgressDisplay(io.StringIO(), err, live=False) as progress:
        with progress.following(outer):
            with progress.following(forecast(tmp_path)):
                assert progress.with_position("a") == "a  (0 of 1 step)"
            assert progress.with_position("a") == "a  (0 of 1 step)"
        assert progress.with_position("a") == "a"
    assert "plan: " not in err.getvalue()


def test_the_time_of_an_answer_is_not_one_of_the_stack(tmp_path: Path) -> None:
    ticks = iter(range(0, 10_000, 100))
    one = Forecast("apply", {"dev-network": ()}, Durations(tmp_path), now=lambda: next(ticks))
    reading, writing = os.pipe()
    os.write(writing, b"yes\n")
    with (
        os.fdopen(reading) as answers,
        ProgressDisplay(io.StringIO(), io.StringIO(), live=False) as progress,
        progress.following(one),
    ):
        one.start("dev-network")
        assert progress.confirm("Apply?", answers, lambda: False, step="dev-network")
        one.end("dev-network")
    os.close(writing)
    assert Durations(tmp_path).of("apply")["dev-network"] % 100 == 0
    assert Durations(tmp_path).of("apply")["dev-network"] == 200
