"""Samples for the rules on late data."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import Sample, sample


def _alarm(
    expression: str, needed: int | None, window: int, *, comparison: str = "GreaterThanOrEqualToThreshold"
) -> Any:
    return {
        "aws_cloudwatch_metric_alarm.one": {
            "comparison_operator": comparison,
            "threshold": 1,
            "datapoints_to_alarm": needed,
            "evaluation_periods": window,
            "metric_query": [
                {"id": "value", "expression": expression, "return_data": True},
                {"id": "a", "return_data": False, "metric": {"metric_name": "RequestCount"}},
            ],
        }
    }


def _below(expression: str, needed: int, window: int) -> Any:
    return _alarm(expression, needed, window, comparison="LessThanThreshold")


def _scaling(expression: str) -> Any:
    metrics = [{"id": "total", "expression": expression, "return_data": True}]
    specification = {"customized_metric_specification": {"metrics": metrics}}
    return {"aws_appautoscaling_policy.requests": {"target_tracking_scaling_policy_configuration": specification}}


_LATE = "alarm-waits-for-late-data"
SAMPLES: tuple[Sample, ...] = (
    *(
        sample(_LATE, good, bad, says=says)
        for good, bad, says in (
            (
                _alarm("FILL(a, 0)", 3, 5),
                _alarm("FILL(a, 0)", 3, 4),
                "3 of 4 values alarm, and the newest of FILL(a, 0) are its filler, which does not breach the threshold",
            ),
            (_alarm("FILL(a, REPEAT)", 3, 3), _alarm("FILL(a, 0)", None, 3), "evaluation_periods must be 5 or more"),
            (_below("FILL(a, 0)", 5, 5), _below("FILL(a, 0)", 3, 5), "datapoints_to_alarm must be 5 or more"),
            (
                _below("IF(FILL(a, 0) > 0, FILL(b, 0), 1)", 3, 5),
                _below("IF(FILL(a, 0) > 0, FILL(b, 0), 1)", 5, 5),
                "evaluation_periods must be 7 or more",
            ),
            (_alarm("RATE(FILL(a, 0))", 5, 7), _alarm("RATE(FILL(a, 0))", 5, 6), "must be 7 or more"),
            (_alarm("RATE(FILL(a, 0))", 5, 7), _alarm("RATE(FILL(a, 0))", 4, 6), "must be 5 or more"),
            (_alarm("a", 3, 3), _alarm("FILL(a, 1)", 3, 3), "breaches the threshold, so late data alarm"),
        )
    ),
    sample(
        "scaling-waits-for-late-data",
        _scaling("SUM([blue, green])"),
        _scaling("FILL(blue, 0) + FILL(green, 0)"),
        says="FILL(blue, 0) + FILL(green, 0) is its filler in the newest minute",
    ),
)
