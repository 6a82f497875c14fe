"""`python -m compliance`: all rules over the synthesized output; `make check` runs it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.audit import audit
from compliance.exceptions import FILE, load_exceptions
from compliance.rules import RULES
from config.errors import ConfigError
from console import program
from console.table import table
from synthesis.manifest import OutputError, read_stacks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

EXIT_OK, EXIT_FINDINGS, EXIT_BAD_INPUT = 0, 1, 2


def main(argv: Sequence[str], *, today: date | None = None) -> int:
    """Print the findings as a table, and a line with the counts.

    Returns:
        0; 1 if there is a finding; 2 if the output or a package is missing, or the list of exceptions is not valid.
    """
    parser = argparse.ArgumentParser(prog="python -m compliance", description="Rules over the synthesized JSON.")
    parser.add_argument(
        "--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis (default: %(default)s)"
    )
    parser.add_argument(
        "--exceptions", type=Path, default=FILE, help="the list of exceptions (default: compliance/exceptions.toml)"
    )
    parser.add_argument("--rules", action="store_true", help="list the rules and exit")
    arguments = parser.parse_args(argv)
    if arguments.rules:
        print(table((rule.id, rule.description) for rule in RULES))
        return EXIT_OK

    try:
        stacks = list(read_stacks(arguments.output).values())
        exceptions = load_exceptions(arguments.exceptions, rules=frozenset(rule.id for rule in RULES))
        result = audit(stacks, rules=RULES, exceptions=exceptions, today=today or datetime.now(tz=UTC).date())
    except (OutputError, ConfigError) as error:
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
