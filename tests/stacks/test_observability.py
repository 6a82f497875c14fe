"""Layer `observability`: after the layers whose metrics it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthesis.manifest import read_stacks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.template import Template


def test_it_is_applied_after_the_service(output: Path) -> None:
    assert "prod-service" in read_stacks(output)["prod-observability"].dependencies


def test_each_environment_with_the_table_has_the_dashboard_of_its_services(stacks: dict[str, Template]) -> None:
    for environment in ("dev", "staging", "prod"):
        found = stacks[f"{environment}-observability"].all("aws_cloudwatch_dashboard").values()
        assert f"user-management-{environment}-service" in {one["dashboard_name"] for one in found}


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
