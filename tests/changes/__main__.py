"""`python -m tests.changes`: compute what each change of `cases.toml` does, and write docs/changes.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.load import load_environment
from main import ROOT
from tests.changes import emulated
from tests.changes.arguments import FILE as ARGUMENTS
from tests.changes.arguments import Arguments
from tests.changes.cases import load_cases
from tests.changes.outcome import outcome_of, platform_of
from tests.changes.page import render
from tests.changes.record import FILE as ROWS
from tests.changes.record import Row, load_rows, render_rows
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.changes.cases import Case

PAGE: Final = ROOT / "docs" / "changes.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute the outcomes; with --apply, each change is applied to the emulator and back, alone."""
    parser = argparse.ArgumentParser(prog="python -m tests.changes", description=main.__doc__)
    parser.add_argument("--apply", action="store_true", help="apply each change to the emulator, and back")
    parser.add_argument("--env", default="", help="only this environment of tests/environments/")
    parser.add_argument("--only", default="", metavar="TEXT", help="only cases whose line has this text")
    options = parser.parse_args(arguments)
    cases = load_cases()
    chosen = [
        case for case in cases if case.environment == (options.env or case.environment) and options.only in case.id
    ]
    if options.apply:
        learned, problems = emulated.apply_each(chosen, Arguments.load())
        ARGUMENTS.write_text(learned.render(), encoding="utf-8")
        if problems:
            print(*problems, sep="\n", file=sys.stderr)
            return 1
    write(cases, chosen)
    return 0


def write(cases: Sequence[Case], chosen: Sequence[Case]) -> None:
    """Compute the outcomes of the chosen cases, keep the others, and write the list and the page."""
    rows = {**(load_rows() if ROWS.is_file() else {}), **compute(chosen)}
    kept = [rows[case.id] for case in cases if case.id in rows]
    ROWS.write_text(render_rows(kept), encoding="utf-8")
    PAGE.write_text(render([case for case in cases if case.id in rows], rows), encoding="utf-8")


def compute(cases: Iterable[Case]) -> dict[str, Row]:
    """The outcome of each case, by its id."""
    known, bases, rows = Arguments.load(), {}, {}
    with tempfile.TemporaryDirectory(prefix="changes-") as folder:
        for number, case in enumerate(cases):
            name = case.environment
            if name not in bases:
                bases[name] = platform_of(load_environment(name, folder=FOLDER), Path(folder, name))
            rows[case.id] = Row.of(case, outcome_of(case, bases[name], Path(folder, str(number)), known))
    return rows


if __name__ == "__main__":
    sys.exit(main())
