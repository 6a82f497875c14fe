"""Samples for the rules on names that two regions can answer for."""

from __future__ import annotations

from typing import Any, Final

from tests.compliance.samples import Sample, sample, stack

_HAS_CHECK = "record-of-two-regions-has-a-check"
_ONE_SERVES = "one-of-two-regions-serves"
_SERVING: Final = {
    "alarm_name": "acme-serving",
    "statistic": "Maximum",
    "period": 60,
    "treat_missing_data": "missing",
}
_ALARM: Final = {"aws_cloudwatch_metric_alarm.serving": _SERVING}
_CHECK: Final = {
    "type": "CLOUDWATCH_METRIC",
    "cloudwatch_alarm_name": "acme-serving",
    "cloudwatch_alarm_region": "us-west-2",
    "insufficient_data_health_status": "LastKnownStatus",
    "invert_healthcheck": False,
}
_RECORD: Final = {
    "name": "www.example.com",
    "type": "A",
    "alias": {"name": "lb", "evaluate_target_health": False},
    "set_identifier": "us-east-1",
    "latency_routing_policy": {"region": "us-east-1"},
    "health_check_id": "${aws_route53_health_check.check.id}",
}
_BALANCER: Final = {"type": "HTTPS", "fqdn": "${aws_lb.web.dns_name}"}


def _resources(record: dict[str, Any] = {}, check: dict[str, Any] = {}) -> dict[str, Any]:  # noqa: B006 (not changed)
    kept = {**_RECORD, **record}
    return {
        "aws_route53_record.www": {name: value for name, value in kept.items() if value is not None},
        "aws_route53_health_check.check": {**_CHECK, **check},
    }


_THERE: Final = stack(
    {**_resources({"set_identifier": "us-west-2"}, {"invert_healthcheck": True}), **_ALARM},
    layer="there",
    region="us-west-2",
)
_THERE_BY_NAME: Final = stack(
    {
        "aws_route53_record.www": _RECORD,
        "aws_route53_health_check.check": {"type": "HTTPS", "fqdn": "www.example.com"},
    },
    layer="there",
    region="us-west-2",
)
_AT: Final = "aws_route53_record.www"

SAMPLES = (
    *(
        sample(_HAS_CHECK, _resources(), _resources(bad), at=_AT, says=says, others=(_THERE,))
        for bad, says in (
            ({"latency_routing_policy": None}, "is a simple record"),
            ({"health_check_id": None}, "has no health_check_id"),
            ({"alias": {"name": "lb", "evaluate_target_health": True}}, "evaluate_target_health must be false"),
        )
    ),
    *(
        sample(_ONE_SERVES, _resources(), _resources(check=bad), at=_AT, says=says, others=(_THERE,))
        for bad, says in (
            ({"invert_healthcheck": True}, "no check, or each, is inverted"),
            ({"cloudwatch_alarm_name": "other"}, "have another cloudwatch_alarm_name"),
            ({"cloudwatch_alarm_region": "us-east-1"}, "have another cloudwatch_alarm_region"),
            ({"insufficient_data_health_status": "Healthy"}, "must be LastKnownStatus"),
            ({"disabled": True}, "a disabled check is healthy"),
            ({"type": "HTTPS", "fqdn": "lb"}, "its check is about an alarm and that of the other region is not"),
        )
    ),
    *(
        Sample(
            rule=_ONE_SERVES,
            good=stack({**_resources(), "aws_cloudwatch_metric_alarm.serving": _SERVING}, region="us-west-2"),
            bad=stack({**_resources(), "aws_cloudwatch_metric_alarm.serving": {**_SERVING, **bad}}, region="us-west-2"),
            at=_AT,
            says=says,
            others=(stack(_resources(check={"invert_healthcheck": True}), layer="home"),),
        )
        for bad, says in (
            ({"statistic": None, "extended_statistic": "p99"}, "no alarm on metric math or an extended statistic"),
            ({"statistic": None, "metric_query": [{}]}, "no alarm on metric math or an extended statistic"),
            ({"period": 10}, "no alarm on a high-resolution metric"),
            ({"treat_missing_data": "breaching"}, "missing data must not switch the traffic"),
        )
    ),
    sample(
        _ONE_SERVES,
        _resources(check={"type": "HTTPS", "fqdn": "east.example.com"}),
        _resources(check={"type": "HTTPS", "fqdn": "www.example.com"}),
        at=_AT,
        says="both checks ask the same name",
        others=(_THERE_BY_NAME,),
    ),
    sample(
        _ONE_SERVES,
        {"aws_route53_record.www": _RECORD, "aws_route53_health_check.check": _BALANCER},
        _resources(),
        at=_AT,
        says="its check is about an alarm and that of the other region is not",
        others=(
            stack(
                {"aws_route53_record.www": _RECORD, "aws_route53_health_check.check": _BALANCER},
                layer="there",
                region="us-west-2",
            ),
        ),
    ),
    sample(
        _ONE_SERVES,
        {"aws_route53_record.www": {**_RECORD, "name": "other.example.com"}, "aws_route53_health_check.check": _CHECK},
        _resources(),
        at=_AT,
        says="no stack of the environment in us-west-2 has the alarm acme-serving",
        others=(
            stack(
                _resources({"set_identifier": "us-west-2"}, {"invert_healthcheck": True}),
                layer="there",
                region="us-west-2",
            ),
        ),
    ),
)
