"""An objective notifies by two composite alarms, and one cause by one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from config.burn_rates import FAST, MEDIUM, SLOW
from modules.observability.indicator import availability_of
from modules.observability.objective import Objective
from modules.runbook import Runbook
from modules.suppressor import Suppressor
from tests.modules.service.parts import Parts
from tests.template import LABEL, Template

PREFIX = "user-management-test-objective-site"


def template(**changes: Any) -> Template:
    parts = Parts.make()
    assert parts.load_balancer
    suppressor = changes.pop("suppressor", None)
    arguments: dict[str, Any] = {
        "label": LABEL,
        "name": "objective-site",
        "subject": "The availability of the site",
        "objective_percent": 99.9,
        "indicator": availability_of(parts.load_balancer),
        "runbook": Runbook.ERROR_BUDGET,
        "topics": replace(parts.topics, suppressor=suppressor),
        **changes,
    }
    Objective(parts.stack, "objective", **arguments)
    return Template.of(parts.stack)


def parts_of(made: Template) -> dict[str, dict[str, Any]]:
    found = made.all("aws_cloudwatch_metric_alarm").values()
    return {one["alarm_name"].removeprefix(f"{PREFIX}-"): one for one in found if one["alarm_name"].startswith(PREFIX)}


def rule_of(made: Template, severity: str) -> str:
    found = made.only("aws_cloudwatch_composite_alarm", alarm_name=f"{PREFIX}-{severity}")
    rule: str = found["alarm_rule"].replace("${aws_cloudwatch_metric_alarm.objective_", "").replace(".alarm_name}", "")
    for name in ("fast-long", "fast-short", "medium-long", "medium-short", "slow-long", "slow-short"):
        start, found_name, rest = rule.partition(name)
        rule = start + found_name + rest.replace(rest.partition('"')[0], "", 1) if found_name else rule
    return rule


def test_each_window_has_an_alarm_with_its_period_and_the_share_of_its_rate() -> None:
    found = parts_of(template())
    windows = {
        "fast-long": (FAST.long_seconds, 1.44),
        "fast-short": (FAST.short_seconds, 1.44),
        "medium-long": (MEDIUM.long_seconds, 0.6),
        "medium-short": (MEDIUM.short_seconds, 0.6),
        "slow-long": (SLOW.long_seconds, 0.3),
        "slow-short": (SLOW.short_seconds, 0.3),
    }
    assert set(found) == set(windows)
    for name, (seconds, threshold) in windows.items():
        periods = {query["metric"]["period"] for query in found[name]["metric_query"] if "metric" in query}
        assert (periods, found[name]["threshold"], found[name]["evaluation_periods"]) == ({seconds}, threshold, 1)
        assert "alarm_actions" not in found[name]
    assert found["fast-long"]["alarm_description"] == (
        "The availability of the site uses up its error budget 14.4 times too fast over 1 h. "
        "Runbook: docs/runbooks.md#error-budget"
    )
    assert "over 5 min" in found["fast-short"]["alarm_description"]


def test_only_the_long_window_needs_a_least_number_of_requests() -> None:
    for name, alarm in parts_of(template()).items():
        (expression,) = (query["expression"] for query in alarm["metric_query"] if query["return_data"])
        least = {"fast-long": 139, "medium-long": 334, "slow-long": 667}.get(name, 1)
        assert f" >= {least}, " in expression


def test_a_fast_and_a_medium_burn_are_one_message() -> None:
    assert rule_of(template(), "critical") == (
        '((ALARM("fast-long") AND ALARM("fast-short")) OR (ALARM("medium-long") AND ALARM("medium-short")))'
    )


def test_a_slow_burn_is_silent_while_a_faster_one_explains_it() -> None:
    assert (
        rule_of(template(), "warning") == '((ALARM("slow-long") AND ALARM("slow-short")) AND NOT ALARM("medium-long"))'
    )


def test_an_outage_that_the_slow_windows_still_see_is_seen_by_the_medium_window() -> None:
    """A tenth of the budget gone within two hours is, over six hours, more than the medium rate."""
    gone_seconds = SLOW.rate * SLOW.long_seconds
    assert gone_seconds / MEDIUM.long_seconds >= MEDIUM.rate
    assert SLOW.short_seconds <= MEDIUM.long_seconds


def test_each_severity_notifies_its_topic_and_the_warning_no_recovery() -> None:
    made = template()
    for severity, recovers in (("critical", True), ("warning", False)):
        found = made.only("aws_cloudwatch_composite_alarm", alarm_name=f"{PREFIX}-{severity}")
        assert f"topics_{severity}" in found["alarm_actions"][0]
        assert ("ok_actions" in found) is recovers
    assert (
        "within 5 days or less"
        in made.only("aws_cloudwatch_composite_alarm", alarm_name=f"{PREFIX}-critical")["alarm_description"]
    )


def test_after_a_sleep_it_waits_until_its_short_windows_are_over() -> None:
    made = template(suppressor=Suppressor("asleep"), fires_asleep=True)
    waits = {
        one["alarm_name"].removeprefix(f"{PREFIX}-"): one["actions_suppressor"]["extension_period"]
        for one in made.all("aws_cloudwatch_composite_alarm").values()
    }
    assert waits == {"critical": MEDIUM.short_seconds + 300, "warning": SLOW.short_seconds + 300}
