"""The evaluation of filter patterns agrees with the examples of AWS's documentation."""

from __future__ import annotations

import pytest

from tests.filter_pattern import matches


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
@pytest.mark.parametrize(
    ("pattern", "line", "expected"),
    [
        ('"INTERNAL SERVER ERROR"', "[ERROR 500] INTERNAL SERVER ERROR", True),
        ('"INTERNAL SERVER ERROR"', "[ERROR 500] INTERNAL ERROR", False),
        ('"ERROR" "ARGUMENTS"', "[ERROR 419] MISSING ARGUMENTS", True),
        ('"ERROR" "ARGUMENTS"', "[ERROR 401] UNAUTHORIZED REQUEST", False),
        ("{ $.bandwidth > 75 }", '{"bandwidth": 80}', True),
        ("{ $.latency < 50 }", '{"latency": 50}', False),
        ("{ $.latency < 50 }", '{"bandwidth": 50}', False),
        ('{ $.eventType = "UpdateTrail" }', '{"eventType": "UpdateTrail"}', True),
        ("{ $.errorCode = 400 }", "no JSON", False),
    ],
)
def test_patterns_match_as_documented(pattern: str, line: str, expected: bool) -> None:  # noqa: FBT001
    assert matches(pattern, line) is expected


def test_an_unknown_form_is_an_error() -> None:
    for pattern in ("[ip, user, ...]", ""):
        with pytest.raises(ValueError, match="is not a pattern that is evaluated here"):
            matches(pattern, "127.0.0.1 me")


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
@pytest.mark.parametrize(
    ("pattern", "line", "expected"),
    [
        ("%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", True),
        ("%AUTHORIZED%", "[SUCCESS 200] AUTHORIZED REQUEST", True),
        ("%[Ee]rror|[Ff]ail%", "a Failure", True),
        ("%[Ee]rror|[Ff]ail%", "fine", False),
        (r"%\d{1,3}\.\d{1,3}%", "from 10.0.0.1", True),
        ("%^[hc]at%", "cat", True),
        ("%^[hc]at%", "the cat", False),
        ("%colou?r%", "color", True),
        ("ERROR", "Exiting with ERRORCODE: -1", True),
        ("ERROR", "[error] lowercase", False),
        ("ERROR -Exiting", "Exiting with ERRORCODE: -1", False),
        ("ERROR -Exiting", "[ERROR] A fatal exception has occurred", True),
        ("ERROR Exception", "[ERROR] Caught IllegalArgumentException", True),
        ("ERROR Exception", "[ERROR] Failed to process the request", False),
        ('"Failed to process the request"', "[WARN] Failed to process the request", True),
        ("?ERROR ?WARN", "[WARN] slow", True),
        ("?ERROR ?WARN", "[INFO] fine", False),
    ],
)
def test_a_documented_example_has_the_documented_result(pattern: str, line: str, *, expected: bool) -> None:
    assert matches(pattern, line) is expected


@pytest.mark.parametrize("pattern", ["%something!%", "%(a|b)%", '%level.:"error"%'])
def test_a_character_that_aws_does_not_allow_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="does not allow in a regular expression"):
        matches(pattern, "")
