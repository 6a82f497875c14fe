"""What the data of a metric say of an alarm on it: moto compares no value with a threshold.

Nothing passes periods here: each value that was published counts as the one of a period of its own, the newest last.
"""

from __future__ import annotations

import datetime as dt
import operator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LATE_PERIODS: Final = 2
"""Periods more than those that are evaluated in which CloudWatch looks for values.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""
_BREACHES: Final[dict[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}


def state_by_data(backend: Any, alarm: Any) -> str:
    """Return OK, ALARM or INSUFFICIENT_DATA, by the values that are new enough; by none, as the alarm treats that."""
    values = _values(backend, alarm)
    span = dt.timedelta(seconds=int(alarm.period) * (int(alarm.evaluation_periods) + _LATE_PERIODS))
    newest = dt.datetime.now(dt.UTC) - span
    if any(time >= newest for time, _ in values):
        return _state(alarm, values)
    treatment = alarm.treat_missing_data or "missing"
    if treatment == "breaching":
        return "ALARM"
    return "OK" if treatment == "notBreaching" else "INSUFFICIENT_DATA"


def last_state_by_data(backend: Any, alarm: Any) -> str | None:
    """Return what the newest values say, however old they are; None if there never was one."""
    values = _values(backend, alarm)
    return _state(alarm, values) if values else None


def _state(alarm: Any, values: Sequence[tuple[dt.datetime, float]]) -> str:
    count = int(alarm.evaluation_periods)
    breaches = _BREACHES[alarm.comparison_operator]
    breaching = sum(breaches(value, float(alarm.threshold)) for _, value in values[-count:])
    return "ALARM" if breaching >= min(int(alarm.datapoints_to_alarm or count), len(values)) else "OK"


def _values(backend: Any, alarm: Any) -> list[tuple[dt.datetime, float]]:
    """The values of its metric with their times, the newest last; only those with exactly its dimensions."""
    dimensions = {(one.name, one.value) for one in alarm.dimensions}
    found = [
        (_in_utc(datum.timestamp), _value(datum, alarm.statistic))
        for datum in backend.metric_data
        if (datum.namespace, datum.name) == (alarm.namespace, alarm.metric_name)
        and {(one.name, one.value) for one in datum.dimensions} == dimensions
    ]
    return [one for _, one in sorted(enumerate(found), key=lambda each: (each[1][0], each[0]))]


def _value(datum: Any, statistic: str) -> float:
    """A statistic of one value, or of the aggregate that was published instead."""
    if hasattr(datum, "value"):
        return 1.0 if statistic == "SampleCount" else float(datum.value)
    by_name = {
        "Average": datum.sum / datum.sample_count,
        "Maximum": datum.max,
        "Minimum": datum.min,
        "SampleCount": datum.sample_count,
        "Sum": datum.sum,
    }
    return float(by_name[statistic])


def _in_utc(time: Any) -> dt.datetime:
    """Moto keeps times of its own without a zone, and those that a caller sends with one."""
    found: dt.datetime = dt.datetime.fromisoformat(time) if isinstance(time, str) else time
    return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
