"""Error lines are counted by a pattern that finds what loggers write, and many of them are an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from config.service_values import ERROR_LINES
from tests.filter_pattern import matches
from tests.modules.service.parts import Parts, service_template

if TYPE_CHECKING:
    from tests.template import Template


@pytest.fixture(scope="module")
def made() -> Template:
    return service_template()


def found(template: Template) -> tuple[dict[str, Any], dict[str, Any]]:
    alarm = template.only("aws_cloudwatch_metric_alarm", alarm_name="user-management-test-api-error-lines")
    return template.only("aws_cloudwatch_log_metric_filter"), alarm


def test_the_filter_is_on_the_log_of_the_service_and_counts_nothing_as_zero(made: Template) -> None:
    one, _ = found(made)
    assert one["log_group_name"].startswith("${aws_cloudwatch_log_group.api_logs")
    assert one["pattern"] == ERROR_LINES
    assert one["metric_transformation"] == {
        "name": "api-error-lines",
        "namespace": "user-management-test/service",
        "value": "1",
        "default_value": "0",
    }


def test_the_alarm_reads_the_metric_of_the_filter(made: Template) -> None:
    one, alarm = found(made)
    metric = one["metric_transformation"]
    assert (alarm["namespace"], alarm["metric_name"]) == (metric["namespace"], metric["name"])
    assert (alarm["statistic"], alarm["period"], alarm["threshold"]) == ("Sum", 300, 10)
    assert (alarm["evaluation_periods"], alarm["datapoints_to_alarm"]) == (3, 3)
    assert (alarm["treat_missing_data"], alarm["tags"]) == ("notBreaching", {"Severity": "warning"})


def test_pattern_and_threshold_are_settings() -> None:
    one, alarm = found(service_template(error_pattern='{ $.severity = "bad" }', max_error_lines=3))
    assert (one["pattern"], alarm["threshold"]) == ('{ $.severity = "bad" }', 3)


def test_the_service_returns_the_metric_for_dashboards() -> None:
    metric = Parts.make().service().error_log_count
    assert (metric.namespace, metric.name) == ("user-management-test/service", "api-error-lines")


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-26T09:00:00Z ERROR cannot connect",
        "[ERROR] cannot connect",
        "ERROR:root:cannot connect",
        "FATAL: out of memory",
        "CRITICAL:app:gone",
        '{"level":"error","message":"cannot connect"}',
        '{"timestamp": 1, "level": "error", "message": "cannot connect"}',
        '{"level":"ERROR","msg":"cannot connect"}',
        '{"severity":"ERROR","msg":"cannot connect"}',
        '{"level":"fatal"}',
        '{"level":50,"time":1,"msg":"pino"}',
        '{"name":"app","level":60,"msg":"bunyan"}',
        '{"level": 50}',
        "level=error msg=logfmt",
    ],
)
def test_a_line_of_an_error_is_found(line: str) -> None:
    assert matches(ERROR_LINES, line)


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-26T09:00:00Z INFO 0 errors",
        '{"level":"info","message":"no error"}',
        '{"level": "warn", "message": "an error was avoided"}',
        '{"level":30,"msg":"listening on 5000"}',
        '{"level":40}',
        "level=info msg=fine",
        '10.0.0.1 - "GET /errors/ HTTP/1.1" 500 50',
        "",
    ],
)
def test_another_line_is_not(line: str) -> None:
    assert not matches(ERROR_LINES, line)
