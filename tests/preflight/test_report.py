from __future__ import annotations

from preflight.line import ok, problem, unreadable, warning
from preflight.report import render, summary

FINE = ok("regions", "us-east-1")
WRONG = problem("zones", "use1-az9 does not exist", "Use another one.")
LOOK = warning("release", "release-1 is older", "Set it.")
UNKNOWN = unreadable("roles", "iam:ListRoles is denied", "Allow it.")


def test_what_to_do_stands_under_its_line() -> None:
    assert render([FINE, WRONG, UNKNOWN]).splitlines() == [
        "check    result          found",
        "regions  ok              us-east-1",
        "zones    problem         use1-az9 does not exist",
        "    -> Use another one.",
        "roles    could not read  iam:ListRoles is denied",
        "    -> Allow it.",
    ]


def test_the_end_says_what_is_next() -> None:
    assert summary([FINE, FINE], "dev", complete=True) == (
        "All 2 checks are ok. Next: make bootstrap ENV=dev, once; then make plan."
    )


def test_a_warning_is_counted_and_stops_nothing() -> None:
    assert summary([FINE, LOOK], "dev", complete=True) == (
        "All 2 checks are ok, with 1 warning. Next: make bootstrap ENV=dev, once; then make plan."
    )
    assert "2 warnings" in summary([LOOK, LOOK], "dev", complete=True)
    assert summary([LOOK, WRONG], "dev", complete=True).startswith("1 problem. Fix each line")


def test_the_end_counts_and_names_the_way_around() -> None:
    assert summary([FINE, WRONG, UNKNOWN], "dev", complete=True) == (
        "1 problem, 1 could not be read. Fix each line as described below it, then repeat: make preflight ENV=dev\n"
        "To bootstrap all the same: make bootstrap ENV=dev SKIP_PREFLIGHT=1"
    )


def test_the_end_says_that_nothing_else_was_read() -> None:
    assert summary([WRONG, WRONG], "dev", complete=False).startswith("2 problems. Nothing else was read.")
