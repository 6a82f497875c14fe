"""Alarms: what is watched, at which threshold, and whom it notifies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.compute import SERVICES
from conformance.clause import DEV, STAGING, clause, instead
from conformance.expect import ends, equals, includes, mentions, positive
from conformance.paths import item
from synthesis.template import blocks

if TYPE_CHECKING:
    from conformance.paths import Step
    from conformance.view import Seen, View

DESIGN: Final = "tests/test_monitoring_design.py"
ALARM: Final = "aws_cloudwatch_metric_alarm"
COMPOSITE: Final = "aws_cloudwatch_composite_alarm"
_SLOW_SECONDS: Final = 0.2


def alarm(view: View, metric: str, name: str, severity: str, *, layer: str) -> Seen:
    """The alarm with the end of a name, on a metric, which notifies the topic of a severity."""
    found = view.one(ALARM, {"alarm_name": ends(f"-{name}")}, layer=layer)
    found.require(*_metric(found), mentions(f'"{metric}"' if _metric(found) == ("metric_query",) else metric))
    found.require("tags", "Severity", equals(severity))
    # What an environment that sleeps stops notifies through a composite alarm, which is quiet in that time.
    composite = {"alarm_rule": mentions(f"{found.place.name}.alarm_name")}
    through = found if "alarm_actions" in found.arguments else view.one(COMPOSITE, composite, layer=layer)
    topic = through.follow_one("alarm_actions", to="aws_sns_topic")
    topic.require("name", mentions(f"-{severity}"))
    return found


def _metric(found: Seen) -> tuple[Step, ...]:
    return ("metric_name",) if found.arguments.get("metric_name") else ("metric_query",)


def _documentdb_instances(view: View) -> list[str]:
    return [f"documentdb-{number}" for number in range(1, (1 if view.environment == DEV else 3) + 1)]


@clause("7.1/1", DESIGN, "tests/modules/service/test_warning_alarms.py")
def response_times(view: View) -> None:
    """The 95th percentile of each service."""
    metric = "TargetResponseTime"
    for name in SERVICES:
        found = alarm(view, metric, f"{name}-slow", "warning", layer="service")
        for one in blocks(found.arguments["metric_query"]):
            if one.get("metric", {}).get("metric_name") == metric:
                found.require("metric_query", item(id=one["id"]), "metric", "stat", equals("p95"))
        found.require("threshold", equals(_SLOW_SECONDS))


@clause("7.1/2", DESIGN, "tests/modules/data/test_postgres_alarms.py")
def connection_counts(view: View) -> None:
    """The connections of both databases, of PostgreSQL against what it allows, of DocumentDB as a share of that."""
    found = alarm(view, "DatabaseConnections", "postgres-connections", "warning", layer="data")
    found.require("threshold", positive())
    alarm(view, "DatabaseConnections", "postgres-connections-full", "critical", layer="data")
    for name in _documentdb_instances(view):
        found = alarm(view, "DatabaseConnectionsMax", f"{name}-connections", "warning", layer="data")
        found.require("threshold", equals(80))
        found = alarm(view, "DatabaseConnectionsMax", f"{name}-connections-full", "critical", layer="data")
        found.require("threshold", equals(95))


@clause("7.1/3", DESIGN, "tests/modules/service/test_warning_alarms.py")
def container_utilization(view: View) -> None:
    """CPU and memory of the tasks of each service."""
    for name in SERVICES:
        for metric, word in (("CPUUtilization", "cpu"), ("MemoryUtilization", "memory")):
            found = alarm(view, metric, f"{name}-{word}", "warning", layer="service")
            found.require("threshold", equals(90))
            found.require("dimensions", "ServiceName", mentions(name))


@clause("7.1/4", DESIGN, "tests/modules/service/test_rollback_alarms.py")
def error_rates(view: View) -> None:
    """The share of 5xx of each service and of the load balancer itself, in percent of the requests."""
    for metric, names in (("HTTPCode_Target_5XX_Count", SERVICES), ("HTTPCode_ELB_5XX_Count", ("load-balancer",))):
        for name in names:
            found = alarm(view, metric, f"{name}-errors", "critical", layer="service")
            found.require("threshold", equals(5))
            found.require("metric_query", mentions('"RequestCount"'))


@clause("7.1/5", DESIGN, "tests/modules/data/test_instance_alarms.py")
def database_performance(view: View) -> None:
    """CPU, memory and latency of each instance of both databases."""
    for name in ("postgres", *_documentdb_instances(view)):
        alarm(view, "CPUUtilization", f"{name}-cpu", "warning", layer="data").require("threshold", equals(80))
        for metric, word in (
            ("FreeableMemory", "memory"),
            ("ReadLatency", "read-latency"),
            ("WriteLatency", "write-latency"),
        ):
            alarm(view, metric, f"{name}-{word}", "warning", layer="data").require("threshold", positive())


@clause("7.2/1", DESIGN, "tests/modules/data/test_database_events.py")
def critical_messages(view: View) -> None:
    """A database that is away or has failed, a service without a healthy task."""
    for database in ("postgres", "documentdb"):
        alarm(view, "CPUUtilization", f"{view.environment}-{database}-absence", "critical", layer="data")
    for kind, argument in (
        ("aws_db_event_subscription", "sns_topic"),
        ("aws_docdb_event_subscription", "sns_topic_arn"),
    ):
        where = {"event_categories": includes("failure"), "source_type": equals("db-instance")}
        topic = view.one(kind, where, layer="data").follow_one(argument, to="aws_sns_topic")
        topic.require("name", mentions("-critical"))
    for name in SERVICES:
        alarm(view, "HealthyHostCount", f"{name}-absence", "critical", layer="service")


@clause("7.2/2", DESIGN, "tests/modules/service/test_warning_alarms.py")
def warning_messages(view: View) -> None:
    """Utilization and response times."""
    response_times(view)
    container_utilization(view)
    for metric, name in (("FreeableMemory", "memory"), ("FreeStorageSpace", "storage"), ("CPUUtilization", "cpu")):
        alarm(view, metric, f"postgres-{name}", "warning", layer="data")


@clause(
    "7.2/3",
    DESIGN,
    "tests/modules/service/test_service_events.py",
    note=(
        "of scaling, AWS announces that a service has reached its maximum, and nothing else: "
        "https://docs.aws.amazon.com/autoscaling/application/userguide/monitoring-eventbridge.html"
    ),
)
def information(view: View) -> None:
    """Deployments of ECS and CodeDeploy, and services that reach their maximum."""
    for name, source, detail in (
        ("traffic-shifts", "aws.codedeploy", "CodeDeploy Deployment State-change Notification"),
        ("deployments", "aws.ecs", "ECS Deployment State Change"),
        ("scaled-to-maximum", "aws.application-autoscaling", "Application Auto Scaling Scaling Activity State Change"),
    ):
        where = {"name": ends(f"-{view.environment}-{name}")}
        rule = view.one("aws_cloudwatch_event_rule", where, layer="service")
        rule.require("event_pattern", mentions(source, detail))
        target = view.one("aws_cloudwatch_event_target", {"rule": view.refers_to(rule)}, layer="service")
        topic = target.follow_one("arn", to="aws_sns_topic")
        topic.require("name", mentions("-info"))


@instead("7.2/3", environments=(DEV, STAGING), why="nobody reads them there; [notifications.info] adds them")
def no_information(view: View) -> None:
    """No topic of this severity."""
    view.none("aws_sns_topic", {"name": ends("-info")}, layer="notifications")


@clause("10.2/2", DESIGN, "tests/alarms")
def monitoring(view: View) -> None:
    """Alarms of all severities of section 7.2."""
    critical_messages(view)
    warning_messages(view)
    error_rates(view)
