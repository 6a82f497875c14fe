from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.network import Zone
from config.services import ServiceSettings
from config.subnet_addresses import check_database_addresses, check_task_addresses
from tests.config.examples import changed, parsed, refusal, standby

PRIVATE = ('"10.0.10.0/24"', '"10.0.20.0/24"')
DATABASE = ('"10.0.100.0/24"', '"10.0.200.0/24"')


def sized(blocks: tuple[str, str], prefix: int, *changes: tuple[str, str]) -> str:
    return changed(*((block, block.replace("/24", f"/{prefix}")) for block in blocks), *changes)


def about_zones(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("network.zones: ")]


def test_more_tasks_than_addresses_are_refused() -> None:
    """Two subnets of 27 addresses, eight of each for the load balancer; 6 and 10 tasks, and 10 in a release."""
    parsed(sized(PRIVATE, 27))
    assert about_zones(refusal(sized(PRIVATE, 27, ("max_count = 6", "max_count = 19")))) == [
        (
            "network.zones: have 38 addresses for tasks in their private_cidr, without the 16 of the load balancer, "
            "and the services need 48: each max_count, and that of services.frontend twice in its release; use larger "
            "blocks, another zone, or a lower max_count"
        )
    ]


def test_interface_endpoints_take_addresses_of_tasks() -> None:
    names = ["ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "kms", "lambda"]
    endpoints = (f"interface_endpoints = {names}").replace("'", '"')
    (line,) = about_zones(refusal(sized(PRIVATE, 27, ("interface_endpoints = []", endpoints))))
    assert "have 24 addresses for tasks" in line
    assert "without the 16 of the load balancer and the 14 of interface endpoints" in line


def test_more_instances_of_databases_than_addresses_are_refused() -> None:
    parsed(sized(DATABASE, 28))
    assert about_zones(
        refusal(sized(DATABASE, 28, ("replicas = 0", "replicas = 5"), ("instances = 3", "instances = 16")))
    ) == [
        (
            "network.zones: have 22 addresses in their database_cidr, and the instances of the databases need 23; use "
            "larger blocks, another zone, or fewer instances"
        )
    ]


def test_the_subnets_of_the_second_region_are_counted_too() -> None:
    toml = standby().replace("max_count = 10", "max_count = 150", 1)
    before, marker, after = toml.partition("[[recovery.standby.network.zones]]")
    lines = refusal(before + marker + after.replace("/24", "/27"))
    assert any(line.startswith("recovery.standby.network.zones: have ") for line in lines)


def service(tasks: int) -> ServiceSettings:
    return ServiceSettings(min_count=0, max_count=tasks, cpu_units=256, memory_mib=512)


@st.composite
def zones(draw: st.DrawFn) -> list[Zone]:
    return [
        Zone(
            id=f"use1-az{number}",
            public_cidr=IPv4Network(f"10.{number}.0.0/24"),
            private_cidr=draw(st.none() | st.integers(16, 27).map(lambda prefix: IPv4Network(f"10.0.0.0/{prefix}"))),
            database_cidr=IPv4Network(f"10.0.0.0/{draw(st.integers(16, 28))}"),
        )
        for number in range(1, draw(st.integers(2, 6)) + 1)
    ]


@given(zones(), st.lists(st.integers(1, 5000), min_size=1, max_size=5), st.integers(0, 3), st.booleans())
def test_what_is_accepted_has_an_address_for_each_task(
    zones: list[Zone],
    counts: list[int],
    endpoints: int,
    internal: bool,  # noqa: FBT001 (drawn)
) -> None:
    problems = [
        *check_task_addresses(
            services={f"s{index}": service(count) for index, count in enumerate(counts)},
            network__zones=zones,
            network__interface_endpoints=["ecs"] * endpoints,
            edge__origin="vpc" if internal else None,
        )
    ]
    blocks = [zone.private_cidr for zone in zones if zone.private_cidr]
    free = sum(len(list(block.hosts())) - 3 - endpoints - 8 * internal for block in blocks)
    assert bool(problems) == (bool(blocks) and sum(counts) + max(counts) > free)


@given(zones(), st.integers(0, 15), st.integers(1, 16), st.booleans())
def test_what_is_accepted_has_an_address_for_each_instance(
    zones: list[Zone],
    replicas: int,
    instances: int,
    standby: bool,  # noqa: FBT001 (drawn)
) -> None:
    free = sum(zone.database_cidr.num_addresses - 5 for zone in zones)
    problems = [*check_database_addresses(zones, standby, replicas, instances)]
    assert bool(problems) == (1 + standby + replicas + instances > free)


@pytest.mark.parametrize("postgres", [None, 0])
def test_without_a_database_nothing_needs_an_address(postgres: int | None) -> None:
    assert not [*check_database_addresses([], None, postgres, None)]
