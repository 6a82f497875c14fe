"""The tables of docs/cost.md are the estimate of the tests' environments: `make snapshot`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from config.cost import DESIGN_MONTHLY_USD
from console.text import table
from main import ROOT
from pricing.design import compare
from pricing.estimate import View, estimate, site_of_stacks
from pricing.prices import format_usd, monthly_usd
from pricing.report import amount, component_rows
from pricing.savings import savings
from pricing.usage import Usage, load_usage
from synthesis.manifest import of_environment, read_stacks
from tests.fixtures import ENVIRONMENTS

FILE: Final = ROOT / "docs" / "cost.md"
USAGE: Final = Path(__file__).with_name("usage.toml")
START: Final = "<!-- estimate: make snapshot -->\n"
END: Final = "<!-- end of the estimate -->\n"

if TYPE_CHECKING:
    from collections.abc import Mapping


def page() -> str:
    return FILE.read_text(encoding="utf-8")


def usd(name: str, quantity: float = 1) -> float:
    return monthly_usd(name, region="us-east-1", quantity=quantity)


@pytest.fixture(scope="module")
def views(output: Path) -> dict[str, View]:
    """The estimate of each environment, with what tests/pricing/usage.toml assumes."""
    stacks, usage = read_stacks(output), load_usage(USAGE)
    found = {}
    for name in ENVIRONMENTS:
        site = site_of_stacks(list(of_environment(stacks, name).values()), usage.of(name))
        found[name] = View(site=site, estimate=estimate(site))
    return found


def tables(views: Mapping[str, View]) -> str:
    """What is between the marks of the page."""
    components = component_rows({name: view.estimate for name, view in views.items()})
    design = [(row.part, amount(row.design_usd), amount(row.usd), row.reason) for row in compare(views["prod"])]
    ways = [(one.name, amount(one.usd), one.state, one.note) for one in savings(views["prod"])]
    usd_column = "USD a month"
    way_columns = ("way", usd_column, "state", "what it means")
    parts = {
        "By component": table((usd_column, *ENVIRONMENTS), components, numbers=ENVIRONMENTS),
        "Production beside the design": table(("part", "design", "prod", "why"), design, numbers=("design", "prod")),
        "Ways to save in production": table(way_columns, ways, numbers=(usd_column,)),
    }
    return "\n\n".join("\n".join([f"### {title}", "", *lines]) for title, lines in parts.items())


def test_the_page_has_the_estimate(views: dict[str, View]) -> None:
    text = page()
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    assert start
    assert end
    wanted = f"{before}{START}\n{tables(views)}\n\n{END}{after}"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FILE.write_text(wanted, encoding="utf-8")
    else:
        assert text == wanted, "the estimate differs; run 'make snapshot' and read the diff"


def test_production_costs_more_than_the_design_says_even_without_use(views: dict[str, View]) -> None:
    """As the page says."""
    assert views["prod"].estimate.fixed_usd > DESIGN_MONTHLY_USD


def test_the_other_amounts_are_those_of_the_price_list() -> None:
    for text, found in (
        ("eight `interface_endpoints` in two zones cost {}", usd("interface_endpoint", 8 * 2)),
        ("alarms at {} a month for each metric", usd("alarm")),
        ("keys at {} a month each", usd("kms_key")),
    ):
        assert text.format(format_usd(found)) in " ".join(page().split())


def test_the_estimate_of_the_design_is_its_parts_and_the_cache_that_it_removed() -> None:
    estimate_text = page().partition("### The estimate of the design")[2].partition("##")[0]
    total, *amounts = map(int, re.findall(r"(?<![0-9])[0-9]{2,3}(?![0-9])", estimate_text))
    *amounts, together, cache = amounts
    assert (total, sum(amounts), together + cache) == (DESIGN_MONTHLY_USD, together, DESIGN_MONTHLY_USD)


def test_the_page_names_only_assumptions_that_exist() -> None:
    section = page().partition("## What is assumed")[2].partition("\n## ")[0]
    example = section.partition("```toml")[2].partition("```")[0]
    named = set(re.findall(r"^([a-z_]+) =", example, flags=re.MULTILINE))
    assert named
    assert named <= {*Usage.model_fields, "increase_usd", "increase_percent"}
