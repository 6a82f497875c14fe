"""Objectives with their error budgets, and all that watches together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.compute import SERVICES
from conformance.checks.logs import audit_trail, cloudwatch, no_trail
from conformance.checks.metrics import (
    ALARM,
    COMPOSITE,
    DESIGN,
    alarm,
    connection_counts,
    container_utilization,
    database_performance,
    error_rates,
    response_times,
)
from conformance.clause import ALL, DEV, clause, instead
from conformance.expect import at_least, at_most, equals, mentions
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import View

_NO_OBJECTIVES: Final = "dashboards and the alarms of 7.1, but no objectives: dev promises nothing"
_SLOW_QUERY_MILLISECONDS: Final = 50


@clause(
    "11.1/1",
    DESIGN,
    "tests/modules/observability/test_objective.py",
    note=(
        "measured at the load balancer. The time is the application's: staging's load test fails a release that is "
        "slower"
    ),
)
def latency_objective(view: View) -> None:
    """Alarms when more than 5 % of the answers take longer than 200 ms, before the month's budget is used up."""
    response_times(view)
    for name in SERVICES:
        where = {"alarm_name": mentions(f"objective-{name}-latency-fast-long")}
        found = view.one(ALARM, where, layer="observability")
        found.require("threshold", equals(72))  # 14.4 times the 5 % that may be slower
        slow = ("metric_query", item(id="slow_blue"), "metric", "stat")
        found.require(*slow, mentions("0.2"))
        composite = {
            "alarm_name": mentions(f"objective-{name}-latency-critical"),
            "alarm_rule": mentions(found.place.name),
        }
        view.one(COMPOSITE, composite, layer="observability").follow("alarm_actions", to="aws_sns_topic")


@instead("11.1/1", environments=(DEV,), why=_NO_OBJECTIVES)
def latency_alarm(view: View) -> None:
    """The alarm, and no objective."""
    response_times(view)
    _no_objectives(view)


def _no_objectives(view: View) -> None:
    view.none(ALARM, {"alarm_name": mentions("-objective-")}, layer="observability")


@instead(
    "11.1/2",
    environments=ALL,
    held_by=(DESIGN, "tests/modules/data/test_proxy_alarms.py", "tests/modules/data/test_slow_statements.py"),
    why=(
        "AWS has no metric of the average query: the average of PostgreSQL's proxy in staging and prod; in dev, "
        "and for DocumentDB, the count of statements above 50 ms"
    ),
)
def query_time(view: View) -> None:
    """The average of a query at the proxy; statements above 50 ms."""
    if view.environment == DEV:
        alarm(view, "postgres-slow-statements", "postgres-slow-statements", "warning", layer="data")
    else:
        found = alarm(view, "QueryDatabaseResponseLatency", "postgres-proxy-query-time", "warning", layer="data")
        found.require("statistic", equals("Average"))
        found.require("threshold", equals(_SLOW_QUERY_MILLISECONDS * 1000))  # in microseconds
    alarm(view, "documentdb-slow-statements", "documentdb-slow-statements", "warning", layer="data")
    view.one("aws_docdb_cluster_parameter_group", layer="data").require(
        "parameter", item(name="profiler_threshold_ms"), "value", equals(str(_SLOW_QUERY_MILLISECONDS))
    )


@clause("11.1/3", DESIGN, "tests/modules/observability/test_objective.py")
def availability_objective(view: View) -> None:
    """Alarms when 5xx use up the month's 0.1 % too fast."""
    for window in ("fast-long", "fast-short"):
        found = view.one(ALARM, {"alarm_name": mentions(f"availability-{window}")}, layer="observability")
        found.require("threshold", at_least(1.43))  # 14.4 times the 0.1 % that may fail
        found.require("threshold", at_most(1.45))
        composite = {"alarm_name": mentions("availability-critical"), "alarm_rule": mentions(found.place.name)}
        view.one(COMPOSITE, composite, layer="observability").follow("alarm_actions", to="aws_sns_topic")


@instead("11.1/3", environments=(DEV,), why=_NO_OBJECTIVES)
def error_alarms(view: View) -> None:
    """The alarms, and no objective."""
    error_rates(view)
    _no_objectives(view)


@clause("10.3/3", "tests/stacks/test_observability.py")
def advanced_monitoring(view: View) -> None:
    """Dashboards, and objectives with their error budgets."""
    cloudwatch(view)
    latency_objective(view)
    availability_objective(view)


@instead("10.3/3", environments=(DEV,), why=_NO_OBJECTIVES)
def monitoring_without_objectives(view: View) -> None:
    """Dashboards, and no objectives."""
    cloudwatch(view)
    _no_objectives(view)


@clause("11.3/2", DESIGN, "tests/alarms", "tests/test_runbooks_page.py")
def comprehensive_monitoring(view: View) -> None:
    """All of section 7.1, the calls of the account, and objectives."""
    _key_metrics(view)
    availability_objective(view)
    audit_trail(view)


@instead("11.3/2", environments=(DEV,), why="all of 7.1, but no objectives (11.1) and no trail (2.5)")
def monitoring_of_dev(view: View) -> None:
    """All of section 7.1."""
    _key_metrics(view)
    _no_objectives(view)
    no_trail(view)


def _key_metrics(view: View) -> None:
    response_times(view)
    connection_counts(view)
    container_utilization(view)
    error_rates(view)
    database_performance(view)
