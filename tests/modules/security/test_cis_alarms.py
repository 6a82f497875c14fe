"""Every control of the benchmark has a metric filter and an alarm on its metric."""

from __future__ import annotations

import pytest

from modules.key import Key
from modules.log_group import LogGroup
from modules.security.cis_alarms import CONTROLS, CisAlarms
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
PATTERN_LENGTH = 1024


@pytest.fixture(scope="module")
def plain() -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="audit", description="Audit", protect=True)
    group = LogGroup(stack, "group", label=LABEL, name="/user-management/test/audit", retention_days=90, key=key)
    CisAlarms(stack, "alarms", label=LABEL, log_group=group, topics=topics_in(stack))
    return Template.of(stack)


def test_the_benchmark_has_fifteen_controls() -> None:
    assert [control.number for control in CONTROLS] == [f"4.{number}" for number in range(1, 16)]
    assert len({control.id for control in CONTROLS}) == len(CONTROLS)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_no_pattern_is_longer_than_aws_allows(control: object) -> None:
    assert len(control.pattern) <= PATTERN_LENGTH  # type: ignore[attr-defined]


def test_every_alarm_reads_the_metric_of_its_own_filter(plain: Template) -> None:
    filters = plain.all("aws_cloudwatch_log_metric_filter").values()
    made = {(f["metric_transformation"]["namespace"], f["metric_transformation"]["name"]) for f in filters}
    read = {(a["namespace"], a["metric_name"]) for a in plain.all("aws_cloudwatch_metric_alarm").values()}
    assert made == read
    assert len(made) == len(CONTROLS)


def test_calls_of_services_for_the_root_user_do_not_alarm(plain: Template) -> None:
    pattern = plain.named("aws_cloudwatch_log_metric_filter.alarms_root-use")["pattern"]
    assert '$.userIdentity.type = "Root"' in pattern
    assert "invokedBy NOT EXISTS" in pattern


def test_events_with_ambiguous_names_are_matched_by_service(plain: Template) -> None:
    pattern = plain.named("aws_cloudwatch_log_metric_filter.alarms_key-deletion")["pattern"]
    assert pattern == (
        "{ ($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }"
    )


def test_an_alarm_notifies_the_topic_of_its_own_severity_and_only_when_it_goes_off(plain: Template) -> None:
    (critical,) = plain.named("aws_cloudwatch_metric_alarm.alarms_root-use-alarm")["alarm_actions"]
    (warning,) = plain.named("aws_cloudwatch_metric_alarm.alarms_route-changes-alarm")["alarm_actions"]
    assert "topics_critical" in critical
    assert "topics_warning" in warning
    assert not any("ok_actions" in a for a in plain.all("aws_cloudwatch_metric_alarm").values())
