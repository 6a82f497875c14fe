"""What the alarms of an environment cost, computed from its JSON, is in docs/notifications.md: `make snapshot`."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from main import ROOT
from pricing.charge import Site
from pricing.estimate import estimate
from pricing.resource import Inventory, stack_resources
from pricing.usage import Usage
from synthesis.manifest import read_stacks
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from pathlib import Path

PAGE: Final = ROOT / "docs" / "notifications.md"
START: Final = "<!-- alarm costs: make snapshot -->\n"
END: Final = "<!-- end of alarm costs -->\n"
ALARMS: Final = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")


def table(output: Path) -> str:
    """A row per layer with alarms, a column per environment."""
    costs: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(ENVIRONMENTS, 0.0))
    for stack in read_stacks(output).values():
        alarms = tuple(each for each in stack_resources(stack) if each.kind in ALARMS)
        found = estimate(Site(inventory=Inventory(alarms), usage=Usage()))
        assert found.unpriced == ()
        if alarms:
            costs[stack.layer][stack.environment] += found.usd
            costs["all"][stack.environment] += found.usd
    total = costs.pop("all")
    rows = [*sorted(costs.items()), ("all", total)]
    lines = [
        f"| {' | '.join(['layer', *ENVIRONMENTS])} |",
        f"| --- |{' ---: |' * len(ENVIRONMENTS)}",
        *(f"| {' | '.join([layer, *(f'{row[name]:.2f}' for name in ENVIRONMENTS)])} |" for layer, row in rows),
    ]
    return "".join(f"{line}\n" for line in lines)


def test_the_page_says_what_the_alarms_cost(output: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    assert start
    assert end, f"{PAGE.name} has no table between {START.strip()} and {END.strip()}"
    wanted = f"{before}{START}\n{table(output)}\n{END}{after}"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PAGE.write_text(wanted, encoding="utf-8")
    else:
        assert text == wanted, "the costs of the alarms differ; run 'make snapshot' and read the diff"
