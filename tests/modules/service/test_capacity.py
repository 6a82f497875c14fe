from __future__ import annotations

import pytest

from modules.service.capacity import CapacityShare, capacity_shares
from tests.modules.service.parts import settings


@pytest.mark.parametrize(
    ("spot", "base", "shares"),
    [
        (0, 0, [("FARGATE", 0, 100)]),
        (100, 0, [("FARGATE_SPOT", 0, 100)]),
        (50, 1, [("FARGATE", 1, 50), ("FARGATE_SPOT", 0, 50)]),
        (100, 2, [("FARGATE", 2, 0), ("FARGATE_SPOT", 0, 100)]),
    ],
)
def test_tasks_are_divided_between_on_demand_and_spot(spot: int, base: int, shares: list[tuple[str, int, int]]) -> None:
    expected = tuple(CapacityShare(provider=p, base=b, weight=w) for p, b, w in shares)
    assert capacity_shares(settings(spot_percent=spot, on_demand_count=base)) == expected
