"""What the alarms of an environment cost, computed from its JSON, is in docs/notifications.md: `make snapshot`."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from main import ROOT
from synthesis.manifest import read_stacks
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PAGE: Final = ROOT / "docs" / "notifications.md"
START: Final = "<!-- alarm costs: make snapshot -->\n"
END: Final = "<!-- end of alarm costs -->\n"
# https://aws.amazon.com/cloudwatch/pricing/ (US East; a period below a minute costs more, and no alarm has one)
CENTS_PER_METRIC: Final = 10
CENTS_PER_COMPOSITE: Final = 50


def cents_of(kind: str, arguments: Mapping[str, Any]) -> int:
    """Costs of one alarm a month."""
    if kind == "aws_cloudwatch_composite_alarm":
        return CENTS_PER_COMPOSITE
    if kind != "aws_cloudwatch_metric_alarm":
        return 0
    read = [query["metric"] for query in arguments.get("metric_query") or () if "metric" in query] or [arguments]
    assert min(metric["period"] for metric in read) >= 60
    return CENTS_PER_METRIC * len(read)


def table(output: Path) -> str:
    """A row per layer with alarms, a column per environment."""
    costs: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(ENVIRONMENTS, 0))
    for stack in read_stacks(output).values():
        for resource in stack.all():
            if cents := cents_of(resource.kind, resource.arguments):
                costs[stack.layer][stack.environment] += cents
                costs["all"][stack.environment] += cents
    total = costs.pop("all")
    rows = [*sorted(costs.items()), ("all", total)]
    lines = [
        f"| {' | '.join(['layer', *ENVIRONMENTS])} |",
        f"| --- |{' ---: |' * len(ENVIRONMENTS)}",
        *(f"| {' | '.join([layer, *(f'{row[name] / 100:.2f}' for name in ENVIRONMENTS)])} |" for layer, row in rows),
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


def test_each_metric_of_an_expression_costs_and_the_expression_does_not() -> None:
    queries = [{"expression": "a + b"}, {"metric": {"period": 60}}, {"metric": {"period": 300}}]
    assert cents_of("aws_cloudwatch_metric_alarm", {"metric_query": queries}) == 20
    assert cents_of("aws_cloudwatch_metric_alarm", {"period": 60}) == 10
    assert cents_of("aws_cloudwatch_composite_alarm", {}) == 50
    assert cents_of("aws_kms_key", {}) == 0
