"""`python -m compliance`: all rules over the output of synthesis (`make check`); with checkov, `make compliance`."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.audit import audit
from compliance.checkov.run import PYTHON, CheckovError
from compliance.exceptions import FILE, load_exceptions
from compliance.full import Reports, run
from compliance.report_file import ReportError
from compliance.rules import RULES
from config.errors import ConfigError
from console import program
from console.table import table
from synthesis.folders import REPORTS
from synthesis.manifest import OutputError, of_environment, read_stacks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

EXIT_OK, EXIT_FINDINGS, EXIT_BAD_INPUT = 0, 1, 2


def main(argv: Sequence[str], *, today: date | None = None) -> int:
    """Print the findings, and the counts.

    Returns:
        0; 1 if there is a finding; 2 if the output, a package or checkov is missing, a report cannot be written, or
        the list of exceptions is not valid.
    """
    parser = argparse.ArgumentParser(prog="python -m compliance", description="Rules over the synthesized JSON.")
    parser.add_argument("environment", nargs="?", help="the environment to check (default: all)")
    parser.add_argument(
        "--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis (default: %(default)s)"
    )
    parser.add_argument(
        "--exceptions", type=Path, default=FILE, help="the list of exceptions (default: compliance/exceptions.toml)"
    )
    parser.add_argument("--rules", action="store_true", help="list the rules and exit")
    parser.add_argument("--checkov", action="store_true", help="run checkov, too, and write both reports")
    parser.add_argument(
        "--python", type=Path, default=PYTHON, help="the Python that has checkov (default: .venv/checkov)"
    )
    parser.add_argument("--sarif", type=Path, help="the report for code scanning (default: reports/ in the output)")
    parser.add_argument("--junit", type=Path, help="the report of tests (default: reports/ in the output)")
    arguments = parser.parse_args(argv)
    if arguments.rules:
        print(table((rule.id, rule.description) for rule in RULES))
        return EXIT_OK

    day = today or datetime.now(tz=UTC).date()
    try:
        found = read_stacks(arguments.output)
        stacks = list((of_environment(found, arguments.environment) if arguments.environment else found).values())
        if arguments.checkov:
            folder = arguments.output / REPORTS
            reports = Reports(
                sarif=arguments.sarif or folder / "compliance.sarif", junit=arguments.junit or folder / "compliance.xml"
            )
            is_clean = run(
                stacks,
                exceptions=arguments.exceptions,
                reports=reports,
                is_complete=not arguments.environment,
                python=arguments.python,
                today=day,
            )
            return EXIT_OK if is_clean else EXIT_FINDINGS
        exceptions = load_exceptions(arguments.exceptions, rules=frozenset(rule.id for rule in RULES))
        result = audit(stacks, rules=RULES, exceptions=exceptions, today=day)
    except (OutputError, ConfigError, CheckovError, ReportError) as error:
        print(error, file=sys.stderr)
        return EXIT_BAD_INPUT

    if result.findings:
        print(table((finding.rule, finding.place, finding.message) for finding in result.findings))
    print(
        f"{result.rules} rules, {result.resources} resources, {len(result.findings)} findings, "
        f"{result.exceptions} exceptions in force"
    )
    return EXIT_FINDINGS if result.findings else EXIT_OK


if __name__ == "__main__":
    program.run(lambda: main(sys.argv[1:]))
