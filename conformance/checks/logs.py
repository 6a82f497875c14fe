"""CloudWatch, X-Ray, CloudTrail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.clause import DEV, PROD, PRODUCTION_LIKE, STAGING, clause
from conformance.expect import equals, mentions, one_of
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
    environments=("staging",),
    differs=(
        "optional: `[observability.tracing]` of an environment turns it on, and says how many requests are traced"
    ),
)
def tracing(view: View) -> None:
    """A collector beside the backend, rules of sampling, and groups of slow and failed requests."""
    task = view.one("aws_ecs_task_definition", {"family": mentions("-backend")}, layer="service")
    environment = ("container_definitions", item(name="backend"), "environment")
    task.require(*environment, item(name="OTEL_TRACES_SAMPLER"), "value", equals("xray"))
    rule = view.one("aws_xray_sampling_rule", {"rule_name": mentions("-requests")}, layer="observability")
    rule.require("fixed_rate", equals(0.5))
    for name, expression in (("-slow", "responsetime > 0.2"), ("-faults", "fault = true")):
        group = view.one("aws_xray_group", {"group_name": mentions(name)}, layer="observability")
        group.require("filter_expression", mentions(expression))


@clause(
    "2.5/3",
    "tests/modules/security/test_audit_trail.py",
    environments=PRODUCTION_LIKE,
    differs=("dev has test data only; AWS keeps 90 days of calls of each account without a trail"),
)
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
