"""Alarms, metrics, logs, dashboards, canaries and traces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pricing.charge import Charge, Gap, Item, Site, prices
from pricing.prices import HOURS_PER_MONTH
from pricing.resource import number
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.resource import Billable

_ALARMS: Final = "alarms"
_LOGS: Final = "logs"
_METRICS: Final = "metrics"
_TRACES: Final = "X-Ray"
_MINUTE: Final = 60
_DAYS_PER_MONTH: Final = HOURS_PER_MONTH / 24
_KEPT_MONTHS: Final = 12
"""How many months of a log are counted that is kept for ever."""


@prices("aws_cloudwatch_metric_alarm")
def alarm(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001 (all have these parameters)
    """Each metric of its expression; a period below a minute and anomaly detection cost more.

    https://aws.amazon.com/cloudwatch/pricing/
    """
    queries = resource.blocks("metric_query")
    metrics = [metric for query in queries for metric in blocks(query.get("metric"))]
    periods = [number(metric.get("period")) for metric in metrics] or [resource.number("period")]
    is_fast = any(period is not None and period < _MINUTE for period in periods)
    if any("ANOMALY_DETECTION_BAND" in str(query.get("expression") or "") for query in queries):
        price = "alarm_anomaly_high_resolution" if is_fast else "alarm_anomaly"
        yield Charge(component=_ALARMS, price=price, quantity=1)
        return
    if any("SELECT" in str(query.get("expression") or "").upper().split() for query in queries):
        yield Gap(component=_ALARMS, reason="the number of metrics of its query is not known, at 0.10 USD each")
        return
    price = "alarm_high_resolution" if is_fast else "alarm"
    yield Charge(component=_ALARMS, price=price, quantity=len(metrics) or 1)


@prices("aws_cloudwatch_composite_alarm")
def composite_alarm(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """Each costs the same, whatever its rule."""
    yield Charge(component=_ALARMS, price="composite_alarm", quantity=1)


@prices("aws_cloudwatch_log_metric_filter")
def metric_filter(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """The custom metric that it makes; with dimensions it may make more."""
    yield Charge(component=_METRICS, price="metric", quantity=1)


@prices("aws_cloudwatch_metric_stream", "aws_cloudwatch_contributor_insight_rule")
def stream(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """Charged by what passes through it."""
    yield Gap(component=_METRICS, reason=f"{resource.kind} has no price")


@prices("aws_cloudwatch_dashboard")
def dashboard(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """Three of an account are free."""
    yield Charge(component="dashboards", price="dashboard", quantity=1)


@prices("aws_cloudwatch_log_group")
def log_group(resource: Billable, site: Site) -> Iterator[Item]:
    """What is written to it and stored; flow logs are charged where they are made."""
    written, is_flow_log = _written_gib(resource, site)
    is_infrequent = resource.text("log_group_class") == "INFREQUENT_ACCESS"
    if not is_flow_log:
        price = "logs_infrequent_ingested" if is_infrequent else "logs_ingested"
        yield Charge(component=_LOGS, price=price, quantity=written, is_usage=True)
    days = resource.number("retention_in_days") or 0
    months = days / _DAYS_PER_MONTH if days else _KEPT_MONTHS
    stored = written * months * site.usage.stored_log_percent / 100
    yield Charge(component=_LOGS, price="logs_stored", quantity=stored, is_usage=True)


@prices("aws_synthetics_canary")
def canary(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """Its runs.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_cron.html
    """
    expression = str(resource.block("schedule").get("expression") or "")
    found = re.fullmatch(r"rate\(([0-9]+) (minute|hour)s?\)", expression)
    if not found:
        yield Gap(component="canaries", reason=f'the runs of the schedule "{expression}" are not known')
        return
    minutes = int(found[1]) * (_MINUTE if found[2] == "hour" else 1)
    if resource.get("start_canary") is not False and minutes:
        yield Charge(component="canaries", price="canary_run", quantity=HOURS_PER_MONTH * _MINUTE / minutes)


@prices("aws_xray_sampling_rule")
def sampling_rule(resource: Billable, site: Site) -> Iterator[Item]:
    """The traces of requests that it samples."""
    share = resource.number("fixed_rate") or 0
    rules = [each for each in site.inventory.all("aws_xray_sampling_rule") if each.number("fixed_rate")]
    if share:
        traces = site.usage.requests_million * site.usage.traces_per_request * share / len(rules)
        yield Charge(component=_TRACES, price="traces", quantity=traces, is_usage=True)


@prices("aws_xray_group")
def trace_group(resource: Billable, site: Site) -> Iterator[Item]:
    """Insights look at the recorded traces; a group alone is free."""
    if resource.block("insights_configuration").get("insights_enabled") is True:
        share = max(
            (each.number("fixed_rate") or 0 for each in site.inventory.all("aws_xray_sampling_rule")), default=0
        )
        traces = site.usage.requests_million * site.usage.traces_per_request * share
        yield Charge(component=_TRACES, price="trace_insights", quantity=traces, is_usage=True)


@prices("aws_cloudwatch_log_delivery")
def log_delivery(resource: Billable, site: Site) -> Iterator[Item]:
    """Logs of CloudFront: free in S3 as text; CloudWatch and Parquet cost."""
    for destination in site.inventory.referred(
        resource, "delivery_destination_arn", "aws_cloudwatch_log_delivery_destination"
    ):
        if destination.text("output_format") == "parquet":
            quantity = site.usage.firewall_log_gib
            yield Charge(component=_LOGS, price="vended_logs_parquet", quantity=quantity, is_usage=True)


_ONLY_WHEN_USED: Final = "/tunnel-into-databases"
"""The end of the name of the log of `make tunnel`: its task writes two lines, and only while somebody uses it."""


def _written_gib(group: Billable, site: Site) -> tuple[float, bool]:
    """GiB a month, and whether it is a flow log."""
    usage, inventory = site.usage, site.inventory
    if inventory.referring(group, "log_destination", "aws_flow_log"):
        return usage.flow_log_gib, True
    if inventory.referring(group, "cloud_watch_logs_group_arn", "aws_cloudtrail"):
        return usage.trail_log_gib, False
    if group.text("name").endswith(_ONLY_WHEN_USED):
        return 0, False
    if any(each.stack == group.stack and _logs_to(each, group) for each in inventory.all("aws_ecs_task_definition")):
        return usage.service_log_gib, False
    name = group.text("name")
    by_start = {
        "aws-waf-logs-": usage.firewall_log_gib,
        "/aws/ecs/containerinsights/": usage.insights_log_gib,
        "/aws/rds/instance/": usage.database_log_gib,
        "/aws/docdb/": usage.database_log_gib,
    }
    found = next((gib for start, gib in by_start.items() if name.startswith(start)), usage.log_gib)
    return (usage.log_gib if name.endswith("/upgrade") else found), False


def _logs_to(definition: Billable, group: Billable) -> bool:
    containers, name = definition.text("container_definitions"), group.text("name")
    is_referred = group.address in definition.references.get("container_definitions", ())
    return is_referred or (bool(name) and f'"{name}"' in containers)
