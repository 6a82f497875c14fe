"""Layer `observability`: after the layers whose metrics it shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cdktf import TerraformStack

from config.canaries import CanarySettings
from emulator.services.cloudwatch.dashboard_body import body_problems
from stacks.compose import compose
from synthesis.manifest import read_stacks
from tests.fixtures import fixture_environment
from tests.modules.observability.bodies import with_values
from tests.template import Template, new_app

if TYPE_CHECKING:
    from pathlib import Path

    from synthesis.manifest import Stack


def test_it_is_applied_after_the_service(output: Path) -> None:
    assert "prod-service" in read_stacks(output)["prod-observability"].dependencies


def test_each_environment_with_the_table_has_the_dashboard_of_its_services(stacks: dict[str, Template]) -> None:
    for environment in ("dev", "staging", "prod"):
        found = stacks[f"{environment}-observability"].all("aws_cloudwatch_dashboard").values()
        assert f"user-management-{environment}-service" in {one["dashboard_name"] for one in found}


def test_the_canaries_of_the_settings_ask_for_the_site(stacks: dict[str, Template]) -> None:
    found = stacks["staging-observability"].all("aws_synthetics_canary").values()
    urls = {one["run_config"]["environment_variables"]["CANARY_URL"] for one in found}
    assert urls == {"https://staging.users.example.com/", "https://staging.users.example.com/api/health"}
    assert not stacks["dev-observability"].all("aws_synthetics_canary")


def test_during_maintenance_a_canary_expects_the_answer_of_cloudfront() -> None:
    config = fixture_environment("staging")
    assert config.edge
    assert config.observability
    static = CanarySettings(path="/static/app.js")
    canaries = {**config.observability.canaries, "static": static}
    settings = config.observability.model_copy(update={"canaries": canaries})
    edge = config.edge.model_copy(update={"maintenance": True})
    app = new_app()
    compose(app, [config.model_copy(update={"edge": edge, "observability": settings})])
    (stack,) = (child for child in app.node.children if child.node.id == "staging-observability")
    assert isinstance(stack, TerraformStack)
    found = Template.of(stack).all("aws_synthetics_canary")
    expected = {
        name: canary["run_config"]["environment_variables"]["EXPECTED_STATUS"] for name, canary in found.items()
    }
    assert expected == {"site-canary": "503", "api-canary": "503", "static-canary": "200"}


def test_traces_are_sampled_where_the_table_is(stacks: dict[str, Template]) -> None:
    rates = {
        name: max((rule["fixed_rate"] for rule in stacks[name].all("aws_xray_sampling_rule").values()), default=None)
        for name in ("dev-observability", "staging-observability", "prod-observability")
    }
    assert rates == {"dev-observability": None, "staging-observability": 0.5, "prod-observability": None}


def test_the_site_has_one_availability_and_each_service_its_response_time(stacks: dict[str, Template]) -> None:
    found = stacks["prod-observability"].all("aws_cloudwatch_composite_alarm").values()
    start = "user-management-prod-objective-"
    assert sorted(one["alarm_name"].removeprefix(start) for one in found) == [
        "availability-critical",
        "availability-warning",
        "backend-latency-critical",
        "backend-latency-warning",
        "frontend-latency-critical",
        "frontend-latency-warning",
    ]


def test_without_objectives_there_are_only_dashboards(stacks: dict[str, Template]) -> None:
    addresses = stacks["dev-observability"].addresses
    assert addresses
    assert all(address.startswith("aws_cloudwatch_dashboard.") for address in addresses)


def test_each_dashboard_is_one_that_cloudwatch_documents(stacks: dict[str, Template]) -> None:
    bodies = {
        one["dashboard_name"]: json.loads(one["dashboard_body"])
        for stack in stacks.values()
        for one in stack.all("aws_cloudwatch_dashboard").values()
    }
    assert [name for name, body in bodies.items() if list(body_problems(with_values(body)))] == []
    assert {"user-management-prod-service", "user-management-prod-data", "user-management-prod-cost"} <= set(bodies)


def test_the_budget_of_the_account_is_a_line_on_the_cost(stacks: dict[str, Template]) -> None:
    body = stacks["prod-observability"].named("aws_cloudwatch_dashboard.cost")["dashboard_body"]
    lines = [
        line["value"]
        for widget in json.loads(body)["widgets"]
        for line in widget["properties"].get("annotations", {}).get("horizontal", [])
    ]
    assert lines == [495]


def test_cloudfront_is_shown_in_its_region_whatever_the_home_region(every_stack: dict[str, Stack]) -> None:
    (found,) = (
        one
        for one in every_stack["elsewhere-observability"].all("aws_cloudwatch_dashboard")
        if str(one.get("dashboard_name")).endswith("-service")
    )
    regions = {
        widget["properties"]["title"]: widget["properties"]["region"]
        for widget in json.loads(str(found.get("dashboard_body")))["widgets"]
        if widget["type"] == "metric"
    }
    assert regions["Requests to CloudFront, a minute"] == "us-east-1"
    assert regions["Requests, a minute"] == "eu-west-1"
