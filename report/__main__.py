"""`python -m report [ENV]`: write the page of the platform. `make report` runs it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compliance.report_file import ReportError, require_writable, write_report
from config.errors import ConfigError
from console import program
from pricing.estimate import EstimateError
from report.page import render_page
from report.site import read_site
from synthesis.folders import REPORTS
from synthesis.manifest import OutputError, read_stacks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

EXIT_OK: Final = 0
EXIT_BAD_INPUT: Final = 2
_NAME: Final = "platform.html"


def main(argv: Sequence[str], *, today: date | None = None) -> int:
    """Write the page, and say where it is.

    Args:
        argv: The arguments.
        today: The day on which exceptions of the rules may have expired; today by default. No day is on the page.

    Returns:
        0; 2 if there is no synthesis or no such environment, a list of the project is not valid, or the file cannot be
        written.
    """
    parser = argparse.ArgumentParser(prog="python -m report", description="One HTML page of the whole platform.")
    parser.add_argument("environment", nargs="?", help="the one environment to show (default: all of them)")
    parser.add_argument(
        "--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis (default: %(default)s)"
    )
    parser.add_argument("--page", type=Path, help=f"the file to write (default: {REPORTS}/{_NAME} in the output)")
    options = parser.parse_args(argv)
    page = options.page or options.output / REPORTS / _NAME
    try:
        stacks = read_stacks(options.output)
        require_writable(page)
        site = read_site(stacks, today or datetime.now(tz=UTC).date(), options.environment)
        text = render_page(site)
        write_report(page, text)
    except (OutputError, ReportError) as error:
        print(" ".join(str(error).splitlines()), file=sys.stderr)
        return EXIT_BAD_INPUT
    except (ConfigError, EstimateError) as error:
        print(error, file=sys.stderr)
        return EXIT_BAD_INPUT
    names = ", ".join(one.name for one in site.environments)
    size = f"{len(text.encode()) / 1_000_000:.1f} MB"
    print(f"{page} is written: {names}, {size}. Open it in a browser; it needs no network.")
    return EXIT_OK


if __name__ == "__main__":
    program.run(lambda: main(sys.argv[1:]))
