from __future__ import annotations

import pytest

from gate.budget import budget_seconds, count_layers
from main import ROOT
from tests.stacks.test_layers import LAYERS


@pytest.mark.parametrize(("layers", "minutes"), [(9, 30), (10, 33.75), (11, 37.5), (12, 41.25), (13, 45)])
def test_each_layer_adds_the_same_up_to_all_of_them(layers: int, minutes: float) -> None:
    assert budget_seconds(layers) == minutes * 60


@pytest.mark.parametrize(("layers", "minutes"), [(0, 30), (8, 30), (14, 45), (100, 45)])
def test_it_is_never_below_that_of_today_or_above_that_of_the_end(layers: int, minutes: int) -> None:
    assert budget_seconds(layers) == minutes * 60


def test_the_layers_are_counted_in_the_code() -> None:
    assert count_layers(ROOT / "stacks") == len(LAYERS) >= 9
