"""Each alarm watches the metric of one rule in the region where S3 publishes it, and is silent without copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modules.errors import WiringError
from modules.recovery.replication_alarms import add_failure_alarm, add_latency_alarm
from tests.modules.recovery.regions import THERE
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from modules.alarm import Alarm
    from modules.label import Label

BUCKETS = {"component": "backups", "source": "the-backups", "target": "the-copies"}
RULE = {"SourceBucket": "the-backups", "DestinationBucket": "the-copies", "RuleId": "copy"}
ADDED_IN = {add_latency_alarm: THERE, add_failure_alarm: LABEL}


def alarm(add: Callable[..., Alarm], *, label: Label, topics_label: Label | None = None) -> dict[str, Any]:
    stack = new_stack()
    add(stack, "alarm", label=label, topics=topics_in(stack, label=topics_label or label), **BUCKETS)
    return Template.of(stack).only("aws_cloudwatch_metric_alarm")


def test_copies_are_late_after_the_minutes_that_s3_promises() -> None:
    late = alarm(add_latency_alarm, label=THERE)
    assert late["alarm_name"] == "user-management-test-backups-copies-late"
    assert (late["namespace"], late["metric_name"]) == ("AWS/S3", "ReplicationLatency")
    # In seconds; the one that is late counts, not the average.
    assert (late["statistic"], late["comparison_operator"], late["threshold"]) == (
        "Maximum",
        "GreaterThanThreshold",
        15 * 60,
    )


def test_one_copy_that_s3_gave_up_is_enough() -> None:
    failed = alarm(add_failure_alarm, label=LABEL)
    assert failed["alarm_name"] == "user-management-test-backups-copies-failed"
    assert (failed["namespace"], failed["metric_name"]) == ("AWS/S3", "OperationsFailedReplication")
    assert (failed["statistic"], failed["comparison_operator"], failed["threshold"]) == (
        "Sum",
        "GreaterThanOrEqualToThreshold",
        1,
    )


@pytest.mark.parametrize(("add", "label"), ADDED_IN.items())
def test_it_is_about_one_rule_and_looks_at_five_minutes(add: Callable[..., Alarm], label: Label) -> None:
    found = alarm(add, label=label)
    assert found["dimensions"] == RULE
    assert (found["period"], found["evaluation_periods"], found["datapoints_to_alarm"]) == (300, 1, 1)


@pytest.mark.parametrize(("add", "label"), ADDED_IN.items())
def test_a_bucket_in_which_nothing_changes_is_no_fault(add: Callable[..., Alarm], label: Label) -> None:
    assert alarm(add, label=label)["treat_missing_data"] == "notBreaching"


@pytest.mark.parametrize(("add", "label"), ADDED_IN.items())
def test_a_person_is_told_during_working_hours_which_bucket_it_is_and_what_to_do(
    add: Callable[..., Alarm], label: Label
) -> None:
    found = alarm(add, label=label)
    (topic,) = found["alarm_actions"]
    assert topic.startswith("${aws_sns_topic.topics_warning_")
    assert found["ok_actions"] == [topic]
    assert " the-backups " in found["alarm_description"]
    assert found["alarm_description"].endswith(". Runbook: docs/runbooks.md#file-copies")


@pytest.mark.parametrize(
    ("add", "label", "other"), [(add_latency_alarm, THERE, LABEL), (add_failure_alarm, LABEL, THERE)]
)
def test_its_topics_are_those_of_the_region_of_its_metric(
    add: Callable[..., Alarm], label: Label, other: Label
) -> None:
    with pytest.raises(WiringError, match=f"an alarm in {label.region} cannot use the topics in {other.region}"):
        alarm(add, label=label, topics_label=other)
