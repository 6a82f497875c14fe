"""CloudWatch, X-Ray, CloudTrail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.clause import DEV, PROD, STAGING, clause, instead
from conformance.expect import at_most, equals, mentions, one_of
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import View

_KEPT: Final = {DEV: {7}, STAGING: {30, 90}, PROD: {365, 2557}}


@clause("2.5/1", "tests/modules/test_log_group.py", "tests/modules/test_alarm.py", "tests/stacks/test_observability.py")
def cloudwatch(view: View) -> None:
    """Metrics of the cluster with dashboards over them, logs that are kept for a time, alarms that notify."""
    setting = {DEV: "disabled", STAGING: "enabled", PROD: "enhanced"}[view.environment]
    cluster = view.one("aws_ecs_cluster", layer="service")
    cluster.require("setting", item(name="containerInsights"), "value", equals(setting))
    for name in ("service", "data", "cost"):
        where = {"dashboard_name": mentions(name)}
        view.one("aws_cloudwatch_dashboard", where, layer="observability").require(
            "dashboard_body", mentions("metrics")
        )
    for group in view.every("aws_cloudwatch_log_group"):
        group.require("retention_in_days", one_of(*sorted(_KEPT[view.environment])))
    for alarm in view.every("aws_cloudwatch_metric_alarm", layer="service"):
        alarm.require("alarm_description", mentions("docs/runbooks.md#"))


@clause(
    "2.5/2",
    "tests/modules/observability/test_traces.py",
    "tests/modules/service/test_trace_collector.py",
    note="optional: `[observability.tracing]` of an environment turns it on; always in staging, never in dev",
)
def tracing(view: View) -> None:
    """A collector beside the backend, rules of sampling, and groups of slow and failed requests; or none of these."""
    if view.environment == DEV or (view.environment == PROD and not view.has("aws_xray_group")):
        view.none("aws_xray_sampling_rule", layer="observability")
        view.none("aws_xray_group", layer="observability")
        return
    task = view.one("aws_ecs_task_definition", {"family": mentions("-backend")}, layer="service")
    environment = ("container_definitions", item(name="backend"), "environment")
    task.require(*environment, item(name="OTEL_TRACES_SAMPLER"), "value", equals("xray"))
    rule = view.one("aws_xray_sampling_rule", {"rule_name": mentions("-requests")}, layer="observability")
    rule.require("fixed_rate", at_most(1))
    for name, expression in (("-slow", "responsetime > 0.2"), ("-faults", "fault = true")):
        group = view.one("aws_xray_group", {"group_name": mentions(name)}, layer="observability")
        group.require("filter_expression", mentions(expression))


@instead(
    "2.5/3",
    environments=(DEV,),
    why="no trail, as dev has test data only; AWS keeps 90 days of the calls of each account without one",
)
def no_trail(view: View) -> None:
    """No trail."""
    view.none("aws_cloudtrail", layer="security")


@clause("2.5/3", "tests/modules/security/test_audit_trail.py")
def audit_trail(view: View) -> None:
    """The calls of all regions, in files that show whether they were changed, encrypted, in a bucket of their own."""
    trail = view.one("aws_cloudtrail", layer="security")
    for argument in (
        "enable_logging",
        "is_multi_region_trail",
        "include_global_service_events",
        "enable_log_file_validation",
    ):
        trail.require(argument, equals(value=True))
    trail.follow("kms_key_id", to="aws_kms_key")
    bucket = trail.follow_one("s3_bucket_name", to="aws_s3_bucket")
    where = {"bucket": view.refers_to(bucket)}
    lifecycle = view.one("aws_s3_bucket_lifecycle_configuration", where, layer="security")
    days = 2557 if view.environment == PROD else 90
    lifecycle.require("rule", "expiration", "days", equals(days))
