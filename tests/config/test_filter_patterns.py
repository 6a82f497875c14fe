"""A filter pattern that CloudWatch Logs would refuse is refused with what is wrong with it."""

import pytest

from config.service_values import ERROR_LINES
from tests.config.examples import changed, parsed, refusal

SIZE = "memory_mib = 2048"


def frontend(pattern: str) -> str:
    return changed((SIZE, f"{SIZE}\nerror_pattern = '''{pattern}'''"))


@pytest.mark.parametrize(
    "pattern",
    [
        ERROR_LINES,
        "ERROR",
        '"[error]"',
        '?"[error]" ?"[crit]" ?FATAL',
        "ERROR -INFO",
        '"a \\" b"',
        "%ERROR% %FATAL%",
        '{ $.level = "error" }',
        '{ ($.level = "error") || ($.code >= 500 && $.code != 503) }',
        "{ $.errors[0].code IS NULL }",
        '{ $.path = %/api/[a-z]+% || $.note = "{ no } end" }',
        "[ip, user, stamp, request, status = 5*, size]",
        '[..., level="ERROR" || level="FATAL", message]',
    ],
)
def test_each_form_is_accepted(pattern: str) -> None:
    assert [s.error_pattern for s in parsed(frontend(pattern)).services.values()].count(pattern) >= 1


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        (" ", "it must have 1 to 1024 characters"),
        ("x" * 1025, "it must have 1 to 1024 characters"),
        ("error: failed", "error: has other characters than letters, digits and _"),
        ('"open', "or a quote without its end; put it in double quotes"),
        ("(ERROR)", "(ERROR) has other characters"),
        ("%a b%", "is not a valid regular expression of CloudWatch Logs"),
        ("%a", "is not a valid regular expression of CloudWatch Logs"),
        ('{ $.level = "error"', "it has no } at its end"),
        ('{ ($.level = "error" }', "it has a } that nothing opens"),
        ('{ $.level = "error }', "it has a quote without its end"),
        ('{ $.level = "a" } ERROR', "it has text after the } that ends it"),
        ('{ level = "error" }', "in braces it needs a field that begins with $"),
        ("[ip, status", "it has no ] at its end"),
    ],
)
def test_what_the_service_refuses_is_refused(pattern: str, says: str) -> None:
    (line,) = refusal(frontend(pattern))
    assert ".error_pattern = " in line
    assert says in line
