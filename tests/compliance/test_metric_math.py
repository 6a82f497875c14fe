"""Metric math: AWS's documented examples first, then what an expression is in a minute without data.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from compliance.metric_math import UnknownSyntaxError, evaluate, value_without_data

if TYPE_CHECKING:
    from compliance.metric_math import Series, Value

NO: Final = None  # no value at that time

# The section "Comparison and logical operators".
METRIC_1: Final[Series] = (30, 20, 0, 0)
METRIC_2: Final[Series] = (20, NO, 20, NO)


@pytest.mark.parametrize(
    ("expression", "output"),
    [
        ("(metric1 < metric2)", (0, 0, 1, 0)),
        ("(metric1 >= 30)", (1, 0, 0, 0)),
        ("(metric1 > 15 AND metric2 > 15)", (1, 0, 0, 0)),
        ("(metric1 > 15 && metric2 > 15)", (1, 0, 0, 0)),
        ("(metric1 > 15 OR metric2 > 15)", (1, 1, 1, 0)),
        ("(metric1 > 15 || metric2 > 15)", (1, 1, 1, 0)),
    ],
)
def test_comparisons_and_logical_operators_are_as_documented(expression: str, output: Series) -> None:
    assert evaluate(expression, {"metric1": METRIC_1, "metric2": METRIC_2}, length=4) == output


# The section "Using IF expressions".
CONDITION: Final[Series] = (1, 1, 0, 0, NO)
THEN: Final[Series] = (30, NO, 0, 0, 30)
ELSE: Final[Series] = (0, 0, 20, NO, 20)


@pytest.mark.parametrize(
    ("expression", "output"),
    [
        ("IF(metric1, metric2, metric3)", (30, 0, 20, NO, NO)),
        ("IF(metric1, 5, metric3)", (5, 5, 20, NO, NO)),
        ("IF(metric1, metric2, 5)", (30, 0, 5, 5, NO)),
        ("IF(metric1, metric2)", (30, 0, NO, NO, NO)),
        ("IF(metric1 > 0, 1, 0)", (1, 1, 0, 0, NO)),
        ("IF(-metric1, 1, 0)", (1, 1, 0, 0, NO)),  # any value but 0 is true
    ],
)
def test_if_is_as_documented(expression: str, output: Series) -> None:
    metrics = {"metric1": CONDITION, "metric2": THEN, "metric3": ELSE}
    assert evaluate(expression, metrics, length=5) == output


M1: Final[Series] = (NO, 2, NO, 4, NO, NO, -10, NO)
M2: Final[Series] = (1, 1, 0, 2, NO, NO, 5, NO)


@pytest.mark.parametrize(
    ("expression", "output"),
    [
        # A missing value beside another is 0; a division by zero has no value.
        ("m1 + m2", (1, 3, 0, 6, NO, NO, -5, NO)),
        ("m1 - m2", (-1, 1, 0, 2, NO, NO, -15, NO)),
        ("m1 / m2", (0, 2, NO, 2, NO, NO, -2, NO)),
        ("5 * m1", (NO, 10, NO, 20, NO, NO, -50, NO)),
        ("-5*m1", (NO, -10, NO, -20, NO, NO, 50, NO)),
        ("-m1", (NO, -2, NO, -4, NO, NO, 10, NO)),
        ("m2 ^ 2", (1, 1, 0, 4, NO, NO, 25, NO)),
        ("-m2 ^ 2", (-1, -1, 0, -4, NO, NO, -25, NO)),
        ("1 + 2 * m2 ^ 2 / 2", (2, 2, 1, 5, NO, NO, 26, NO)),
        ("SUM([m1, m2])", (1, 3, 0, 6, NO, NO, -5, NO)),
        ("SUM(-[m1, m2])", (-1, -3, 0, -6, NO, NO, 5, NO)),
        ("SUM(100/[m2, m2])", (200, 200, NO, 100, NO, NO, 40, NO)),
        ("AVG([m1,m2]/m2)", (0.5, 1.5, NO, 1.5, NO, NO, -0.5, NO)),
        ("SUM(METRICS())", (1, 3, 0, 6, NO, NO, -5, NO)),
        ('SUM(METRICS("1"))', M1),
        ('SUM([METRICS("1"), METRICS("2")])', (1, 3, 0, 6, NO, NO, -5, NO)),
        ("MAX(METRICS()*100)", (100, 200, 0, 400, NO, NO, 500, NO)),
        # An array becomes one series; in an average, a missing value is 0.
        ("AVG([m1, m2])", (0.5, 1.5, 0, 3, NO, NO, -2.5, NO)),
        ("MIN([m1, m2])", (1, 1, 0, 2, NO, NO, -10, NO)),
        ("DATAPOINT_COUNT([m1, m2])", (1, 2, 1, 2, 0, 0, 2, 0)),
        # One series: a scalar, which is of use in a larger expression.
        ("m1 - MAX(m1)", (NO, -2, NO, 0, NO, NO, -14, NO)),
        ("m1 - MIN(m1)", (NO, 12, NO, 14, NO, NO, 0, NO)),
        ("m1 * 0 + SUM(m1)", (NO, -4, NO, -4, NO, NO, -4, NO)),
        ("SUM(m1) / DATAPOINT_COUNT(m1) + m1 * 0", (NO, -4 / 3, NO, -4 / 3, NO, NO, -4 / 3, NO)),
        ("m1 * 0 + AVG(m1)", (NO, -0.5, NO, -0.5, NO, NO, -0.5, NO)),
        ("TIME_SERIES(MAX(m1))", (4,) * 8),
        ("m1/METRIC_COUNT(METRICS())", (NO, 1, NO, 2, NO, NO, -5, NO)),
        ("ABS(m1-m2)", (1, 1, 0, 2, NO, NO, 15, NO)),
        ("MIN(ABS([m1, m2]))", (1, 1, 0, 2, NO, NO, 5, NO)),
        ("CEIL(m2 / 2)", (1, 1, 0, 1, NO, NO, 3, NO)),
        ("FLOOR(m2 / 2)", (0, 0, 0, 1, NO, NO, 2, NO)),
        ("LOG10(100 * m2)", (2, 2, NO, pytest.approx(2.30103), NO, NO, pytest.approx(2.69897), NO)),
        ("FIRST([m1, m2])", M1),
        ("LAST([m1, m2])", M2),
        # Each value and the one before it.
        ("DIFF(m1)", (NO, NO, NO, 2, NO, NO, -14, NO)),
        ("DIFF_TIME(m1)", (NO, NO, NO, 600, NO, NO, 900, NO)),
        ("RATE(m1)", (NO, NO, NO, 2 / 600, NO, NO, -14 / 900, NO)),
        ("RUNNING_SUM(m1)", (NO, 2, NO, 6, NO, NO, -4, NO)),
        ("m2 * PERIOD(m1)/60", (5, 5, 0, 10, NO, NO, 25, NO)),
    ],
)
def test_functions_are_as_documented(expression: str, output: Series) -> None:
    assert evaluate(expression, {"m1": M1, "m2": M2}, length=8, period_seconds=300) == output


@pytest.mark.parametrize(
    ("expression", "output"),
    [
        ("FILL(m1, 10)", (10, 2, 10, 4, 10, 10, -10, 10)),
        ("FILL(m1, MIN(m1))", (-10, 2, -10, 4, -10, -10, -10, -10)),
        # The most recent value before the missing one: nothing before the first.
        ("FILL(m1, REPEAT)", (NO, 2, 2, 4, 4, 4, -10, -10)),
        # Between the values around the gap: nothing at either end.
        ("FILL(m1, LINEAR)", (NO, 2, 3, 4, pytest.approx(-2 / 3), pytest.approx(-16 / 3), -10, NO)),
        ("FILL(FILL(m1, REPEAT), 7)", (7, 2, 2, 4, 4, 4, -10, -10)),
        ("SUM(FILL(METRICS(), 0))", (1, 3, 0, 6, 0, 0, -5, 0)),
        ("SUM(FILL(METRICS(), m1))", (1, 3, 0, 6, NO, NO, -5, NO)),
    ],
)
def test_fill_is_as_documented(expression: str, output: Series) -> None:
    assert evaluate(expression, {"m1": M1, "m2": M2}, length=8) == output


def test_an_expression_can_name_another_one_which_is_no_metric() -> None:
    metrics = {"m1": (1.0, NO)}
    assert evaluate("FILL(e1, 0) + SUM(METRICS())", metrics, others={"e1": (NO, 5.0)}, length=2) == (1, 5)


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
        ("FILL(a, 1) AND b", 0),
        ("FILL(a, 1) OR b", 1),
        ("FILL(a, 3) ^ 2", 9),
        ("7", 7),
    ],
)
def test_missing_values_are_as_cloudwatch_defines_them(expression: str, value: Value) -> None:
    assert value_without_data(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "'a'",
        "a b",
        "FILL(a 0)",
        "FILL(a, 0",
        "(a",
        "a +",
        "",
        "a % 2",
        "REPEAT",
        "SEARCH('a', 'Sum')",
        "ANOMALY_DETECTION_BAND(a)",
        "SUM(1)",
        "FILL(a, [a, a])",
        "[a, a] + [a, a]",
        "[a, 1]",
        "ABS([1])",
        "IF([a, a], 1)",
        "IF(a)",
        "FILL(1, 0)",
        "FIRST(a)",
        "TIME_SERIES(a)",
        "[a, a]",
        "RATE(FILL(a, 0))",  # the value before matters
        "1 + -ABS([DIFF(FILL(a, 0))])",
    ],
)
def test_unknown_syntax_is_refused(expression: str) -> None:
    with pytest.raises(UnknownSyntaxError):
        value_without_data(expression)
