"""A further zone only adds, wherever it is put in the list: nothing that is there is replaced, moved or removed."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.network import Zone
from main import synthesize
from synthesis.manifest import read_stacks
from synthesis.template import resources, texts
from tests.fixtures import ENVIRONMENTS, fixture_environment

if TYPE_CHECKING:
    from config.environment import Environment

Arguments = dict[str, Any]

GROWING: Final = {
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSubnetGroup.html (DocumentDB has the same)
    ("aws_db_subnet_group", "subnet_ids"),
    ("aws_docdb_subnet_group", "subnet_ids"),
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html
    ("aws_lb", "subnets"),
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    ("aws_ecs_service", "network_configuration"),
    # https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
    ("aws_lambda_function", "vpc_config"),
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html
    ("aws_vpc_endpoint", "route_table_ids"),
    ("aws_vpc_endpoint", "subnet_ids"),
    # https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProject.html
    ("aws_codebuild_project", "vpc_config"),
    # The subnets that a build may use.
    ("aws_iam_role_policy", "policy"),
    # The file that CodeDeploy deploys by.
    ("aws_s3_object", "content"),
}
"""Arguments that AWS changes in place, and that may have more references than before."""


def zone(number: int, *, cidr: str, has_tasks: bool) -> Zone:
    """A zone that no test environment has; its blocks are free in all of them."""
    start = ".".join(cidr.split(".")[:2])
    private = {"private_cidr": f"{start}.{220 + number}.0/24"} if has_tasks else {}
    return Zone.model_validate(
        {
            "id": f"use1-az{number}",
            "public_cidr": f"{start}.{210 + number}.0/24",
            "database_cidr": f"{start}.{230 + number}.0/24",
            **private,
        },
        strict=False,
    )


def environment(name: str, nat_gateways: str, *, has_endpoints: bool) -> Environment:
    """A test environment with another way out of its network."""
    found = fixture_environment(name)
    endpoints = ("ecr.api", "ecr.dkr", "logs", "ssm", "xray", "ssmmessages", "kms") if has_endpoints else ()
    gateway_zone = found.network.zones[0].id if nat_gateways == "single" else None
    changes = {"nat_gateways": nat_gateways, "nat_gateway_zone": gateway_zone, "interface_endpoints": endpoints}
    return with_network(found, **changes)


def with_network(config: Environment, **changes: object) -> Environment:
    """The environment with other settings of its network, checked as those of a file."""
    network = config.network.model_copy(update=changes)
    assert list(network.problems()) == []
    changed = config.model_copy(update={"network": network})
    assert list(changed.problems()) == []
    return changed


def emitted(config: Environment) -> dict[str, Arguments]:
    """Every resource of every stack, by its place."""
    with TemporaryDirectory() as folder:
        synthesize([config], Path(folder, "out"))
        return {
            f"{stack.id}/{resource.address}": dict(resource.arguments)
            for stack in read_stacks(Path(folder, "out")).values()
            for resource in resources(stack.document)
        }


def changes(place: str, before: Arguments, after: Arguments) -> list[str]:
    """The arguments that Terraform would change, other than by what is added to a list."""
    kind = place.partition("/")[2].partition(".")[0]
    ignored = before.get("lifecycle", {}).get("ignore_changes", [])
    found = []
    for argument in sorted(before.keys() | after.keys()):
        old, new = before.get(argument), after.get(argument)
        if old == new or argument in ignored:
            continue
        if (kind, argument) in GROWING and references(old) <= references(new):
            continue
        found.append(f"{place} {argument}: {old} -> {new}")
    return found


def references(value: object) -> set[str]:
    """The texts in an argument: the values of a policy and the lines of a file one by one."""
    found = [text for _, text in texts(value)]
    found = [one for text in found for _, one in (texts(json.loads(text)) if text.startswith("{") else [("", text)])]
    return {line for text in found for line in text.splitlines()}


@given(
    name=st.sampled_from(ENVIRONMENTS),
    nat_gateways=st.sampled_from(["per_zone", "single"]),
    has_endpoints=st.booleans(),
    has_tasks=st.booleans(),
    number=st.sampled_from([4, 5, 6]),
    place=st.sampled_from([0, 1, 2]),
)
@settings(max_examples=12)
@pytest.mark.seconds(9)
def test_a_further_zone_changes_nothing_that_is_there(
    name: str, nat_gateways: str, *, has_endpoints: bool, has_tasks: bool, number: int, place: int
) -> None:
    config = environment(name, nat_gateways, has_endpoints=has_endpoints)
    zones = list(config.network.zones)
    zones.insert(place, zone(number, cidr=str(config.network.cidr), has_tasks=has_tasks))
    before, after = emitted(config), emitted(with_network(config, zones=tuple(zones)))
    assert before.keys() - after.keys() == set()
    assert any("aws_subnet" in place for place in after.keys() - before.keys())
    assert [
        line
        for place, arguments in before.items()
        if "/aws_cloudwatch_dashboard." not in place  # they show the NAT gateway of the zone too
        for line in changes(place, arguments, after[place])
    ] == []


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_order_of_the_zones_changes_nothing(name: str) -> None:
    config = fixture_environment(name)
    turned = with_network(config, zones=config.network.zones[::-1])
    before, after = emitted(config), emitted(turned)
    assert before.keys() == after.keys()
    assert [line for place, arguments in before.items() for line in changes(place, arguments, after[place])] == []
