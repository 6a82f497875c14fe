"""The matcher of filter patterns, held against the examples of AWS's documentation."""

from __future__ import annotations

import pytest

from tests.filter_pattern import matches


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


@pytest.mark.parametrize("pattern", ["", '{ $.level = "error" }', "[ip, user]"])
def test_a_pattern_of_another_kind_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="neither a regular expression nor a list of terms"):
        matches(pattern, "")
