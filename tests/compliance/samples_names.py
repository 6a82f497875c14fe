"""Samples of names that two resources have."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import Sample, sample, stack

_RULE = "name-is-used-once"


def _two(good: dict[str, Any], bad: dict[str, Any], other: dict[str, Any], *, says: str, region: str) -> Sample:
    """A resource of a stack in us-west-2, and the same in another stack."""
    others = stack(other, layer="drills", region=region)
    return Sample(
        rule=_RULE,
        good=stack(good, region="us-west-2"),
        bad=stack(bad, region="us-west-2"),
        others=(others,),
        at=next(iter(bad)),
        says=says,
    )


_GROUP = {"aws_cloudwatch_log_group.g": {"name": "/acme/test/flow-logs"}}
_ROLE = {"aws_iam_role.r": {"name": "acme-test-flow-logs"}}
_ALIASED: dict[str, Any] = {
    "provider": {"aws": [{"region": "us-east-1"}, {"alias": "there", "region": "us-west-2"}]},
}
_TOPIC = {"name": "acme-test-critical"}


def _alarm(name: str) -> dict[str, Any]:
    return {"alarm_name": f"acme-test-{name}"}


SAMPLES = (
    _two(
        {"aws_cloudwatch_log_group.f": {"name": "/acme/test/drills-flow-logs"}},
        {"aws_cloudwatch_log_group.f": {"name": "/acme/test/flow-logs"}},
        _GROUP,
        region="us-west-2",
        says="another log group in us-west-2 has the name /acme/test/flow-logs, too",
    ),
    # The same name in another region is another log group, and the same role.
    _two(
        {"aws_cloudwatch_log_group.f": {"name": "/acme/test/flow-logs"}},
        {"aws_iam_role.f": {"name": "acme-test-flow-logs"}},
        {**_GROUP, **_ROLE},
        region="us-east-1",
        says="another role in some region has the name acme-test-flow-logs, too",
    ),
    sample(
        _RULE,
        {"aws_cloudwatch_metric_alarm.a": _alarm("origin"), "aws_cloudwatch_composite_alarm.b": _alarm("nearest")},
        {"aws_cloudwatch_metric_alarm.a": _alarm("origin"), "aws_cloudwatch_composite_alarm.b": _alarm("origin")},
        says="another alarm in us-east-1 has the name acme-test-origin, too",
    ),
    sample(
        _RULE,
        {"aws_db_instance.a": {"identifier": "acme-test-a"}, "aws_docdb_cluster_instance.b": {"identifier": "b"}},
        {
            "aws_db_instance.a": {"identifier": "acme-test-a"},
            "aws_docdb_cluster_instance.b": {"identifier": "acme-test-a"},
        },
        says="another database instance",
    ),
    sample(
        _RULE,
        {"aws_sns_topic.a": _TOPIC, "aws_sns_topic.b": {**_TOPIC, "provider": "aws.there"}},
        {"aws_sns_topic.a": _TOPIC, "aws_sns_topic.b": _TOPIC},
        says="another topic in us-east-1",
        **_ALIASED,
    ),
    # A name that is known only when it is made is compared with none.
    sample(
        _RULE,
        {"aws_kms_alias.a": {"name": "${local.a}"}, "aws_kms_alias.b": {"name": "${local.a}"}},
        {"aws_kms_alias.a": {"name": "alias/a"}, "aws_kms_alias.b": {"name": "alias/a"}},
        says="another alias of a key",
    ),
)
