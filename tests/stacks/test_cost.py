"""Layer `cost` of the test environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.template import Template


@pytest.mark.parametrize(("environment", "amount"), [("dev", "200"), ("staging", "495"), ("prod", "495")])
def test_each_environment_has_its_budget(stacks: dict[str, Template], environment: str, amount: str) -> None:
    budget = stacks[f"{environment}-cost"].only("aws_budgets_budget")
    assert (budget["name"], budget["limit_amount"]) == (f"user-management-{environment}-monthly", amount)
