"""Dashboards: widgets that can be seen, and metrics that exist and are of this environment."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from compliance.cloudwatch_metrics import constant_of, is_of_aws, problem_of, region_of
from compliance.dashboards import widgets_of
from compliance.own_metrics import published_namespaces
from compliance.references import of_same_environment, referred
from compliance.rule import Finding, rule, rule_with_others
from synthesis.template import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.dashboards import ShownMetric
    from synthesis.manifest import Stack

_KIND = "aws_cloudwatch_dashboard"
_CONSTANTS = {
    # https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
    ("AWS/WAFV2", "Rule", "ALL"),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html
    ("AWS/RDS", "TargetGroup", "default"),
    ("AWS/RDS", "TargetRole", "READ_WRITE"),
}
"""Values of dimensions that are no names of resources."""


@rule
def dashboard_widgets_do_not_overlap(stack: Stack) -> Iterator[Finding]:
    """Every widget of a dashboard is within its 24 columns, and none covers another."""
    for dashboard in stack.all(_KIND):
        widgets = widgets_of(dashboard)
        for widget in widgets:
            if not widget.is_on_the_grid:
                yield Finding.about(dashboard, f"{widget.title} is not within the 24 columns")
        for one, other in combinations(widgets, 2):
            if one.overlaps(other):
                yield Finding.about(dashboard, f"{one.title} and {other.title} overlap")


@rule_with_others
def dashboard_shows_metrics_of_the_environment(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Every metric on a dashboard is documented, and each of its dimensions is a resource of the environment."""
    for dashboard in stack.all(_KIND):
        for widget in widgets_of(dashboard):
            for metric in widget.metrics():
                for problem in _problems(metric, stack, stacks):
                    yield Finding.about(dashboard, f"{widget.title}: {metric.namespace} {metric.name} {problem}")


def _problems(metric: ShownMetric, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[str]:
    dimensions = dict(metric.dimensions)
    if metric.is_search:
        constants = {name: constant_of(metric.namespace, metric.name, name) for name in dimensions}
        dimensions |= {name: value for name, value in constants.items() if value}
    if problem := problem_of(
        namespace=metric.namespace, name=metric.name, dimensions=dimensions, statistic=metric.statistic
    ):
        yield problem
    elif (
        not is_of_aws(metric.namespace)
        and not _is_filtered(metric, stack, stacks)
        and metric.namespace not in published_namespaces(stack, stacks)
    ):
        yield f"is created by no metric filter in {metric.region}, and no role may publish it"
    if metric.is_search:
        return
    only = region_of(metric.namespace, metric.name)
    if only not in {None, metric.region}:
        yield f"is shown in {metric.region}, but AWS publishes it in {only}"
        return
    for name, value in metric.dimensions.items():
        if not _is_constant(metric, name, value):
            yield from _dimension_problems(name, value, None if only else metric.region, stack, stacks)


def _is_constant(metric: ShownMetric, name: str, value: str) -> bool:
    is_region = name == "Region" and value == metric.region
    always = constant_of(metric.namespace, metric.name, name)
    return is_region or value == always or (metric.namespace, name, value) in _CONSTANTS


def _dimension_problems(
    name: str, value: str, region: str | None, stack: Stack, stacks: Mapping[str, Stack]
) -> Iterator[str]:
    """What is wrong with a dimension; `region` is that of its resource, None if it is of a service that is in none."""
    if "${" not in value:
        if not _is_an_argument(value, region, stack, stacks):
            yield f'has {name} = "{value}", which is not a name of a resource in {region or "any region"}'
        return
    found = list(referred(value, stack, stacks))
    if not found:
        yield f"has {name} = {value}, which refers to no resource of the environment"
    for owner, resource in found:
        if owner.environment != stack.environment:
            yield f"has {name} = {value}, a resource of {owner.environment}"
        elif region not in {None, owner.region}:
            yield f"is shown in {region}, but {resource.address} is in {owner.region}"


def _is_an_argument(value: str, region: str | None, stack: Stack, stacks: Mapping[str, Stack]) -> bool:
    return any(
        value == text
        for other in of_same_environment(stack, stacks)
        if region in {None, other.region}
        for resource in other.all()
        if resource.kind != _KIND
        for _, text in texts(dict(resource.arguments))
    )


def _is_filtered(metric: ShownMetric, stack: Stack, stacks: Mapping[str, Stack]) -> bool:
    return any(
        (made.get("namespace"), made.get("name")) == (metric.namespace, metric.name)
        for other in of_same_environment(stack, stacks)
        if other.region == metric.region
        for metric_filter in other.all("aws_cloudwatch_log_metric_filter")
        for made in [metric_filter.block("metric_transformation")]
    )
