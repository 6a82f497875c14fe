"""What the body of a dashboard must be, as CloudWatch documents it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.services.cloudwatch.dashboard_metrics import metric_count, row_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

Problem = tuple[str, str]
"""The place, as a path into the JSON, and what is wrong there."""

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
_MOST_WIDGETS, _MOST_METRICS_OF_ONE, _MOST_METRICS = 500, 500, 2500
_COLUMNS, _MOST_ROWS = 24, 1000
_MOST_ALARMS = 100
_MINUTE = 60

_TOP = {"end", "periodOverride", "start", "variables", "widgets"}
_PLACE = {"height", "properties", "type", "width", "x", "y"}
_VIEWS = ("bar", "gauge", "pie", "singleValue", "table", "timeSeries")
_STATES = ("ALARM", "INSUFFICIENT_DATA", "OK")
# The members of each kind; of the other kinds, which no stack has, any are accepted.
_ALLOWED: Mapping[str, set[str]] = {
    "alarm": {"alarms", "sortBy", "states", "title"},
    "log": {"accountId", "query", "queryLanguage", "region", "stacked", "title", "view"},
    "metric": {
        "accountId", "annotations", "end", "labels", "legend", "liveData", "metrics", "period", "region",
        "setPeriodToTimeRange", "singleValueFullPrecision", "sparkline", "stacked", "start", "stat", "table",
        "timezone", "title", "trend", "view", "yAxis",
    },
    "text": {"background", "markdown"},
}  # fmt: skip
_REQUIRED: Mapping[str, set[str]] = {
    "alarm": {"alarms"},
    "custom": {"endpoint"},
    "chart": {"data"},
    "explorer": {"metrics"},
    "log": {"query", "region"},
    "metric": {"region"},
    "text": {"markdown"},
}


def body_problems(body: object) -> Iterator[Problem]:
    """Find what PutDashboard refuses."""
    if not isinstance(body, dict):
        yield "", "Should be object"
        return
    yield from _members(body, "", allowed=_TOP, required={"widgets"})
    yield from _choice(body, "", "periodOverride", ("auto", "inherit"))
    widgets = body.get("widgets", [])
    if not isinstance(widgets, list):
        yield "/widgets", "Should be array"
        return
    if len(widgets) > _MOST_WIDGETS:
        yield "/widgets", f"Should NOT have more than {_MOST_WIDGETS} items"
    for index, widget in enumerate(widgets):
        yield from _widget_problems(widget, f"/widgets/{index}")
    total = sum(_metrics_of(widget) for widget in widgets)
    if total > _MOST_METRICS:
        yield "/widgets", f"Should NOT have more than {_MOST_METRICS} metrics, has {total}"


def _widget_problems(widget: object, path: str) -> Iterator[Problem]:
    if not isinstance(widget, dict):
        yield path, "Should be object"
        return
    yield from _members(widget, path, allowed=_PLACE, required={"properties", "type"})
    kind, properties = widget.get("type"), widget.get("properties", {})
    for member, least, most in (
        ("x", 0, _COLUMNS - 1),
        ("y", 0, None),
        ("width", 1, _COLUMNS),
        ("height", 1, _MOST_ROWS),
    ):
        yield from _range(widget.get(member, least), f"{path}/{member}", least, most)
    if not isinstance(kind, str) or kind not in _REQUIRED:
        yield f"{path}/type", "Should be equal to one of the allowed values"
    elif not isinstance(properties, dict):
        yield f"{path}/properties", "Should be object"
    else:
        yield from _members(
            properties, f"{path}/properties", allowed=_ALLOWED.get(kind, properties), required=_REQUIRED[kind]
        )
        if check := _CHECKS.get(kind):
            yield from check(properties, f"{path}/properties")


def _metric_problems(properties: Mapping[str, Any], path: str) -> Iterator[Problem]:
    annotations = properties.get("annotations", {})
    if "metrics" not in properties and not annotations.get("alarms"):
        yield path, "Should have required property 'metrics'"
        yield path, "The metric widget should have specified a region and a data source or an alarm annotation"
    yield from _choice(properties, path, "view", _VIEWS)
    yield from _choice(properties.get("legend", {}), f"{path}/legend", "position", ("bottom", "hidden", "right"))
    yield from _period(properties, path)
    rows = properties.get("metrics", [])
    if not isinstance(rows, list):
        yield f"{path}/metrics", "Should be array"
        return
    if len(rows) > _MOST_METRICS_OF_ONE:
        yield f"{path}/metrics", f"Should NOT have more than {_MOST_METRICS_OF_ONE} items"
    yield from row_problems(rows, f"{path}/metrics")
    for index, row in enumerate(rows):
        if isinstance(row, list) and row and isinstance(row[-1], dict):
            yield from _period(row[-1], f"{path}/metrics/{index}/{len(row) - 1}")
    for index, line in enumerate(annotations.get("horizontal", [])):
        for one in line if isinstance(line, list) else [line]:
            if not isinstance(one.get("value"), int | float):
                yield f"{path}/annotations/horizontal/{index}", "Should have required property 'value'"


def _alarm_problems(properties: Mapping[str, Any], path: str) -> Iterator[Problem]:
    alarms = properties.get("alarms", [])
    if not alarms:
        yield f"{path}/alarms", "Should NOT have less than 1 items"
    if len(alarms) > _MOST_ALARMS:
        yield f"{path}/alarms", f"Should NOT have more than {_MOST_ALARMS} items"
    for index, alarm in enumerate(alarms):
        if not str(alarm).startswith("arn:") or ":alarm:" not in str(alarm):
            yield f"{path}/alarms/{index}", "Should match pattern of an alarm ARN"
    yield from _choice(properties, path, "sortBy", ("default", "stateUpdatedTimestamp", "timestamp"))
    for index, state in enumerate(properties.get("states", [])):
        if state not in _STATES:
            yield f"{path}/states/{index}", "Should be equal to one of the allowed values"


_CHECKS: Mapping[str, Callable[[Mapping[str, Any], str], Iterator[Problem]]] = {
    "alarm": _alarm_problems,
    "metric": _metric_problems,
}


def _members(
    found: Mapping[str, Any], path: str, *, allowed: Collection[str], required: Collection[str]
) -> Iterator[Problem]:
    for name in sorted(set(required) - set(found)):
        yield path, f"Should have required property '{name}'"
    for name in sorted(set(found) - set(allowed)):
        yield path, f"Should NOT have additional properties: '{name}'"


def _choice(found: Mapping[str, Any], path: str, name: str, allowed: Collection[str]) -> Iterator[Problem]:
    if name in found and found[name] not in allowed:
        yield f"{path}/{name}", "Should be equal to one of the allowed values"


def _range(value: object, path: str, least: int, most: int | None) -> Iterator[Problem]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield path, "Should be integer"
    elif value < least:
        yield path, f"Should be >= {least}"
    elif most is not None and value > most:
        yield path, f"Should be <= {most}"


def _period(found: Mapping[str, Any], path: str) -> Iterator[Problem]:
    period = found.get("period", _MINUTE)
    if not isinstance(period, int) or period < 1 or (period >= _MINUTE and period % _MINUTE):
        yield f"{path}/period", f"Should be a multiple of {_MINUTE}"


def _metrics_of(widget: object) -> int:
    properties = widget.get("properties") if isinstance(widget, dict) else None
    rows = properties.get("metrics") if isinstance(properties, dict) else None
    return metric_count(rows) if isinstance(rows, list) else 0
