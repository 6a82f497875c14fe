"""`python -m pricing [ENV]`: what a month costs; with `--plan`, what plans change in that. `make cost` runs it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.errors import ConfigError
from console import program
from console.plan_file import PlanError, read_plan
from console.text import FORMATS
from pricing.design import compare
from pricing.difference import combined, cost_difference
from pricing.estimate import EstimateError, View, estimate, require_regions, site_of_stacks
from pricing.prices import load_prices
from pricing.report import Report, render, render_all, render_difference
from pricing.savings import savings
from pricing.usage import FILE, UsageFile, load_usage
from synthesis.manifest import OutputError, of_environment, read_stacks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pricing.charge import Site
    from pricing.estimate import Estimate

EXIT_OK: Final = 0
EXIT_ABOVE: Final = 1
"""The plans cost more than the limit allows, or a price is missing."""
EXIT_BAD_INPUT: Final = 2


def main(argv: Sequence[str]) -> int:
    """Print the estimate or the difference.

    Returns:
        0; 1 if plans cost more than their limit, or a price is missing; 2 if an input cannot be read.
    """
    parser = argparse.ArgumentParser(prog="python -m pricing", description="The costs of a month at list prices.")
    parser.add_argument("environment", nargs="?", help="one environment, with its layers; without it, all of them")
    parser.add_argument(
        "--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis (default: %(default)s)"
    )
    parser.add_argument("--usage", type=Path, default=FILE, help="what is assumed (default: pricing/usage.toml)")
    parser.add_argument(
        "--plan", type=Path, action="append", default=[], help="the JSON of a plan, for the difference; may be repeated"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="(default: %(default)s)")
    options = parser.parse_args(argv)
    try:
        usage = load_usage(options.usage)
        return _plans(options, usage) if options.plan else _estimates(options, usage)
    except (ConfigError, EstimateError, OutputError, PlanError) as error:
        print(error, file=sys.stderr)
    return EXIT_BAD_INPUT


def _estimates(options: argparse.Namespace, usage: UsageFile) -> int:
    stacks = read_stacks(options.output)
    names = (
        [options.environment]
        if options.environment
        else list(dict.fromkeys(one.environment for one in stacks.values()))
    )
    found: dict[str, tuple[Site, Estimate]] = {}
    for name in names:
        site = site_of_stacks(list(of_environment(stacks, name).values()), usage.of(name))
        require_regions(site.inventory, load_prices())
        found[name] = (site, estimate(site))
    if options.environment:
        ((site, result),) = found.values()
        view = View(site=site, estimate=result)
        regions = tuple(dict.fromkeys(each.region for each in site.inventory.resources))
        report = Report(
            environment=options.environment,
            regions=regions,
            estimate=result,
            design=compare(view),
            savings=savings(view),
        )
        print(render(report, options.format))
    else:
        print(render_all({name: result for name, (_, result) in found.items()}, options.format))
    return _report_missing([result for _, result in found.values()])


def _report_missing(estimates: Sequence[Estimate]) -> int:
    missing = dict.fromkeys(one.reason for found in estimates for one in found.unpriced if one.is_missing_price)
    for reason in missing:
        print(f"{reason}. Add it, with its source and date: docs/cost.md#prices", file=sys.stderr)
    return EXIT_ABOVE if missing else EXIT_OK


def _plans(options: argparse.Namespace, usage: UsageFile) -> int:
    name = options.environment or ""
    region, awake_share = "", 1.0
    if name:
        stacks = of_environment(read_stacks(options.output), name).values()
        region = next(iter(stacks)).region
        awake_share = min(one.awake_share for one in stacks)
    difference = combined(
        cost_difference(read_plan(file), usage=usage.of(name), region=region, awake_share=awake_share)
        for file in options.plan
    )
    exceeded = difference.exceeded(usage.limit_of(name))
    print(render_difference(difference, options.format, exceeded=exceeded))
    if exceeded:
        print(f"{exceeded}: pricing/usage.toml [environments.{name or '<name>'}.limit]", file=sys.stderr)
    return EXIT_ABOVE if exceeded else EXIT_OK


if __name__ == "__main__":
    program.run(lambda: main(sys.argv[1:]))
