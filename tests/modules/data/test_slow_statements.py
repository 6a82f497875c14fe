"""The metric counts the lines of slow statements, as the databases write them, and no others."""

from __future__ import annotations

import pytest

from modules.data.slow_statements import POSTGRES_PATTERN, SlowStatements, documentdb_pattern
from modules.key import Key
from modules.log_group import LogGroup
from tests.filter_pattern import matches
from tests.modules.data import log_lines
from tests.modules.data.alarms import subject_in
from tests.template import LABEL, Template, new_stack


@pytest.mark.parametrize("line", log_lines.POSTGRES)
def test_only_slow_statements_of_postgres_are_counted(line: str) -> None:
    assert matches(POSTGRES_PATTERN, line) is (line in {log_lines.SLOW_STATEMENT, log_lines.SLOW_BOUND})


def test_operations_of_documentdb_are_counted_from_the_threshold_on() -> None:
    assert matches(documentdb_pattern(63), log_lines.COLLECTION_SCAN)
    assert not matches(documentdb_pattern(64), log_lines.COLLECTION_SCAN)
    assert not matches(documentdb_pattern(50), log_lines.INDEX_SCAN)
    assert not matches(documentdb_pattern(50), log_lines.SIGN_IN)


def test_every_log_adds_to_one_metric_whose_samples_are_counted() -> None:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="logs", description="Logs", protect=False)
    logs = {
        name: LogGroup(
            stack, name, label=LABEL, name=f"/aws/rds/instance/{LABEL.prefix}-{name}/log", retention_days=7, key=key
        )
        for name in ("one", "two")
    }
    SlowStatements(
        stack, "slow", subject=subject_in(stack), logs=logs, pattern=POSTGRES_PATTERN, value="1", milliseconds=50
    )
    template = Template.of(stack)
    filters = template.all("aws_cloudwatch_log_metric_filter").values()
    assert len({found["log_group_name"] for found in filters}) == 2
    alarm = template.only("aws_cloudwatch_metric_alarm")
    assert {
        (found["metric_transformation"]["namespace"], found["metric_transformation"]["name"]) for found in filters
    } == {(alarm["namespace"], alarm["metric_name"])}
    assert (alarm["namespace"], alarm["statistic"]) == ("user-management-test/databases", "SampleCount")
    assert (alarm["threshold"], alarm["period"], alarm["evaluation_periods"]) == (60, 300, 3)
    assert "50 ms" in alarm["alarm_description"]
