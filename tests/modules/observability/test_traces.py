"""X-Ray records no health check, a share of other requests, and has groups of slow and failed traces."""

from __future__ import annotations

from typing import Any

import pytest

from config.tracing import TracingSettings
from modules.observability.traces import Traces
from modules.service.trace_collector import trace_environment, traced_name
from tests.modules.service.parts import settings
from tests.template import LABEL, Template, new_stack

SERVICES = {
    "web": settings(path_patterns=("/*",), priority=1000),
    "api": settings(tracing=True, health_path="/api/health?deep=1"),
    "jobs": settings(tracing=True, path_patterns=(), priority=None),
}


def build(**changes: Any) -> Template:
    stack = new_stack()
    config = TracingSettings.model_validate(changes)
    Traces(stack, "traces", config=config, label=LABEL, services=SERVICES)
    return Template.of(stack)


@pytest.fixture(scope="module")
def made() -> Template:
    return build()


def rules(template: Template) -> list[dict[str, Any]]:
    return sorted(template.all("aws_xray_sampling_rule").values(), key=lambda rule: rule["priority"])


def groups(template: Template) -> dict[str, dict[str, Any]]:
    return {group["group_name"]: group for group in template.all("aws_xray_group").values()}


def test_health_checks_are_never_recorded(made: Template) -> None:
    api, jobs, _ = rules(made)
    assert (api["service_name"], api["url_path"]) == ("user-management-test-api", "/api/health")
    assert (jobs["service_name"], jobs["url_path"]) == ("user-management-test-jobs", "/health")
    assert [(rule["fixed_rate"], rule["reservoir_size"]) for rule in (api, jobs)] == [(0, 0), (0, 0)]


def test_of_other_requests_a_share_is_recorded() -> None:
    last = rules(build(sampling_percent=12.5, reservoir=3))[-1]
    assert (last["fixed_rate"], last["reservoir_size"]) == (0.125, 3)
    assert (last["service_name"], last["url_path"]) == ("user-management-test-*", "*")


def test_the_share_is_the_last_and_no_rule_of_a_service_depends_on_the_others(made: Template) -> None:
    found = [rule["priority"] for rule in rules(made)]
    assert found == [1000, 1000, 1025]
    assert [rule["priority"] for rule in rules(build(first_priority=50))] == [50, 50, 75]


def test_names_fit(made: Template) -> None:
    names = {rule["rule_name"] for rule in rules(made)}
    assert len(names) == 3
    assert all(len(name) <= 32 for name in {*names, *groups(made)})


def test_the_rules_match_the_name_that_the_tasks_send(made: Template) -> None:
    sent = trace_environment(traced_name(LABEL, "api"))["OTEL_SERVICE_NAME"]
    assert rules(made)[0]["service_name"] == sent
    assert sent.startswith(rules(made)[-1]["service_name"].removesuffix("*"))


def test_there_is_a_group_of_slow_traces_of_faults_and_of_each_traced_service(made: Template) -> None:
    found = {name.removeprefix("user-management-test-"): one["filter_expression"] for name, one in groups(made).items()}
    api, jobs = 'service("user-management-test-api")', 'service("user-management-test-jobs")'
    assert found == {
        "slow": f"{api} {{ responsetime > 0.2 }} OR {jobs} {{ responsetime > 0.2 }}",
        "faults": f"{api} {{ fault = true }} OR {jobs} {{ fault = true }}",
        "api": api,
        "jobs": jobs,
    }


@pytest.mark.parametrize("insights", [True, False])
def test_insights_are_for_each_service_and_can_be_switched_off(*, insights: bool) -> None:
    found = groups(build(insights=insights))
    on = {name for name, group in found.items() if group["insights_configuration"]["insights_enabled"]}
    assert on == ({"user-management-test-api", "user-management-test-jobs"} if insights else set())
