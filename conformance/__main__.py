"""`python -m conformance`: every clause of the design over the synthesized output; writes docs/conformance.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.clause import ALL
from conformance.page import counts, page
from conformance.report import Verdict, results
from console import program
from console.table import table
from synthesis.manifest import OutputError, of_environment, read_stacks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.clause import Section
    from conformance.report import Result

EXIT_OK, EXIT_NOT_MET, EXIT_BAD_INPUT = 0, 1, 2
_PAGE: Final = Path("docs/conformance.md")


def main(argv: Sequence[str]) -> int:
    """Print a summary and what is not met, and write the page if all of the design is asked for.

    Returns:
        0; 1 if a clause is not met; 2 if the output is missing, has no such environment, the design has no such
        section, or the page cannot be written.
    """
    parser = argparse.ArgumentParser(
        prog="python -m conformance", description="The design, clause by clause, over the synthesized JSON."
    )
    parser.add_argument("environment", nargs="?", help="only this one, without the page (default: all of the design)")
    parser.add_argument("--section", help="only this section of the design, like 10.1, without the page")
    parser.add_argument(
        "--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis (default: %(default)s)"
    )
    parser.add_argument("--page", type=Path, default=_PAGE, help="the page to write (default: %(default)s)")
    arguments = parser.parse_args(argv)
    try:
        stacks = read_stacks(arguments.output)
        chosen = _chosen(arguments.environment)
        for environment in chosen:
            of_environment(stacks, environment)
        found = _of_section(arguments.section, results(stacks, chosen))
        has_page = arguments.environment is None and arguments.section is None
        if has_page:
            _write(arguments.page, page(stacks))
    except OutputError as error:
        print(error, file=sys.stderr)
        return EXIT_BAD_INPUT
    failed = _print_clauses(found) if arguments.section else _print(found)
    if has_page:
        print(f"{arguments.page} is written: read its diff." if failed == 0 else f"{arguments.page} says it, too.")
    return EXIT_NOT_MET if failed else EXIT_OK


def _chosen(environment: str | None) -> tuple[str, ...]:
    if environment is None:
        return ALL
    if environment not in ALL:
        message = f"The design has no environment {environment!r}. It has: {', '.join(ALL)}."
        raise OutputError(message, "Choose one of them: the clauses say nothing of others.")
    return (environment,)


def _of_section(number: str | None, found: list[tuple[Section, list[Result]]]) -> list[tuple[Section, list[Result]]]:
    if number is None:
        return found
    chosen = [(section, ones) for section, ones in found if section.number == number]
    if not chosen:
        message = f"The design has no section {number!r}. It has: {', '.join(section.number for section, _ in found)}."
        raise OutputError(message, "Choose one of them, like SECTION=10.1.")
    return chosen


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}."
        raise OutputError(message, "Choose another file with --page, or make it writable.") from error


def _print(found: list[tuple[Section, list[Result]]]) -> int:
    every = [one for _, ones in found for one in ones]
    rows = [[section.number, section.title, *map(str, counts(ones))] for section, ones in found]
    print(table([["section", "", "clauses", *Verdict], *rows, ["together", "", *map(str, counts(every))]]))
    return _print_missing(every)


def _print_clauses(found: list[tuple[Section, list[Result]]]) -> int:
    for section, ones in found:
        print(f"{section.number} {section.title}")
        print(table([[one.id, one.text, one.verdict] for one in ones]))
    return _print_missing([one for _, ones in found for one in ones])


def _print_missing(every: list[Result]) -> int:
    missing = [[one.id, one.text, text] for one in every for text in one.missing.values()]
    if missing:
        print()
        print(table(missing))
    return len(missing)


if __name__ == "__main__":
    program.run(lambda: main(sys.argv[1:]))
