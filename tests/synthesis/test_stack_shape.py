"""The JSON of a stack that another program has changed is refused with the place that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.stack_shape import misshapen


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"//": []}, "//"),
        ({"//": {"metadata": "x"}}, "//.metadata"),
        ({"resource": []}, "resource"),
        ({"resource": {"aws_vpc": []}}, "resource.aws_vpc"),
        ({"resource": {"aws_vpc": {"vpc": None}}}, "resource.aws_vpc.vpc"),
        ({"data": {"aws_region": {"here": "x"}}}, "data.aws_region.here"),
        ({"ephemeral": {"x_y": 1}}, "ephemeral.x_y"),
        ({"output": {"id": "x"}}, "output.id"),
        ({"provider": {"aws": ["x"]}}, "provider.aws"),
        ({"terraform": 1}, "terraform"),
        ({"terraform": {"backend": "s3"}}, "terraform.backend"),
        ({"resource": None}, "resource"),
        (
            {"data": {"terraform_remote_state": {"network": {"config": "x"}}}},
            "data.terraform_remote_state.network.config",
        ),
    ],
)
def test_the_place_is_named(document: dict[str, Any], place: str) -> None:
    assert misshapen(document) == place


def test_a_stack_as_synthesis_writes_it_is_accepted() -> None:
    resource: dict[str, Any] = {"aws_vpc": {"vpc": {}}}
    assert misshapen({"provider": {"aws": [{}, {}]}, "resource": resource, "output": {"id": {}}, "//": {}}) is None
    assert misshapen({}) is None
