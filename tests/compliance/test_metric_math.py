"""What an expression is in a minute without data."""

from __future__ import annotations

import pytest

from compliance.metric_math import UnknownSyntaxError, value_without_data


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a", None),
        ("a + b", None),
        ("FILL(a, 2) + b", 2),
        ("-FILL(a, 2) * 3 - 1", -7),
        ("FILL(a, REPEAT)", None),
        ("FILL(FILL(a, REPEAT), 1)", 1),
        ("FILL(a, 0) / FILL(b, 0)", None),
        ("MAX([FILL(a, 0), b])", 0),
        ("SUM([a, b])", None),
        ("IF((FILL(a, 0) + FILL(b, 0)) >= 3, 100 * FILL(a, 0) / FILL(b, 0), 0)", 0),
        ("IF(FILL(FILL(a, REPEAT), 1) > 0, FILL(b, 0), 1)", 0),
        ("IF(FILL(a, 1), b, 7)", 0),
        ("IF(FILL(a, 0), b)", None),
        ("IF(a, 1, 2)", None),
    ],
)
def test_missing_values_are_as_cloudwatch_defines_them(expression: str, value: float | None) -> None:
    assert value_without_data(expression) == value


@pytest.mark.parametrize("expression", ["FILL(a, 0) AND b", "RATE(FILL(a, 0))", "FILL(a, 0) ^ 2", "'a'"])
def test_unknown_syntax_is_refused(expression: str) -> None:
    with pytest.raises(UnknownSyntaxError):
        value_without_data(expression)
