"""Samples for the rules on dashboards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.compliance.samples import Sample, backend, reads, sample, stack

if TYPE_CHECKING:
    from synthesis.manifest import Stack

_OVERLAP = "dashboard-widgets-do-not-overlap"
_METRICS = "dashboard-shows-metrics-of-the-environment"
_AT = "aws_cloudwatch_dashboard.service"
_SERVICE = "${aws_ecs_service.api.name}"
_CLUSTER = "${aws_ecs_cluster.main.name}"
_FILTER = {"metric_transformation": {"namespace": "acme-prod/audit", "name": "sign-ins", "value": "1"}}

_PUBLISHES = {
    "Effect": "Allow",
    "Action": "cloudwatch:PutMetricData",
    "Resource": "*",
    "Condition": {"StringEquals": {"cloudwatch:namespace": "acme-prod/images"}},
}


def _dashboard(*widgets: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        _AT: {"dashboard_name": "service", "dashboard_body": json.dumps({"widgets": widgets})},
        "aws_ecs_service.api": {"name": "api"},
        "aws_ecs_cluster.main": {"name": "main"},
        "aws_cloudwatch_log_metric_filter.sign-ins": _FILTER,
        "aws_iam_role_policy.scans": {"policy": json.dumps({"Statement": [_PUBLISHES]})},
        "aws_wafv2_web_acl.site": {"visibility_config": {"metric_name": "site"}},
    }


def _widget(title: str, x: int, y: int, *, width: int = 12, height: int = 6, **properties: Any) -> dict[str, Any]:
    size = {"x": x, "y": y, "width": width, "height": height}
    return {"type": "metric", **size, "properties": {"title": title, "region": "us-east-1", **properties}}


def _metric(*words: str, region: str = "us-east-1", **options: Any) -> dict[str, dict[str, Any]]:
    return _dashboard(_widget("CPU", 0, 0, region=region, metrics=[[*words, options]]))


def _cpu(*, service: str = _SERVICE, name: str = "CPUUtilization", **more: Any) -> dict[str, dict[str, Any]]:
    return _metric("AWS/ECS", name, "ClusterName", _CLUSTER, "ServiceName", service, **more)


def _search(name: str) -> dict[str, dict[str, Any]]:
    search = f"SEARCH('{{AWS/Billing,Currency,ServiceName}} MetricName=\"{name}\"', 'Maximum', 21600)"
    return _dashboard(_widget("charges", 0, 0, metrics=[[{"expression": search, "id": "s1"}]]))


def _blocked(web_acl: str) -> dict[str, dict[str, Any]]:
    return _metric("AWS/WAFV2", "BlockedRequests", "WebACL", web_acl, "Rule", "ALL", stat="Sum")


_OF_ANOTHER = "${{data.terraform_remote_state.{}.outputs.name}}"


def _web(layer: str, region: str) -> Stack:
    return stack(
        {"aws_ecs_service.web": {"name": "web"}},
        layer=layer,
        region=region,
        terraform=backend(layer),
        output={"name": {"value": "${aws_ecs_service.web.name}"}},
    )


def _global(region: str) -> dict[str, dict[str, Any]]:
    """A check of Route 53, from a stack in another region, on a dashboard of this one."""
    check = _OF_ANOTHER.format("far").replace("name", "id")
    return _metric("AWS/Route53", "HealthCheckStatus", "HealthCheckId", check, stat="Minimum", region=region)


def _checks() -> Stack:
    return stack(
        {"aws_route53_health_check.far": {}},
        layer="far",
        region="eu-west-1",
        terraform=backend("far"),
        output={"id": {"value": "${aws_route53_health_check.far.id}"}},
    )


SAMPLES: tuple[Sample, ...] = (
    *(
        sample(
            _OVERLAP,
            _dashboard(_widget("a", 0, 0), _widget("b", 12, 0), _widget("c", 0, 6, width=24)),
            _dashboard(*widgets),
            at=_AT,
            says=says,
        )
        for widgets, says in (
            ((_widget("a", 0, 0), _widget("b", 11, 0)), "a and b overlap"),
            ((_widget("a", 0, 0), _widget("b", 12, 0), _widget("c", 6, 5)), "b and c overlap"),
            ((_widget("a", 13, 0),), "a is not within the 24 columns"),
            ((_widget("a", 0, 0, height=0),), "a is not within the 24 columns"),
        )
    ),
    *(
        sample(_METRICS, good, bad, at=_AT, says=says)
        for good, bad, says in (
            (_cpu(stat="Average"), _cpu(stat="Sum"), "CPU: AWS/ECS CPUUtilization has the statistic Sum"),
            (_cpu(), _cpu(name="CpuUtilization"), "AWS/ECS CpuUtilization is not in compliance/cloudwatch_metrics.py"),
            (_cpu(), _metric("AWS/ECS", "CPUUtilization"), "has the dimensions {}"),
            (_cpu(), _cpu(service="${aws_ecs_service.gone.name}"), "which refers to no resource of the environment"),
            (_cpu(service="api"), _cpu(service="apo"), 'has ServiceName = "apo", which is not a name of a resource in'),
            (_cpu(), _cpu(region="eu-west-1"), "is shown in eu-west-1, but aws_ecs_cluster.main is in us-east-1"),
            (_blocked("site"), _blocked("gone"), 'has WebACL = "gone", which is not a name of a resource in us-east-1'),
            (_search("EstimatedCharges"), _search("Charges"), "AWS/Billing Charges is not in compliance"),
            (
                _metric("AWS/Billing", "EstimatedCharges", "Currency", "USD", stat="Maximum"),
                _metric("AWS/Billing", "EstimatedCharges", "Currency", "EUR", stat="Maximum"),
                'its value must be "USD"',
            ),
            (
                _metric("acme-prod/audit", "sign-ins", stat="Sum"),
                _metric("acme-prod/audit", "sign-in", stat="Sum"),
                "acme-prod/audit sign-in is created by no metric filter in us-east-1",
            ),
            (
                _metric("acme-prod/images", "AgeDays", stat="Maximum"),
                _metric("acme-prod/image", "AgeDays", stat="Maximum"),
                "AgeDays is created by no metric filter in us-east-1, and no role may publish it",
            ),
            (
                _metric("acme-prod/audit", "sign-ins", stat="Sum"),
                _metric("acme-prod/audit", "sign-ins", stat="Sum", region="eu-west-1"),
                "is created by no metric filter in eu-west-1",
            ),
        )
    ),
    sample(
        _METRICS,
        _cpu(service=_OF_ANOTHER.format("near")),
        _cpu(service=_OF_ANOTHER.format("far")),
        at=_AT,
        says="is shown in us-east-1, but aws_ecs_service.web is in eu-west-1",
        others=(_web("near", "us-east-1"), _web("far", "eu-west-1")),
        data=reads("near", "far"),
    ),
    sample(
        _METRICS,
        _global("us-east-1"),
        _global("eu-west-1"),
        at=_AT,
        says="HealthCheckStatus is shown in eu-west-1, but AWS publishes it in us-east-1",
        others=(_checks(),),
        data=reads("far"),
    ),
    sample(
        _METRICS,
        _global("us-east-1"),
        _metric("AWS/Route53", "HealthCheckStatus", "HealthCheckId", "gone", stat="Minimum"),
        at=_AT,
        says='has HealthCheckId = "gone", which is not a name of a resource in any region',
        others=(_checks(),),
        data=reads("far"),
    ),
)
