"""Samples for the rules on metrics, on late data and on the alarms that a deployment watches."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import Sample, sample, stack


def _alarm(
    expression: str,
    needed: int | None,
    window: int,
    *,
    comparison: str = "GreaterThanOrEqualToThreshold",
    seconds: int = 60,
) -> Any:
    return {
        "aws_cloudwatch_metric_alarm.one": {
            "comparison_operator": comparison,
            "threshold": 1,
            "datapoints_to_alarm": needed,
            "evaluation_periods": window,
            "metric_query": [
                {"id": "value", "expression": expression, "return_data": True},
                {"id": "a", "return_data": False, "metric": {"metric_name": "RequestCount", "period": seconds}},
            ],
        }
    }


def _below(expression: str, needed: int, window: int) -> Any:
    return _alarm(expression, needed, window, comparison="LessThanThreshold")


def _scaling(expression: str) -> Any:
    metrics = [{"id": "total", "expression": expression, "return_data": True}]
    specification = {"customized_metric_specification": {"metrics": metrics}}
    return {"aws_appautoscaling_policy.requests": {"target_tracking_scaling_policy_configuration": specification}}


def _single(name: str, statistic: str = "Sum", *, space: str = "AWS/NATGateway", **dimensions: str) -> Any:
    metric = {"namespace": space, "metric_name": name, "dimensions": dimensions or {"NatGatewayId": "${nat}"}}
    argument = "extended_statistic" if statistic.startswith("p") else "statistic"
    return {"aws_cloudwatch_metric_alarm.one": metric | {argument: statistic}}


def _of_route_53() -> Any:
    return _single("HealthCheckStatus", "Minimum", space="AWS/Route53", HealthCheckId="${check}")


def _query(name: str) -> Any:
    metric = {"namespace": "AWS/ECS", "metric_name": name, "stat": "Average", "dimensions": {"ClusterName": "c"}}
    return {"aws_cloudwatch_metric_alarm.one": {"metric_query": [{"expression": "a"}, {"metric": metric}]}}


def _scaling_on(*dimensions: str) -> Any:
    metric = {
        "namespace": "AWS/ApplicationELB",
        "metric_name": "RequestCountPerTarget",
        "dimensions": [{"name": name, "value": "x"} for name in dimensions],
    }
    specification = {
        "customized_metric_specification": {"metrics": [{"metric_stat": {"metric": metric, "stat": "Sum"}}]}
    }
    return {"aws_appautoscaling_policy.requests": {"target_tracking_scaling_policy_configuration": specification}}


_OWN: dict[str, dict[str, Any]] = {
    "aws_cloudwatch_metric_alarm.own": {"metric_query": [{"metric": {"metric_name": "HTTPCode_ELB_5XX_Count"}}]},
    "aws_cloudwatch_metric_alarm.errors": {"metric_name": "HTTPCode_Target_5XX_Count"},
}
_OWN_NAME, _ERRORS_NAME = (f"${{{address}.alarm_name}}" for address in _OWN)


def _service(*names: str) -> dict[str, dict[str, Any]]:
    return {
        "aws_ecs_service.api": {"load_balancer": [{}], "alarms": {"enable": True, "alarm_names": list(names)}}
    } | _OWN


def _group(*names: str) -> dict[str, dict[str, Any]]:
    group = {"alarm_configuration": {"enabled": True, "alarms": list(names)}}
    return {
        "aws_codedeploy_deployment_group.api": group | {"load_balancer_info": {"target_group_pair_info": {}}}
    } | _OWN


_LATE = "alarm-waits-for-late-data"
_EXISTS = "metric-exists"
SAMPLES: tuple[Sample, ...] = (
    *(
        sample(_EXISTS, good, bad, says=says)
        for good, bad, says in (
            (
                _single("ErrorPortAllocation"),
                _single("PortAllocationErrors"),
                "PortAllocationErrors is not in compliance/cloudwatch_metrics.py; of that namespace it has Active",
            ),
            (
                _single("dead", space="acme-prod/audit"),
                _single("ErrorPortAllocation", space="AWS/NatGateway"),
                "it has none of that namespace",
            ),
            (
                _single("ErrorPortAllocation"),
                _single("ErrorPortAllocation", GatewayId="x"),
                "has the dimensions {GatewayId}; AWS publishes it with {NatGatewayId}",
            ),
            (
                _single("ErrorPortAllocation"),
                _single("ErrorPortAllocation", "p95"),
                "has the statistic p95; only Sum mean",
            ),
            (_query("CPUUtilization"), _query("CpuUtilization"), "AWS/ECS CpuUtilization is not in"),
            (_scaling_on("TargetGroup"), _scaling_on("AvailabilityZone"), "has the dimensions {AvailabilityZone}"),
        )
    ),
    Sample(
        rule=_EXISTS,
        good=stack(_of_route_53(), region="us-east-1"),
        bad=stack(_of_route_53(), region="eu-west-1"),
        at="aws_cloudwatch_metric_alarm.one",
        says="AWS/Route53 HealthCheckStatus is published in us-east-1, not in eu-west-1",
    ),
    *(
        sample(_LATE, good, bad, says=says)
        for good, bad, says in (
            (
                _alarm("FILL(a, 0)", 3, 5),
                _alarm("FILL(a, 0)", 3, 4),
                "3 of 4 values alarm, and the newest of FILL(a, 0) are its filler, which does not breach the threshold",
            ),
            # In five minutes the newest value has data; in two, one value is late.
            (
                _alarm("FILL(a, 0)", 1, 1, seconds=300),
                _alarm("FILL(a, 0)", 1, 1, seconds=120),
                "evaluation_periods must be 2 or more",
            ),
            (_alarm("FILL(a, REPEAT)", 3, 3), _alarm("FILL(a, 0)", None, 3), "evaluation_periods must be 5 or more"),
            (_below("FILL(a, 0)", 5, 5), _below("FILL(a, 0)", 3, 5), "datapoints_to_alarm must be 5 or more"),
            (
                _below("IF(FILL(a, 0) > 0, FILL(b, 0), 1)", 3, 5),
                _below("IF(FILL(a, 0) > 0, FILL(b, 0), 1)", 5, 5),
                "evaluation_periods must be 7 or more",
            ),
            (_alarm("RATE(FILL(a, 0))", 5, 7), _alarm("RATE(FILL(a, 0))", 5, 6), "must be 7 or more"),
            (_alarm("RATE(FILL(a, 0))", 5, 7), _alarm("RATE(FILL(a, 0))", 4, 6), "must be 5 or more"),
            (_alarm("a", 3, 3), _alarm("FILL(a, 1)", 3, 3), "breaches the threshold, so late data alarm"),
        )
    ),
    sample(
        "scaling-waits-for-late-data",
        _scaling("SUM([blue, green])"),
        _scaling("FILL(blue, 0) + FILL(green, 0)"),
        says="FILL(blue, 0) + FILL(green, 0) is its filler in the newest minute",
    ),
    *(
        sample("deployment-watches-the-load-balancer", make(_ERRORS_NAME, _OWN_NAME), make(*bad), says=says)
        for make in (_service, _group)
        for bad, says in (
            ((_ERRORS_NAME,), "has no alarm on HTTPCode_ELB_5XX_Count of its load balancer"),
            ((_OWN_NAME, *(_ERRORS_NAME for _ in range(10))), "watches 11 alarms, AWS accepts at most 10"),
        )
    ),
)
