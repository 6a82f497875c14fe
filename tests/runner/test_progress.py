from __future__ import annotations

import io
import re
import time

from runner.events import Events
from runner.progress import ProgressDisplay

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
