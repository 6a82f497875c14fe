"""Route 53 asks the site over HTTPS, under its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.domain import HealthCheckSettings
from modules.domain.health_check import HealthCheck
from modules.errors import WiringError
from modules.suppressor import Suppressor
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack


def test_it_asks_for_the_path_under_the_name_with_tls() -> None:
    stack = new_stack()
    config = HealthCheckSettings(path="/api/health", interval_seconds=10)
    HealthCheck(stack, "check", config=config, label=LABEL, name="users.example.com")
    made = Template.of(stack).only("aws_route53_health_check")
    assert (made["type"], made["port"], made["enable_sni"]) == ("HTTPS", 443, True)
    assert (made["fqdn"], made["resource_path"], made["request_interval"]) == ("users.example.com", "/api/health", 10)
    assert made["tags"] == {"Name": "user-management-test-site"}


def test_a_site_that_does_not_answer_is_reported_at_once_and_not_while_the_environment_sleeps() -> None:
    stack = new_stack()
    topics = replace(topics_in(stack), suppressor=Suppressor("asleep"))
    HealthCheck(stack, "check", config=HealthCheckSettings(), label=LABEL, name="users.example.com", topics=topics)
    template = Template.of(stack)
    alarm = template.only("aws_cloudwatch_metric_alarm")
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/Route53", "HealthCheckStatus")
    assert alarm["dimensions"] == {"HealthCheckId": "${aws_route53_health_check.check.id}"}
    assert (alarm["statistic"], alarm["comparison_operator"], alarm["threshold"]) == ("Minimum", "LessThanThreshold", 1)
    assert (alarm["evaluation_periods"], alarm["treat_missing_data"]) == (3, "ignore")
    assert "check_down" in template.named("aws_cloudwatch_composite_alarm.awake-critical")["alarm_rule"]


def test_its_metric_is_in_us_east_1_only() -> None:
    stack = new_stack()
    label = replace(LABEL, region="eu-west-1")
    topics = topics_in(stack, label=label)
    with pytest.raises(WiringError, match="cannot use the metric in us-east-1"):
        HealthCheck(stack, "check", config=HealthCheckSettings(), label=label, name="users.example.com", topics=topics)
