"""Tags are activated one by one, so that one more does not touch the others."""

from __future__ import annotations

from modules.cost.allocation_tags import AllocationTags
from tests.template import Template, new_stack


def test_each_tag_is_activated() -> None:
    stack = new_stack()
    AllocationTags(stack, "tags", tags=["Environment", "CostCenter"])
    found = Template.of(stack).all("aws_ce_cost_allocation_tag").values()
    assert {(tag["tag_key"], tag["status"]) for tag in found} == {("Environment", "Active"), ("CostCenter", "Active")}
