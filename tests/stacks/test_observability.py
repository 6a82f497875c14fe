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
