"""The JSON of a stack that another program has changed is refused with the place that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.stack_shape import misshapen, misstated


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
        ({"terraform": {"backend": {"s3": [{}]}}}, "terraform.backend.s3"),
        ({"terraform": {"required_providers": {"aws": "5.0"}}}, "terraform.required_providers.aws"),
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


TUNNEL = "tunnel must be an object with cluster, family, container, log_group, subnets, and databases"
IN_TUNNEL = {"cluster": "c", "family": "f", "container": "t", "log_group": "g", "subnets": "private-*"}
ROTATION = "rotation must be an object of objects with a function, and perhaps roles"


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ({"awake_share": "0.4"}, "awake_share must be a number"),
        ({"awake_share": True}, "awake_share must be a number"),
        ({"applied_after": None}, "applied_after must be a list of texts"),
        ({"partner_accounts": [5]}, "partner_accounts must be a list of texts"),
        ({"rotation": {"jwt": "f"}}, ROTATION),
        ({"rotation": {"jwt": {"roles": []}}}, ROTATION),
        ({"tunnel": "c"}, TUNNEL),
        ({"tunnel": IN_TUNNEL}, TUNNEL),
        ({"tunnel": {**IN_TUNNEL, "databases": {"postgres": 5}}}, TUNNEL),
        ({"tunnel": {"cluster": "c", "databases": {}}}, TUNNEL),
        ({"tunnel": {**IN_TUNNEL, "databases": {"postgres": "main"}}}, None),
        ({"awake_share": 0.4, "left_out": ["edge"], "rotation": {"jwt": {"function": "f"}}, "name": "data"}, None),
    ],
)
def test_what_a_stack_says_of_itself_has_its_types(metadata: dict[str, Any], problem: str | None) -> None:
    assert misstated(metadata) == problem
