from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from report.costs import Costs, read_costs

if TYPE_CHECKING:
    from report.boxes import Map
    from synthesis.manifest import Stack


@pytest.fixture(scope="module")
def costs(of_name: dict[str, list[Stack]]) -> Costs:
    return read_costs(of_name)


def test_the_boxes_and_the_others_cost_what_the_environment_costs(costs: Costs, maps: dict[str, Map]) -> None:
    for name, found in maps.items():
        groups = [*(box.nodes for box in found.boxes), *found.others.values()]
        cost = costs.by_environment[name]
        together = sum(sum(cost.of_places({node.place for node in nodes}).values()) for nodes in groups)
        assert together == pytest.approx(cost.usd)
        assert cost.usd > cost.fixed_usd > 0


def test_the_last_row_is_the_sum(costs: Costs) -> None:
    *rows, last = costs.components
    assert last[0] == "together"
    assert [float(one.replace(",", "")) for one in last[1:]] == pytest.approx(
        [cost.usd for cost in costs.by_environment.values()], abs=0.005
    )
    assert len(rows) > 20


def test_the_dearest_component_has_the_longest_bar(costs: Costs) -> None:
    shares = [costs.share(amount) for row in costs.components[:-1] for amount in row[1:]]
    assert max(shares) == 100
    assert min(shares) == 0
