"""The numbers on the page about objectives are those of the program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from config.burn_rates import FAST, MEDIUM, SLOW
from main import ROOT
from pricing.charge import Site
from pricing.estimate import estimate
from pricing.resource import Inventory, stack_resources
from pricing.usage import Usage
from synthesis.manifest import read_stacks
from tests.test_alarm_costs import ALARMS

if TYPE_CHECKING:
    from pathlib import Path

    from config.burn_rates import BurnRate

PAGE: Final = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
STRICT, LOOSE = 99.9, 95


def window(seconds: int) -> str:
    return f"{seconds // 3600} h" if seconds >= 3600 else f"{seconds // 60} min"


def row(burn: BurnRate, severity: str) -> str:
    cells = (
        f"{burn.rate:g}",
        f"{window(burn.long_seconds)} and {window(burn.short_seconds)}",
        f"{burn.budget_percent} %",
        f"{burn.bad_percent(STRICT):g} %",
        f"{burn.bad_percent(LOOSE):g} %",
        f"{burn.least_requests(STRICT)}, {burn.least_requests(LOOSE)}",
        severity,
    )
    return f"| {' | '.join(cells)} |"


def test_the_table_of_burn_rates_is_what_the_alarms_have() -> None:
    table = PAGE.partition("<!-- burn rates -->")[2].partition("<!-- end of burn rates -->")[0]
    rows = [line for line in table.splitlines() if re.match(r"\| \d", line)]
    assert rows == [row(FAST, "critical"), row(MEDIUM, "critical"), row(SLOW, "warning")]


def test_the_costs_are_those_of_the_alarms(output: Path) -> None:
    start = "user-management-prod-objective-"
    costs: dict[str, int] = {}
    for alarm in stack_resources(read_stacks(output)["prod-observability"]):
        if alarm.kind in ALARMS and alarm.text("alarm_name").startswith(start):
            name = re.sub(r"-((fast|medium|slow)-(long|short)|critical|warning)$", "", alarm.text("alarm_name"))
            found = estimate(Site(inventory=Inventory((alarm,)), usage=Usage()))
            assert found.unpriced == ()
            costs[name] = costs.get(name, 0) + round(100 * found.usd)
    assert {name.removeprefix(start): cents for name, cents in costs.items()} == {
        "availability": 280,
        "backend-latency": 340,
        "frontend-latency": 340,
    }
    for cells in ("| availability | 3 | 2.80 |", "| response time, `blue_green` | 4 | 3.40 |"):
        assert cells in PAGE
    assert f"that is {sum(costs.values()) / 100:.2f} USD" in PAGE
