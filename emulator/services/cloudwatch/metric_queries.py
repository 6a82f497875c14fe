"""The list of metrics and expressions from which an alarm is computed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.store import Shape

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
_ID = re.compile(r"[a-z]\w*", re.ASCII)
_SHORT_PERIODS = (1, 5, 10, 20, 30)
_MINUTE = 60
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html
_MOST_METRICS = 10
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
_STATISTIC = re.compile(
    r"SampleCount|Average|Sum|Minimum|Maximum|IQM"
    r"|(p|tm|wm|tc|ts)(100|\d{1,2}(\.\d{1,10})?)"
    r"|(PR|TM|WM|TC|TS)\((\d+(\.\d+)?%?)?:(\d+(\.\d+)?%?)?\)"
)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
# A function name is followed by a parenthesis; keywords and functions are uppercase, ids start in lowercase.
_USED_ID = re.compile(r"(?<![\w.])[a-z]\w*(?!\w|\s*\()", re.ASCII)
_SEARCH = re.compile(r"\bSEARCH\s*\(")
_METRICS_INSIGHTS = re.compile(r"\s*SELECT\b")


def is_statistic(name: str) -> bool:
    """Return whether it is one of CloudWatch's statistics, including percentiles and the like."""
    return _STATISTIC.fullmatch(name) is not None


def used_ids(expression: str) -> list[str]:
    """Return the ids that an expression uses; none of a search or a query, which have words of their own."""
    if _METRICS_INSIGHTS.match(expression):
        return []
    return _USED_ID.findall(_QUOTED.sub("''", expression))


def query_periods(queries: Sequence[Shape]) -> set[int]:
    """Return the periods in the queries."""
    periods = {(query.get("MetricStat") or query).get("Period") for query in queries}
    return {period for period in periods if period}


def query_problems(queries: Sequence[Shape], threshold_id: str | None) -> Iterator[str]:
    """Find what AWS refuses, in AWS's order as far as it is known."""
    for problem in _invalid_queries(queries):
        yield f"Invalid metrics list: {problem}"
    metrics = sum("MetricStat" in query for query in queries)
    if metrics > _MOST_METRICS:
        yield f"An alarm on an expression must have at most {_MOST_METRICS} metrics; this one has {metrics}."
    yield from _result_problems(queries, threshold_id)
    if not query_periods(queries):
        # https://github.com/hashicorp/terraform-provider-aws/issues/28617
        yield "Period must not be null"
    for query in queries:
        yield from _expression_problems(query, {one["Id"] for one in queries})


def _invalid_queries(queries: Sequence[Shape]) -> Iterator[str]:
    """Find problems in single queries, for which AWS only reports that the list is invalid.

    The id: https://github.com/aws/aws-cdk/issues/26674
    The statistic: https://github.com/hashicorp/terraform-provider-aws/issues/19567
    """
    ids = [query["Id"] for query in queries]
    for query, id_ in zip(queries, ids, strict=True):
        if not _ID.fullmatch(id_):
            yield f"Id {id_!r} must start with a lowercase letter and have only letters, digits and underscores"
        if ids.count(id_) > 1:
            yield f"Id {id_!r} must be unique"
        if ("MetricStat" in query) == ("Expression" in query):
            yield f"{id_} must have either Expression or MetricStat"
        stat = query.get("MetricStat")
        if stat and not is_statistic(stat["Stat"]):
            yield f"Stat {stat['Stat']!r} of {id_} is not a valid statistic"
        period = (stat or query).get("Period")
        if period and period not in _SHORT_PERIODS and period % _MINUTE:
            yield f"Period of {id_} must be 1, 5, 10, 20, 30 or a multiple of 60, not {period}"


def _result_problems(queries: Sequence[Shape], threshold_id: str | None) -> Iterator[str]:
    """Find problems in the choice of the result: one query returns data; of an anomaly alarm, the band does as well.

    https://github.com/hashicorp/terraform-provider-aws/issues/29894
    https://github.com/hashicorp/terraform-provider-aws/pull/42504
    """
    returned = [query["Id"] for query in queries if query.get("ReturnData", True)]
    if threshold_id and threshold_id not in returned:
        yield "Metrics list must contain exactly one metric matching the ThresholdMetricId parameter"
    if threshold_id and len(returned) != 2:  # noqa: PLR2004  the metric and its band
        yield "Exactly two elements of the metrics list should return data."
    if not threshold_id and len(returned) != 1:
        yield "Exactly one element of the metrics list should return data."


def _expression_problems(query: Shape, ids: set[str]) -> Iterator[str]:
    """Find problems in an expression: a search, or an id that the list does not have.

    The search: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-search-expressions.html
    """
    expression = query.get("Expression") or ""
    if not _METRICS_INSIGHTS.match(expression) and _SEARCH.search(_QUOTED.sub("''", expression)):
        yield "SEARCH is not supported on Metric Alarms."
    for used in used_ids(expression):
        if used not in ids:
            yield f"Error in expression '{query['Id']}': {used} is not the id of a metric or an expression of the list"
