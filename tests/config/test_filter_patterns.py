from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.filter_patterns import problem_of
from config.service_values import ERROR_LINES
from tests.config.examples import changed, parsed, refusal

SIZE = "max_count = 6"

ACCEPTED = (
    ERROR_LINES,
    "ERROR",
    "ERROR -Exiting",
    "?ERROR ?WARN ?FATAL",
    '"INTERNAL SERVER ERROR"',
    '?"[error]" ?"[crit]" ?"[alert]" ?"[emerg]"',
    r'"a \"quoted\" word"',
    "%AUTHORIZED%",
    "ERROR %4[0-9]{2}%",
    '{ $.severity = "ERR" }',
    '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }',
    '{ $.eventType = "Trail(" || $.latency > 5 }',
    "{ $.value IS NULL }",
    "{ $.eventType = %Trail% }",
    "[ip, user, username, timestamp, request, status_code=4*, bytes]",
    '[w1=ERROR, w2="a ]"]',
)
REFUSED = (
    "ERROR: failed",
    "level=error",
    "[error",
    '{ $.level = "error"',
    '{ $.level = "error }',
    '{ ($.level = "error" }',
    '{ level = "error" }',
    '"not closed',
    '?"',
    "?ERROR | ?WARN",
    "%has space %",
    "%(a)%",
)


@pytest.mark.parametrize("pattern", ACCEPTED)
def test_the_patterns_of_aws_are_accepted(pattern: str) -> None:
    assert problem_of(pattern) is None


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_pattern_that_aws_does_not_accept_is_refused(pattern: str) -> None:
    problem = problem_of(pattern)
    assert problem is not None
    assert problem.startswith("is not a valid ")


@given(st.lists(st.from_regex(r"[A-Za-z0-9_]+|\"[^\"\\]+\"", fullmatch=True), min_size=1))
def test_words_and_quoted_texts_are_always_accepted(terms: list[str]) -> None:
    assert problem_of(" ".join(terms)) is None


def test_a_service_says_which_pattern_is_wrong() -> None:
    assert parsed(changed((SIZE, f"{SIZE}\nerror_pattern = 'ERROR'"))).services["frontend"].error_pattern == "ERROR"
    (line,) = refusal(changed((SIZE, f"{SIZE}\nerror_pattern = 'ERROR: failed'")))
    assert line.startswith('services.frontend.error_pattern = "ERROR: failed": is not a valid filter pattern; ')
