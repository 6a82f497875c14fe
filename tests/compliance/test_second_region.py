from __future__ import annotations

import pytest

from compliance.second_region import is_in_second_region
from compliance.stores import stores
from tests.compliance.samples import stack

DATABASE = {"aws_db_instance.postgres": {"engine": "postgres"}}


def placed(layer: str, region: str, environment: str = "test") -> dict[str, object]:
    return {
        "resources": DATABASE if layer.startswith("data") else {},
        "layer": layer,
        "environment": environment,
        "terraform": {"backend": {"s3": {"bucket": "b", "key": layer, "region": region}}},
    }


@pytest.mark.parametrize(("region", "is_second"), [("us-east-1", False), ("us-west-2", True)])
def test_a_stack_is_where_its_state_is(*, region: str, is_second: bool) -> None:
    state, other = stack(**placed("state", "us-east-1")), stack(**placed("state", "us-west-2", "other"))  # type: ignore[arg-type]
    data = stack(**placed("data", region))  # type: ignore[arg-type]
    stacks = {one.id: one for one in (state, other, data)}
    assert is_in_second_region(data, stacks) is is_second
    assert [store.kind for store in stores(data, stacks)] == ([] if is_second else ["aws_db_instance"])


def test_without_the_stack_of_the_states_all_are_at_home() -> None:
    data = stack(**placed("data", "us-west-2"))  # type: ignore[arg-type]
    assert not is_in_second_region(data, {data.id: data})
