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
    with pytest.raises(ValueError, match="is not a pattern that is evaluated here"):
        matches("[ip, user, ...]", "127.0.0.1 me")
